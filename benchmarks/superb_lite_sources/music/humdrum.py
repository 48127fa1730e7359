"""A light reader of Humdrum's **kern (Huron 1997, Humdrum and Kern; humdrum.org/rep/kern).

A file is a table: a column (spine) is a voice, a row is a moment. Of a spine that splits the left half is read, of
a chord the note that is written first; grace notes are left out, and repeats are not played twice.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.music.abc import STEPS
from superb_lite_sources.music.notes import Note

_RECORD = re.compile(r"!!!(\w+):\s*(.*)")
_DURATION = re.compile(r"(\d+)(?:%(\d+))?(\.*)")
_PITCH = re.compile(r"(([a-gA-G])\2{0,5})(#{1,2}|-{1,2}|n)?")
_SPLIT, _JOIN, _END, _NEW = "*^", "*v", "*-", "*+"


@dataclass(frozen=True)
class KernScore:
    """A score in **kern."""

    voices: tuple[tuple[Note, ...], ...]
    """From the lowest, as columns stand in a file."""

    records: dict[str, str]
    """Reference records: "COM" the composer, "OPR" the work it belongs to, "OTL" its title."""


def read_kern(text: str, name: str) -> KernScore:
    """The voices of a file and what is said of it.

    Raises `SuperbLiteError`, with the file's name and the line, where a row has not as many columns as there are
    spines, or a duration is none.
    """
    records: dict[str, str] = {}
    voices: list[list[Note]] = []
    spines: list[int | None] = []  # which voice a column is; None: another representation, or the right half of a split
    bar = 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line or line[0] == "!":
            found = _RECORD.match(line)
            if found:
                records.setdefault(found[1], found[2].strip())
            continue
        cells = line.split("\t")
        if line.startswith("**"):
            spines = [len(voices) + cells[:i].count("**kern") if c == "**kern" else None for i, c in enumerate(cells)]
            voices += [[] for _ in range(cells.count("**kern"))]
            continue
        if len(cells) != len(spines):
            raise SuperbLiteError(
                f"'{name}', line {number}: {len(cells)} columns, where {len(spines)} spines are open: no Humdrum table"
            )
        if cells[0][:1] == "*":
            spines = _interpreted(spines, cells)
        elif cells[0][:1] == "=":
            bar += 1
        else:
            for spine, cell in zip(spines, cells, strict=True):
                if spine is not None and cell != ".":
                    _add(voices[spine], cell.split(" ", 1)[0], bar, f"'{name}', line {number}")
    if not voices:
        raise SuperbLiteError(f"'{name}' holds no **kern spine")
    return KernScore(tuple(tuple(voice) for voice in voices), records)


def _interpreted(spines: list[int | None], cells: list[str]) -> list[int | None]:
    """The spines after a row of interpretations, which may split, join, end and begin some."""
    after: list[int | None] = []
    for cell, columns in itertools.groupby(zip(cells, spines, strict=True), key=lambda pair: pair[0]):
        group = [spine for _, spine in columns]
        if cell == _JOIN:  # neighbours become one
            after.append(next((spine for spine in group if spine is not None), None))
        elif cell in (_SPLIT, _NEW):
            after += [half for spine in group for half in (spine, None)]
        elif cell != _END:
            after += group
    return after


def _add(voice: list[Note], token: str, bar: int, where: str) -> None:
    """Put a note, a rest, or what continues a tie to a voice; what is neither (a lone barline, a grace note) is not."""
    length = _DURATION.search(token)
    if not length or "q" in token:
        return
    duration = _quarters(length, where)
    if "r" in token:
        voice.append(Note(None, duration, bar))
        return
    found = _PITCH.search(token)
    if not found:
        return
    octaves, step, sign = len(found[1]) - 1, found[2], found[3] or ""
    pitch = (60 + 12 * octaves if step.islower() else 48 - 12 * octaves) + STEPS[step.upper()]
    pitch += sign.count("#") - sign.count("-")
    if ("]" in token or "_" in token) and voice and voice[-1].pitch == pitch:
        voice[-1] = voice[-1]._replace(duration=voice[-1].duration + duration)
    else:
        voice.append(Note(pitch, duration, bar))


def _quarters(length: re.Match[str], where: str) -> float:
    """ "4" is a quarter, "4." a dotted one, "0" a breve, "00" a longa, "3%2" two thirds of a whole."""
    name, times, dots = length[1], length[2] or "1", len(length[3])
    if len(name) + len(times) + dots > 12 or not int(times):
        raise SuperbLiteError(f"{where}: '{length[0]}' is no duration")
    whole = int(times) / int(name) if int(name) else 2.0 ** len(name)
    return 4 * whole * (2 - 0.5**dots)
