"""Several short examples in one row, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Sequence


def pack(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Rows of examples that have at most `size` tokens together, as the numbers of the examples.

    Best fit, the longest first (Krell et al. 2021, arXiv:2107.02027, section 3): little is left empty.
    """
    room: list[list[int]] = [[] for _ in range(size + 1)]  # rows by how many tokens still fit
    rows: list[list[int]] = []
    for number in sorted(range(len(lengths)), key=lambda n: (-lengths[n], n)):
        length = lengths[number]
        fitting = next((left for left in range(length, size) if room[left]), None)
        if fitting is None:
            rows.append([])
            row, left = len(rows) - 1, size
        else:
            row, left = room[fitting].pop(), fitting
        rows[row].append(number)
        room[left - length].append(row)
    return rows
