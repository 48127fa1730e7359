"""Slot filling on Audio SNIPS (Lai et al. 2021), prepared as for SUPERB."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_superb.corpora.files import Recording, lines, read_when_used, release
from superb_lite_superb.superb import SNIPS_SLOTS, SNIPS_SYMBOLS

VOICES = {
    "train": ("Ivy", "Joanna", "Joey", "Justin", "Kendra", "Kimberly", "Matthew", "Salli"),
    "valid": ("Aditi", "Amy", "Geraint", "Nicole"),
    "test": ("Brian", "Emma", "Raveena", "Russell"),
}
"""SUPERB's split of the sixteen voices of Amazon Polly; all of them read the sentences of every part."""

TRANSCRIPTS = "all.iob.snips.txt"
_INDEX = {symbol: number for number, symbol in enumerate(SNIPS_SYMBOLS)}


def sf(root: Path | None = None) -> TaskData:
    """Characters with a marker before and after what fills a slot.

    Four voices read the test sentences, too few to be drawn from a population: a cluster is a sentence, and the
    intervals hold for these voices.
    """
    folder = release(
        "superb/sf",
        root,
        ["SNIPS"],
        f"train/, valid/ and test/ with VOICE-snips-PART-NUMBER.wav, and {TRANSCRIPTS}",
        [*VOICES, TRANSCRIPTS],
    )
    transcripts = read_transcripts(folder / TRANSCRIPTS)
    recordings: dict[str, Recording] = {}
    parts: dict[str, list[Example]] = {part: [] for part in VOICES}
    for part, voices in VOICES.items():
        for path in sorted((folder / part).rglob("*.wav")):
            voice, _, sentence = path.stem.partition("-")
            if voice not in voices:
                continue
            if path.stem not in transcripts:
                raise SuperbLiteError(f"'{path}' has no line in '{folder / TRANSCRIPTS}'")
            recordings[path.stem] = Recording(path)
            parts[part].append(Example(path.stem, (path.stem,), transcripts[path.stem], sentence))
        if not parts[part]:
            raise SuperbLiteError(f"'{folder / part}' holds no recording of {', '.join(voices)}")
    return TaskData(
        items=read_when_used(recordings),
        train=tuple(parts["train"]),
        validation=tuple(parts["valid"]),
        test=tuple(parts["test"]),
    )


def read_transcripts(path: Path) -> dict[str, tuple[int, ...]]:
    """Symbols by the name of the recording, from lines "NAME BOS words EOS", a tab, "O tags intent"."""
    found = {}
    for number, line in enumerate(lines(path), start=1):
        named, tab, tagged = line.partition("\t")
        name, *words = named.split()
        tags = tagged.split()
        if not tab or words[:1] != ["BOS"] or words[-1:] != ["EOS"] or len(tags) != len(words):
            raise SuperbLiteError(f"'{path}', line {number}: it is not 'NAME BOS words EOS', a tab, 'O tags intent'")
        # The tag of EOS is the intent.
        found[name] = _symbols(words[1:-1], tags[1:-1], f"'{path}', line {number}")
    return found


def _symbols(words: list[str], tags: list[str], where: str) -> tuple[int, ...]:
    """Words of one tag in a row fill one slot."""
    kept = [(spelling, tag) for word, tag in zip(words, tags, strict=True) if (spelling := normal(word))]
    symbols: list[str] = []
    for place, (word, tag) in enumerate(kept):
        if tag != "O" and tag not in SNIPS_SLOTS:
            raise SuperbLiteError(f"{where}: '{tag}' is not one of the 39 slots of SNIPS")
        symbols += [" "] if place else []
        symbols += [f"B-{tag}"] if tag != "O" and (place == 0 or kept[place - 1][1] != tag) else []
        symbols += word
        symbols += [f"E-{tag}"] if tag != "O" and (place + 1 == len(kept) or kept[place + 1][1] != tag) else []
    if not symbols:
        raise SuperbLiteError(f"{where}: it has no words")
    return tuple(_INDEX[symbol] for symbol in symbols)


def normal(word: str) -> str:
    """Upper-case letters and apostrophes; accents and all other signs are dropped, "&" is read out."""
    plain = unicodedata.normalize("NFKD", word.replace("&", "AND").upper())
    return re.sub(r"[^A-Z']", "", plain)
