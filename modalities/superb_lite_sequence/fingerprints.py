"""Short pieces of sequences by which two collections are compared, wherever a sequence begins or was cut.

Of all stretches of 24 symbols those are kept whose hash is small, one in 16: the same ones from every collection that
holds them (FracMinHash: Irber et al. 2022, "Lightweight compositional analysis of metagenomes with FracMinHash").
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from superb_lite_sequence.alphabet import code_points

SIZE = 24
"""Symbols; the chance that random nucleotides agree in so many is 4^-24."""
SHARE = 16


def fingerprints(sequences: Iterable[str]) -> frozenset[str]:
    """The pieces of all sequences as hexadecimal hashes; of a sequence that is shorter than a piece, the whole."""
    found: set[str] = set()
    for sequence in sequences:
        if len(sequence) < SIZE:
            found.add(sequence)
            continue
        points = code_points(sequence).astype(np.uint64)
        hashes = np.zeros(len(points) - SIZE + 1, dtype=np.uint64)
        for offset in range(SIZE):
            hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + points[offset : offset + len(hashes)]
        hashes ^= hashes >> np.uint64(29)
        hashes *= np.uint64(0xBF58476D1CE4E5B9)
        hashes ^= hashes >> np.uint64(32)
        found.update(f"{number:016x}" for number in np.unique(hashes[hashes % SHARE == 0]).tolist())
    return frozenset(found)
