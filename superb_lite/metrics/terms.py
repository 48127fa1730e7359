"""Terms: what a weighted sum of columns adds to the variance, for every entry and every difference of two entries."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from scipy.linalg import blas

from superb_lite.metrics.clusters import independent
from superb_lite.metrics.entry_tables import Index, Table, by_seeds, pairs
from superb_lite.metrics.noises import Noises
from superb_lite.metrics.shared_clusters import covariance
from superb_lite.metrics.statistics import Array
from superb_lite.metrics.table_parts import pair_parts


@dataclass(frozen=True)
class Terms:
    """(m + P,) arrays for m entries and then their P pairs, the first minus the second of each."""

    estimate: Array
    examples: Array
    examples_spread: Array
    """The sum of squares over degrees of freedom, of which Satterthwaite makes those of the sum."""
    seeds: Array
    seeds_spread: Array
    residual: Array
    constant: Array
    """Covariances and grain."""

    @classmethod
    def zeros(cls, m: int) -> Self:
        """Of m entries without noise that are all 0."""
        return cls(*(np.zeros(m * (m + 1) // 2) for _ in fields(cls)))

    def add(self, other: Terms, weight: float, index: Index | slice) -> None:
        """Add a part of other terms, with a weight."""
        self.estimate[...] += weight * other.estimate[index]  # rounded twice, so that equal scores stay equal
        powers = (2, 4, 2, 4, 2, 2)
        for field, power in zip(fields(self)[1:], powers, strict=True):
            blas.daxpy(getattr(other, field.name)[index], getattr(self, field.name), a=weight**power)  # in place

    def put(self, index: Index | slice, other: Terms, chosen: Index | slice) -> None:
        """Replace some by chosen ones of others."""
        for field in fields(self):
            getattr(self, field.name)[index] = getattr(other, field.name)[chosen]

    def noises(self, index: Index | slice) -> Noises:
        """Of some of the entries and pairs."""
        chosen = {field.name: getattr(self, field.name)[index] for field in fields(self)}
        with np.errstate(divide="ignore", invalid="ignore"):
            examples_dof, seeds_dof = (
                np.where(chosen[f"{of}_spread"] > 0, chosen[of] ** 2 / chosen[f"{of}_spread"], np.inf)
                for of in ("examples", "seeds")
            )
        return Noises(
            chosen["examples"], examples_dof, chosen["seeds"], seeds_dof, chosen["residual"], chosen["constant"]
        )


def terms(tables: Sequence[Table], weights: Sequence[float]) -> Terms:
    """The terms of a weighted sum of columns that have the same clusters and the same m entries.

    Of two entries, seeds that only one has are left out; columns with as many seeds are added up cell by cell.
    """
    found = Terms.zeros(len(tables[0].rows))
    for rows, entries, of_group, of_all in by_seeds([table.rows for table in tables]):
        chosen = [table.take(entries) for table in tables]
        added = [_added_up(chosen, weights, rows, seeds) for seeds in dict.fromkeys(rows)]
        members = [_member_sums(chosen, weights, rows, seeds) for seeds in dict.fromkeys(rows) if len(added) > 1]
        group = added[0]
        for other in added[1:]:
            group.add(other, 1.0, slice(None))
        for a, b in itertools.combinations(members, 2):
            group.constant[...] += 2 * covariance(a, b)
        if isinstance(of_all, slice):
            return group
        found.put(of_all, group, of_group)
    return found


def _added_up(tables: Sequence[Table], weights: Sequence[float], rows: Sequence[int], seeds: int) -> Terms:
    """The terms of the columns that are compared on so many seeds, as one table."""
    chosen = [(w, t) for w, t, of in zip(weights, tables, rows, strict=True) if of == seeds]
    if len(chosen) == 1 and chosen[0][0] == 1:
        values = chosen[0][1].values[:, :seeds]
    else:
        values = np.asarray(sum(w * table.values[:, :seeds] for w, table in chosen))
    clusters = tables[0].clusters
    parts = pair_parts(values, clusters)
    estimate = np.asarray(sum(w * table.means(seeds) for w, table in chosen))
    grain = np.max([abs(w) * table.grain for w, table in chosen], axis=0)
    return Terms(
        estimate=_with_pairs(estimate, np.subtract),
        examples=parts.examples,
        examples_spread=parts.examples**2 / (independent(clusters) - 1),
        seeds=parts.seeds,
        seeds_spread=parts.seeds**2 / max(1, seeds - 1),
        residual=parts.residual,
        constant=_with_pairs(grain**2, np.maximum)
        if (grain != grain[:1]).any()
        else np.full(len(parts.examples), grain[0] ** 2),
    )


def _with_pairs(values: Array, function: np.ufunc) -> Array:
    """(m,) -> (m + P,) The values, and a function of any two of them."""
    m = len(values)
    first, second = pairs(m)
    found = np.empty(m + len(first))
    found[:m] = values
    function(values[first], values[second], out=found[m:])
    return found


def _member_sums(
    tables: Sequence[Table], weights: Sequence[float], rows: Sequence[int], seeds: int
) -> dict[str, Array]:
    """`Table.by_member` of the weighted sum of the columns that are compared on so many seeds."""
    found: dict[str, Array] = {}
    for weight, table, of in zip(weights, tables, rows, strict=True):
        if of == seeds:
            for name, sums in table.by_member(seeds).items():
                found[name] = found.get(name, 0.0) + weight * sums
    return found
