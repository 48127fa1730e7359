"""All stretches of k letters of DNA as numbers, the same for both strands."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

LETTERS = "ACGT"

_CODE = np.zeros(256, dtype=np.uint64)
_CODE[np.frombuffer(LETTERS.encode(), dtype=np.uint8)] = np.arange(4)
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def reverse_complement(sequence: str) -> str:
    """The other strand, read in its own direction."""
    return sequence.translate(_COMPLEMENT)[::-1]


def canonical_kmers(sequence: str, k: int) -> np.ndarray:
    """(max(0, L - k + 1),) uint64: of each stretch of k letters the number, and that of its other strand if smaller.

    sequence: of A, C, G and T. k: at most 31, so that a number has 62 bits.
    """
    assert 1 <= k <= 31
    codes = _CODE[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)]
    count = max(0, len(codes) - k + 1)
    forward, backward = np.zeros(count, dtype=np.uint64), np.zeros(count, dtype=np.uint64)
    for place in range(k):
        letters = codes[place : place + count]
        forward = (forward << np.uint64(2)) | letters
        backward |= (np.uint64(3) - letters) << np.uint64(2 * place)
    return np.minimum(forward, backward)


class KmerSet:
    """Stretches of k letters of some sequences, on either strand, to look others up in.

    repeated: only those that stand at more than one place.
    """

    def __init__(self, sequences: Iterable[str], k: int, *, repeated: bool = False) -> None:
        self.k = k
        self.values = np.sort(np.concatenate([canonical_kmers(sequence, k) for sequence in sequences]))
        if repeated:
            self.values = self.values[1:][self.values[1:] == self.values[:-1]]
        # Most of what is looked up is not there, which one access to a small table tells.
        self._bits = len(self.values).bit_length() + 5
        self._filter = np.zeros(1 << self._bits, dtype=bool)
        self._filter[self._scattered(self.values)] = True

    def hits(self, sequence: str) -> np.ndarray:
        """(number of hits,) the places of a sequence where k letters begin that are in the set."""
        values = canonical_kmers(sequence, self.k)
        likely = np.flatnonzero(self._filter[self._scattered(values)])
        found = np.minimum(np.searchsorted(self.values, values[likely]), max(0, len(self.values) - 1))
        return likely[self.values[found] == values[likely]] if len(likely) else likely

    def pieces_outside(self, sequence: str, shortest: int) -> list[str]:
        """What is left of a sequence when all stretches of k letters that are in the set are cut out.

        shortest: pieces with fewer letters are left out.
        """
        hits = self.hits(sequence)
        cut = np.zeros(len(sequence) + 1, dtype=np.int64)
        np.add.at(cut, hits, 1)
        np.add.at(cut, hits + self.k, -1)
        kept = np.concatenate([[False], np.cumsum(cut[:-1]) == 0, [False]])
        edges = np.flatnonzero(kept[1:] != kept[:-1])
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [sequence[start:end] for start, end in pairs if end - start >= shortest]

    def _scattered(self, values: np.ndarray) -> np.ndarray:
        """Places in the table (multiplicative hashing, Knuth 1998, section 6.4)."""
        return (values * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - self._bits)
