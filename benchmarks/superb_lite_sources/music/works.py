"""Works in several voices that music21's corpus carries: the top voice, the bass, and which works go together.

Chorales of Bach in four voices (jsbchorales.net), masses of Palestrina (J. Miller), madrigals of Monteverdi, and music
of the Italian trecento (M. S. Cuthbert). Other composers have too few works for a test that holds out whole ones.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superb_lite_sources.music.humdrum import read_kern
from superb_lite_sources.music.kept import Row, kept
from superb_lite_sources.music.musicxml import read_parts
from superb_lite_sources.music.notes import REST, Note, Voice
from superb_lite_sources.music.related import SHARED, groups
from superb_lite_sources.music.tunes import MUSIC21, Part
from superb_lite_sources.shares import rank

COMPOSERS = {  # name: (files of music21's corpus, their SHA-256)
    "Bach": ("bach/*.mxl", "097b1210b2aec828b2a1e1eebc7190d5d94d5bf11152b3ca6d31fb8ffb084f48"),
    "Monteverdi": ("monteverdi/*.mxl", "a95298dd470608cc19909cec989d427da81479ea25fab5f5d12a50f91eaae6c3"),
    "Palestrina": ("palestrina/*.krn", "71d91ff20e519108a958ef6313f31d112f7090d2c450b641818fad88a2e327bb"),
    "trecento": ("trecento/*.xml", "4ff0dec4f480f22980243b3e5939890525d563b8e130d64a942e6a3cc4188970"),
}

CONTENT = hashlib.sha256("".join(sha256 for _, sha256 in COMPOSERS.values()).encode()).hexdigest()
"""Of all files."""

SHORTEST = 12
"""Sounding notes of the top voice; shorter movements are left out."""

HYMN = 10
"""Intervals: chorales whose top voices share such a run are settings of one hymn tune."""

_SHARES: dict[Part, tuple[float, float]] = {
    "test": (0.0, 0.5),
    "train": (0.5, 0.7),
    "validation": (0.7, 0.8),
    "pretrain": (0.8, 1.0),
}


@dataclass(frozen=True, eq=False)
class Movement:
    """A movement of a work, or a work of one movement: what one file holds."""

    id: str
    """"composer/file"."""

    group: str
    """What is held out as one: a mass, all settings of a hymn tune, versions of a piece."""

    melody: Voice
    """The top voice, with its rests."""

    bass: Voice
    """The lowest voice, with its rests; both begin together."""

    @property
    def composer(self) -> str:
        return self.id.partition("/")[0]


@functools.cache
def movements(part: Part) -> tuple[Movement, ...]:
    """The movements of one part, in the order of their files."""
    low, high = _SHARES[part]
    return tuple(movement for movement in _all() if low <= _places()[movement.group] < high)


@functools.cache
def _places() -> dict[str, float]:
    """A place in [0, 1) for each group: those of a composer, in the order of a hash, lie equally far from each other,
    so that every composer has his share of every part."""
    places: dict[str, float] = {}
    for composer in COMPOSERS:
        names = {m.group for m in _all() if m.composer == composer}
        ordered = sorted(names, key=functools.partial(rank, salt="works"))
        places.update({name: number / len(ordered) for number, name in enumerate(ordered)})
    return places


@functools.cache
def _all() -> tuple[Movement, ...]:
    return tuple(Movement(melody=top, bass=bass, **said) for said, (top, bass) in kept("works", CONTENT, _read))


def _read() -> list[Row]:
    rows: list[Row] = []
    for composer, (pattern, sha256) in COMPOSERS.items():
        read = [
            (f"{composer}/{path.stem}", work, top, bass)
            for path in MUSIC21.files(f"corpus/{pattern}", sha256)
            for work, top, bass in _outer_voices(path, composer)
        ]
        found = groups(
            [top for _, _, top, _ in read],
            share=None if composer == "Palestrina" else SHARED,  # short movements share turns of his style
            any_of=HYMN if composer == "Bach" else None,
            together=[work for _, work, _, _ in read],
        )
        for (name, _, *voices), first in zip(read, found, strict=True):
            rows.append(({"id": name, "group": f"{composer}/{read[first][1]}"}, tuple(voices)))
    return rows


def _outer_voices(path: Path, composer: str) -> Iterator[tuple[str, Voice, Voice]]:
    """The work that a file belongs to, its top voice and its bass; nothing where it is not fit."""
    work = path.stem
    parts: tuple[tuple[Note, ...], ...]
    if path.suffix == ".krn":
        score = read_kern(path.read_text(encoding="latin-1"), path.name)
        work, parts = score.records.get("OPR", work), score.voices[::-1]
    else:
        parts = read_parts(path.read_bytes(), path.name)
    if composer == "Bach":
        work = work.partition(".")[0]  # bwv10.7 is a movement of the cantata BWV 10
        if len(parts) != CHORALE:
            return
    if len(parts) > 1:
        top, bass = Voice.of(parts[0]), Voice.of(parts[-1])
        if len(top.sounding) >= SHORTEST and len(bass.sounding):
            yield work, top, bass


CHORALE = 4
"""Parts of a chorale; where there are more, the first ones are instruments."""


def excerpts(movement: Movement, notes: int) -> Iterator[tuple[Voice, Voice]]:
    """Stretches of `notes` sounding notes of the melody, one behind the other, each with as many of the bass from the
    same moment on: how many notes of a bass lie below those of a melody would tell styles apart by counting."""
    melody, bass = movement.melody, movement.bass
    onsets = melody.onset[melody.pitch != REST]
    top, low = melody.sounding, bass.sounding
    begins = np.searchsorted(bass.onset[bass.pitch != REST], onsets - _EQUAL)
    for first in range(0, len(top) - notes + 1, notes):
        below = low[int(begins[first]) : int(begins[first]) + notes]
        if len(below) == notes:
            yield top[first : first + notes], below


_EQUAL = 1e-6
"""Quarter notes; sums of triplets are not exact."""
