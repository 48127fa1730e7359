"""Music as a string: two symbols a note, its height and its length, both relative to what stands around it.

Transposing a tune, or writing it in notes twice as long, changes nothing: keys and units are the choice of whoever
wrote a tune down, and would tell one collection from another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from superb_lite_sources.music.notes import REST, Voice

PITCHES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk"
"""By semitones from the middle: "A" is 18 or more below, "S" the middle, "k" 18 or more above."""

DURATIONS = "012345678"
"""By factors of the square root of two: "4" is the usual length, "0" at most a quarter, "8" at least four times it."""

SILENCE = "z"
"""A rest, in the place of a pitch."""

APART = "/"
"""Between two voices."""

ALPHABET = PITCHES + DURATIONS + SILENCE + APART

WIDTH = 2
"""Symbols of a note."""

_MIDDLE = len(PITCHES) // 2
_USUAL = len(DURATIONS) // 2


def middle(voice: Voice) -> int:
    """The median pitch, as a MIDI number: the lower one of two; 60 where nothing sounds."""
    pitches = np.sort(voice.sounding.pitch)
    return int(pitches[(len(pitches) - 1) // 2]) if len(pitches) else 60


def written(voice: Voice, *, centre: int | None = None, shift: int = 0, durations: bool = True) -> str:
    """The string of a voice, `WIDTH` symbols a note.

    Args:
        centre: the MIDI number that "S" stands for; the median of the voice itself if None.
        shift: semitones that the voice is moved up by.
        durations: False writes the usual length for every note, so that only pitches are told.
    """
    centre = middle(voice) if centre is None else centre
    heights = np.clip(voice.pitch.astype(np.int64) - centre + shift, -_MIDDLE, _MIDDLE) + _MIDDLE
    lengths = _lengths(voice.duration) if durations else np.full(len(voice), _USUAL)
    silent = voice.pitch == REST
    return "".join(
        (SILENCE if rest else PITCHES[height]) + DURATIONS[length]
        for rest, height, length in zip(silent.tolist(), heights.tolist(), lengths.tolist(), strict=True)
    )


def _lengths(duration: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) classes of duration; the usual one is the lower median."""
    if not len(duration):
        return np.zeros(0, dtype=np.int64)
    usual = np.sort(duration)[(len(duration) - 1) // 2]
    halves = np.round(2 * np.log2(duration / usual)).astype(np.int64)
    return np.asarray(np.clip(halves, -_USUAL, _USUAL) + _USUAL)
