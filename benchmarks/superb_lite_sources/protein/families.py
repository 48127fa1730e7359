"""Which sequences are related: what must not be in training and test.

Two sequences are related when they share enough stretches of k letters, which homologues do and others do not; what is
related to a third one is related (single linkage).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components


def families(sequences: Sequence[str], k: int, share: float) -> list[int]:
    """A family for each sequence, named by the index of its first one.

    Two are related that share at least `share` of the different stretches of k letters of the one that has fewer.
    """
    row, column = _related(sequences, sequences, k, share)
    table = csr_matrix((np.ones(len(row), dtype=bool), (row, column)), shape=(len(sequences), len(sequences)))
    _, component = connected_components(table, directed=False)
    first: dict[int, int] = {}
    return [first.setdefault(int(number), index) for index, number in enumerate(component)]


def related_to(sequences: Sequence[str], others: Sequence[str], k: int, share: float) -> list[bool]:
    """Whether each sequence is related to one of the others; see `families`."""
    row, _ = _related(sequences, others, k, share)
    known = set(row.tolist())
    return [index in known for index in range(len(sequences))]


def _related(
    left: Sequence[str], right: Sequence[str], k: int, share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs (i,), (j,) that are related. A sequence of fewer than k letters is not, not even to itself."""
    names: dict[str, int] = {}
    rows = [
        [sorted({names.setdefault(one[i : i + k], len(names)) for i in range(len(one) - k + 1)}) for one in side]
        for side in (left, right)
    ]
    tables = []
    for side in rows:
        ends = np.cumsum([0, *map(len, side)])
        columns = np.array([column for row in side for column in row], dtype=np.int64)
        tables.append(csr_matrix((np.ones(len(columns), np.int32), columns, ends), shape=(len(side), len(names))))
    both = (tables[0] @ tables[1].T).tocoo()
    many = [np.array([len(row) for row in side]) for side in rows]
    fewer = np.minimum(many[0][both.row], many[1][both.col])
    enough = both.data >= share * fewer
    return both.row[enough].astype(np.int64), both.col[enough].astype(np.int64)
