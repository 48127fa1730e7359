"""Which tunes are variants of each other: what folk song is made of, and what must not be in training and test.

Two tunes are related when they share enough runs of intervals, whatever their keys; what is related to a third tune is
related (single linkage), since a test of generalisation has to be free of chains, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from superb_lite_sources.music.notes import Voice

RUN = 7
"""Intervals in a row that are compared. Runs of 5 are scales and turns of the style, of 10 miss most variants."""

SHARED = 0.25
"""The share of the shorter tune's runs that a related one has."""

COMMON = 200
"""A run in so many tunes or more says nothing of which are related."""


def runs(voice: Voice, length: int = RUN) -> NDArray[np.int64]:
    """The different runs of `length` intervals of what sounds, as numbers: (R,), sorted; equal runs have equal numbers.

    Intervals of more than two octaves count as two.
    """
    pitch = voice.sounding.pitch.astype(np.int64)
    intervals: NDArray[np.int64] = np.clip(pitch[1:] - pitch[:-1], -24, 24) + 24
    if len(intervals) < length:
        return np.zeros(0, dtype=np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(intervals, length)
    return np.unique(windows @ (49 ** np.arange(length, dtype=np.int64)))


def groups(
    voices: Sequence[Voice],
    *,
    share: float | None = SHARED,
    any_of: int | None = None,
    together: Sequence[str] = (),
) -> list[int]:
    """A group for each voice; related ones share theirs. It is named by the index of its first voice.

    Args:
        share: of the shorter one's runs that makes voices related; None: they are not compared.
        any_of: voices that share a single run of so many intervals are related, too.
        together: a name for each voice, such as that of a work; voices of one name are related.
    """
    links = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    if share is not None:
        links.append(_related([runs(voice) for voice in voices], share, COMMON))
    if any_of is not None:
        links.append(_related([runs(voice, any_of) for voice in voices], 0.0, len(voices) + 1))
    if together:
        named: dict[str, int] = {}
        links.append((np.arange(len(voices)), np.array([named.setdefault(n, i) for i, n in enumerate(together)])))
    row, column = (np.concatenate(ends) for ends in zip(*links, strict=True))
    table = csr_matrix((np.ones(len(row), dtype=bool), (row, column)), shape=(len(voices), len(voices)))
    _, component = connected_components(table, directed=False)
    first: dict[int, int] = {}
    return [first.setdefault(int(number), index) for index, number in enumerate(component)]


def related_to(voices: Sequence[Voice], others: Sequence[Voice]) -> list[bool]:
    """Whether each voice is related to one of the others."""
    row, _ = _across([runs(voice) for voice in voices], [runs(voice) for voice in others], SHARED, COMMON)
    known = set(row.tolist())
    return [index in known for index in range(len(voices))]


Runs = Sequence[NDArray[np.int64]]
"""The runs of each voice."""


def _related(found: Runs, share: float, common: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs (i,), (j,) of voices, i < j, that share at least `share` of the shorter one's runs, and one run."""
    row, column = _across(found, found, share, common)
    return row[row < column], column[row < column]


def _across(left: Runs, right: Runs, share: float, common: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs (i,), (j,) of a voice on the left and one on the right that share so much.

    common: a run that so many on the right have, or more, does not count.
    """
    many = [np.array([len(one) for one in side], dtype=np.int64) for side in (left, right)]
    if not many[0].sum() or not many[1].sum():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    names, where = np.unique(np.concatenate([*left, *right]), return_inverse=True)
    columns = np.split(where, [int(many[0].sum())])
    keep = np.bincount(columns[1], minlength=len(names)) < common
    tables = []
    for size, column in zip(many, columns, strict=True):
        row = np.repeat(np.arange(len(size)), size)
        ones = np.ones(int(keep[column].sum()), dtype=np.int32)
        tables.append(csr_matrix((ones, (row[keep[column]], column[keep[column]])), shape=(len(size), len(names))))
    both = (tables[0] @ tables[1].T).tocoo()
    enough = both.data >= share * np.minimum(many[0][both.row], many[1][both.col])
    return both.row[enough].astype(np.int64), both.col[enough].astype(np.int64)
