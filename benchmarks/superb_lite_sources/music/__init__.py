"""Music as strings: the corpus to pretrain on. Tunes and works are read out of the installed package music21."""

from __future__ import annotations

import functools
import zlib
from typing import Literal

from superb_lite_sources.music import tunes, works
from superb_lite_sources.music.alphabet import ALPHABET, APART, written
from superb_lite_sources.music.kept import Row, kept
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.related import related_to
from superb_lite_sources.music.tunes import Part, tunes_of
from superb_lite_sources.music.works import excerpts, movements

__all__ = ["ALPHABET", "corpus", "moved"]

STRETCH = 24
"""Notes of the melody in a stretch of a work in several voices."""


@functools.cache
def corpus(part: Literal["pretrain", "held-out"] = "pretrain") -> tuple[str, ...]:
    """Whole tunes, and stretches of works as melody / bass, in the symbols of `superb_lite_sources.music.alphabet`.

    Every second tune is moved at random, as those of the task on scale degrees are. Clusters of tunes and groups of
    works are on one side; what is a variant of something in the other collection, such as a hymn among the folk songs,
    is left out.

    part: "held-out" is what tasks are trained on, to measure what pretraining has learnt; it is not tested on, either.
    """
    return tuple(
        said["string"] for said, _ in kept(f"corpus-{part}", f"{tunes.CONTENT}{works.CONTENT}", lambda: _strings(part))
    )


def _strings(part: str) -> list[Row]:
    source, others = _SOURCES[part]
    foreign = [voice for other in others for voice in _melodies(other)]
    songs = tunes_of(source)
    stretches = [pair for movement in movements(source) for pair in excerpts(movement, STRETCH)]
    known = related_to([*(song.voice for song in songs), *(top for top, _ in stretches)], foreign)
    strings = [written(song.voice, shift=moved(song.id) if number % 2 else 0) for number, song in enumerate(songs)]
    strings += [f"{written(top)}{APART}{written(below)}" for top, below in stretches]
    return [({"string": string}, ()) for string, variant in zip(strings, known, strict=True) if not variant]


_SOURCES: dict[str, tuple[Part, tuple[Part, ...]]] = {
    "pretrain": ("pretrain", ("train", "validation", "test")),
    "held-out": ("train", ("validation", "test")),
}
"""Part of the corpus: the part of the sources, and the parts that nothing of it may be a variant of."""


def _melodies(part: Part) -> list[Voice]:
    return [*(tune.voice for tune in tunes_of(part)), *(movement.melody for movement in movements(part))]


def moved(name: str) -> int:
    """Semitones, -6 to 5, by which what has this name is moved where the key must not be told."""
    return zlib.crc32(name.encode()) % 12 - 6
