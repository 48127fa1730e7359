"""A person's own treebank: files in CoNLL-U."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError, counted, note
from superb_lite.tasks.labels import Unit
from superb_lite.tasks.own_split import FEWEST, Row
from superb_lite.tasks.own_tasks import own_tagging_task
from superb_lite.tasks.task import Task
from superb_lite_sources import treebanks
from superb_lite_sources.treebanks import UPOS, Sentence

PARTS = {"train": "train", "dev": "val", "test": "test"}
"""What the names of files end in, and the part that it stands for."""


def treebank_task(name: str, path: Path) -> Task:
    """The task of `conllu:FILE` or `conllu:FOLDER`: the universal part of speech of each word.

    A folder holds *-train.conllu, *-test.conllu and, where there is one, *-dev.conllu. Sentences that are in several of
    them count in the first of test, dev and train alone. Of a single file a fifth is the test part, whole documents
    where it names five or more.
    """
    files = _files(path)
    found = {part: treebanks.read(file) for part, file in files.items()}
    rows: list[Row] = []
    items: dict[str, str] = {}
    units: dict[str, tuple[Unit, ...]] = {}
    used = sorted({word.tag for part in found.values() for s in part for word in s.words}, key=UPOS.index)
    seen: dict[str, str] = {}
    twice = 0
    for part in ("test", "val", "train", ""):
        sentences = found.get(part, [])
        grouped = len({s.document for s in sentences}) >= FEWEST
        for sentence in sentences:
            if seen.setdefault(sentence.text, part) != part or not sentence.words:
                twice += bool(sentence.words)
                continue
            key = f"{part or 'line'}-{sentence.line}"
            items[key] = sentence.text
            units[key] = tuple(Unit(word.start, word.end, used.index(word.tag)) for word in sentence.words)
            group = f"{part}{sentence.document}" if grouped and sentence.document else ""
            rows.append(Row(key, (key,), sentence.text, 0.0, part, group))
    _note_left_out(path, [s for part in found.values() for s in part], twice)
    return own_tagging_task(
        name, path, modality="text", rows=rows, items=items, units=units, labels=tuple(used), noun="sentence"
    )


def _files(path: Path) -> dict[str, Path]:
    """By part the files; a single file has the part "" and no split."""
    if not path.is_dir():
        return {"": path}
    files = {}
    for ending, part in PARTS.items():
        found = sorted(path.glob(f"*-{ending}.conllu"))
        if len(found) > 1:
            raise SuperbLiteError(f"'{path}' holds {len(found)} files *-{ending}.conllu: give a folder of one treebank")
        if found:
            files[part] = found[0]
        elif part != "val":
            raise SuperbLiteError(f"'{path}' holds no *-{ending}.conllu: give such files, or a single file")
    return files


def _note_left_out(path: Path, sentences: Sequence[Sentence], twice: int) -> None:
    if twice:
        note(f"'{path}': {counted(twice, 'sentence')} left out that another part holds, too")
    if without := sum(sentence.left_out for sentence in sentences):
        note(f"'{path}': {counted(without, 'word')} left out that have no characters of their own")
