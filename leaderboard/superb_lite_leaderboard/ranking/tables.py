"""The tables behind the results of a board's columns, read one column at a time."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
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

TOGETHER = 25
"""Tables that are scaled in one go, and stay in the processor's cache meanwhile."""

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
        (first,) = self._scaled([(number, result)], samples([result]))
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
            if table.clusters is not clusters and set(table.clusters) != set(clusters):
                raise UnusableError
            by_seed = np.add.reduce(table.values, axis=1) / table.values.shape[1]
            self.by_seed[number] = table.estimate + by_seed - np.add.reduce(by_seed) / len(by_seed)
            yield table

    def _read(self) -> Iterator[Sample | str]:
        """The table of each result, or what is wrong with it."""
        every = list(self.results.items())
        for start in range(0, len(every), AT_ONCE):
            some = every[start : start + AT_ONCE]
            tables = samples([result for _, result in some])
            for first in range(0, len(some), TOGETHER):
                yield from self._scaled(some[first : first + TOGETHER], tables[first : first + TOGETHER])

    def _scaled(
        self, results: Sequence[tuple[int, Measured]], tables: Sequence[Sample | SuperbLiteError]
    ) -> list[Sample | str]:
        found: dict[int, Sample | str] = {}
        of_shape: dict[tuple[int, ...], list[tuple[int, Sample]]] = {}
        for place, table in enumerate(tables):
            if isinstance(table, SuperbLiteError):
                found[place] = f"is damaged: {table}; submit it again"
            else:
                of_shape.setdefault(table.values.shape, []).append((place, table))
        for alike in of_shape.values():
            values = np.stack([table.values for _, table in alike])
            largest = np.maximum(values.max(axis=(1, 2)), -values.min(axis=(1, 2))).tolist()
            factors = [self.factor(results[place][0]) for place, _ in alike]
            with np.errstate(over="ignore", invalid="ignore"):  # where they are too large, which is said below
                values *= np.array(factors)[:, :1, None]
                values += np.array(factors)[:, 1:, None]
            for (place, table), most, (factor, offset), scaled in zip(alike, largest, factors, values, strict=True):
                result = results[place][1]
                numbers = [table.estimate, most, *result.metrics.values()]
                if not all(abs(number) <= LARGEST for number in numbers):
                    found[place] = "is not ranked: its scores are not numbers of a size that can be compared"
                    continue
                clusters = _of_modality(result.modality, table.clusters)
                found[place] = Sample(factor * table.estimate + offset, scaled, clusters, abs(factor) * table.grain)
        return [found[place] for place in range(len(tables))]


def note(name: str, result: Measured, wrong: str) -> str:
    """The line about a result that is left out."""
    return one_line(f"entry '{name}': '{result.task}' ({result.protocol}) {wrong}", 400)


@functools.lru_cache(maxsize=256)
def _of_modality(modality: str, clusters: tuple[str, ...]) -> tuple[str, ...]:
    # Items of different modalities are never the same, whatever their ids are.
    return tuple(f"{modality}:{cluster}" for cluster in clusters)
