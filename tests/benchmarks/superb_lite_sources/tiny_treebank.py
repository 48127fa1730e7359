"""Tiny treebanks in CoNLL-U."""

from __future__ import annotations

from pathlib import Path

REST = "_\t_\t0\tdep\t_"


def line(number: object, form: str, tag: str = "_", misc: str = "_") -> str:
    return f"{number}\t{form}\t{form.lower()}\t{tag}\t{REST}\t{misc}"


def sentence(number: int, *, comments: str = "") -> str:
    """ "Anna n can't see ." with a token of two words, and an empty node."""
    name = ("Anna", "Boris", "Clara")[number % 3]
    return "\n".join(
        [
            f"# sent_id = {number}{comments}",
            f"# text = {name} {number} can't see.",
            line(1, name, "PROPN"),
            line(2, str(number), "NUM"),
            line("3-4", "can't"),
            line(3, "ca", "AUX"),
            line(4, "n't", "PART"),
            line("4.1", "ever", "ADV"),
            line(5, "see", "VERB", "SpaceAfter=No"),
            line(6, ".", "PUNCT"),
            "",
            "",
        ]
    )


def write_treebank(folder: Path, code: str = "en_ewt", *, train: int = 30, other: int = 6) -> Path:
    """A treebank's folder with its three parts; every part begins documents of three sentences."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, first, size in (("train", 0, train), ("dev", 1000, other), ("test", 2000, other)):
        text = "".join(
            sentence(n, comments=f"\n# newdoc id = {n}" if n % 3 == first % 3 else "")
            for n in range(first, first + size)
        )
        (folder / f"{code}-ud-{part}.conllu").write_text(text, encoding="utf-8")
    return folder
