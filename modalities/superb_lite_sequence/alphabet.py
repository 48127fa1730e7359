"""Symbols and their ids.

All kinds of sequences share one alphabet, as many languages share one script: an `A` is adenine, alanine or a pitch,
and what stands around it says which.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NUCLEOTIDES = "ACGT"
AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
UNKNOWN_RESIDUE = "X"
PITCHES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk"
DURATIONS = "012345678"
REST, VOICE = "z", "/"

EMBEDDED = "".join(sorted({*NUCLEOTIDES, *AMINO_ACIDS, UNKNOWN_RESIDUE, *PITCHES, *DURATIONS, REST, VOICE}))
"""The alphabet of the embedded corpora: nucleotides, residues, and music (`superb_lite_sources.music.alphabet`)."""

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNK, CLS, SEP, MASK = range(5)
ORDINARY = len(SPECIAL)
"""The first id that is a symbol's."""


class Alphabet:
    """Sequences -> ids; a symbol that is not in the alphabet is [UNK], as N is among nucleotides.

    symbols: each once, one character each. Raises ValueError for an empty alphabet and for a symbol that stands twice.
    """

    def __init__(self, symbols: str) -> None:
        if not symbols or len(set(symbols)) != len(symbols):
            raise ValueError("an alphabet has at least one symbol, and each of them once")
        self.symbols = symbols
        points = code_points(symbols)
        self._order = np.argsort(points)
        self._points = points[self._order]

    def __len__(self) -> int:
        """How many ids there are, special ones included."""
        return ORDINARY + len(self.symbols)

    def encode(self, sequence: str) -> NDArray[np.int64]:
        """(len(sequence),) ids."""
        points = code_points(sequence)
        place = np.searchsorted(self._points, points).clip(max=len(self._points) - 1)
        known = self._points[place] == points
        ids: NDArray[np.int64] = np.where(known, ORDINARY + self._order[place], UNK)
        return ids


def code_points(sequence: str) -> NDArray[np.uint32]:
    """(len(sequence),) the number of each character in Unicode."""
    return np.frombuffer(sequence.encode("utf-32-le", "surrogatepass"), dtype="<u4")
