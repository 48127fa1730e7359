"""The tables behind the results of a board's columns, read one column at a time."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.metrics.pairwise import Column as Paired
from superb_lite.metrics.statistics import Sample
from superb_lite.results.comparison import normalising
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Measured, samples

AT_ONCE = 200
"""Tables that are read in one go."""

LARGEST = 1e100
"""Numbers beyond that are none: their squares could not be added up."""


class UnusableError(Exception):
    """Tables of a column cannot be used: see `ColumnTables.unusable`."""


@dataclass
class ColumnTables:
    """The results of one column, with tables that are read when they are asked for."""

    column: Column
    results: Mapping[int, Measured]
    """By the number of the entry, ascending."""
    by_seed: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    """By the number of the entry, the (S,) scores of its evaluation seeds, once the tables were read."""

    def paired(self) -> Paired:
        """The tables for `superb_lite.metrics.pairwise.compare`: normalised, in percent, larger is better.

        Without a scale they are fractions of the score. Reading them raises `UnusableError`.
        """
        number, result = next(iter(self.results.items()))
        first = self._scaled(number, result, samples([result])[0])
        if isinstance(first, str):
            raise UnusableError
        return Paired(np.array(list(self.results), dtype=np.int64), first.clusters, self._samples)

    def unusable(self) -> dict[int, str]:
        """By the number of the entry, what is wrong with its table, where something is."""
        found, clusters = {}, None
        for number, table in zip(self.results, self._read(), strict=True):
            if isinstance(table, str):
                found[number] = table
            elif clusters is not None and table.clusters != clusters and set(table.clusters) != set(clusters):
                found[number] = "is damaged: its table is of other test examples; submit it again"
            else:
                clusters = clusters or table.clusters
        return found

    def factor(self, number: int) -> tuple[float, float]:
        """By what the score of an entry is multiplied, and what is added, to make the table's estimate of it."""
        if self.column.scale is None:
            return (1.0 if self.column.higher_is_better else -1.0), 0.0
        return normalising(self.results[number], self.column.scale)

    def _samples(self) -> Iterator[Sample]:
        clusters: tuple[str, ...] | None = None
        for number, table in zip(self.results, self._read(), strict=True):
            if isinstance(table, str):
                raise UnusableError
            clusters = clusters or table.clusters
            if table.clusters != clusters and set(table.clusters) != set(clusters):
                raise UnusableError
            by_seed = table.values.sum(axis=1) / table.values.shape[1]
            self.by_seed[number] = table.estimate + by_seed - by_seed.sum() / len(by_seed)
            yield table

    def _read(self) -> Iterator[Sample | str]:
        """The table of each result, or what is wrong with it."""
        every = list(self.results.items())
        for start in range(0, len(every), AT_ONCE):
            some = every[start : start + AT_ONCE]
            for (number, result), table in zip(some, samples([result for _, result in some]), strict=True):
                yield self._scaled(number, result, table)

    def _scaled(self, number: int, result: Measured, table: Sample | SuperbLiteError) -> Sample | str:
        if isinstance(table, SuperbLiteError):
            return f"is damaged: {table}; submit it again"
        numbers = [table.estimate, *result.metrics.values(), float(np.abs(table.values).max())]
        if not all(abs(number) <= LARGEST for number in numbers):
            return "is not ranked: its scores are not numbers of a size that can be compared"
        scaled = table.scaled(*self.factor(number))
        return Sample(scaled.estimate, scaled.values, _of_modality(result.modality, table.clusters), scaled.grain)


def note(name: str, result: Measured, wrong: str) -> str:
    """The line about a result that is left out."""
    return one_line(f"entry '{name}': '{result.task}' ({result.protocol}) {wrong}", 400)


@functools.lru_cache(maxsize=256)
def _of_modality(modality: str, clusters: tuple[str, ...]) -> tuple[str, ...]:
    # Items of different modalities are never the same, whatever their ids are.
    return tuple(f"{modality}:{cluster}" for cluster in clusters)
