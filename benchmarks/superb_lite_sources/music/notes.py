"""Notes: what a reader of scores makes of one voice, and what a corpus keeps of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

REST = -1
"""Stands for the pitch of a rest in arrays."""


class Note(NamedTuple):
    """One note or rest of a voice."""

    pitch: int | None
    """MIDI number: 60 is middle C. None: a rest."""

    duration: float
    """In quarter notes, tied notes together."""

    bar: int
    """How many bar lines stand before it."""

    line: int = 0
    """Of the source, from the first one that holds notes; formats without lines of music have 0."""


@dataclass(frozen=True, eq=False)
class Voice:
    """The notes of one voice in a row, as columns of one length N."""

    pitch: NDArray[np.int16]
    """(N,), `REST` where nothing sounds."""

    duration: NDArray[np.float64]
    """(N,), in quarter notes."""

    bar: NDArray[np.int16]
    line: NDArray[np.int16]

    @classmethod
    def of(cls, notes: Iterable[Note]) -> Voice:
        """Notes without duration (grace notes in some formats) are left out."""
        rows = [note for note in notes if note.duration > 0]
        return cls(
            np.array([REST if note.pitch is None else note.pitch for note in rows], dtype=np.int16),
            np.array([note.duration for note in rows], dtype=np.float64),
            np.array([note.bar for note in rows], dtype=np.int16),
            np.array([note.line for note in rows], dtype=np.int16),
        )

    def __len__(self) -> int:
        return len(self.pitch)

    def __getitem__(self, which: slice | NDArray[np.bool_] | NDArray[np.int64]) -> Voice:
        """Some of the notes: a slice, a mask (N,), or indices in any order."""
        return Voice(self.pitch[which], self.duration[which], self.bar[which], self.line[which])

    @property
    def sounding(self) -> Voice:
        """Without its rests."""
        return self[self.pitch != REST]

    def moved(self, semitones: int) -> Voice:
        """Transposed upwards."""
        pitch = np.where(self.pitch == REST, REST, self.pitch + semitones).astype(np.int16)
        return Voice(pitch, self.duration, self.bar, self.line)

    @property
    def onset(self) -> NDArray[np.float64]:
        """(N,): when each note begins, in quarter notes from the first."""
        return np.concatenate([[0.0], np.cumsum(self.duration)[:-1]]) if len(self) else self.duration
