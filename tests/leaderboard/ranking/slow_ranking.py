"""Ranking as the definitions say it, every pair anew: what the fast one is compared with."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

from superb_lite.metrics.statistics import Interval, Sample, interval, mean_interval, rank_intervals
from superb_lite.results.comparison import normalising
from superb_lite.results.power import detectable
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Entry, Measured
from superb_lite_leaderboard.ranking.lists import ListKey, lists
from superb_lite_leaderboard.ranking.references import is_twin

Samples = Mapping[str, Mapping[str, Sample]]
"""By entry and column."""


def samples(entries: Sequence[Entry], columns: Sequence[Column]) -> dict[str, dict[str, Sample]]:
    by_key = {(column.task.name, column.protocol): column for column in columns}
    found: dict[str, dict[str, Sample]] = {entry.name: {} for entry in entries}
    for entry in entries:
        for result in entry.results:
            column = by_key[result.task, result.protocol]
            found[entry.name][column.key] = _sample(result, column)
    return found


def _sample(result: Measured, column: Column) -> Sample:
    if column.scale is None:
        sample = result.sample().scaled(1.0 if column.higher_is_better else -1.0)
    else:
        sample = result.sample().scaled(*normalising(result, column.scale))
    return dataclasses.replace(sample, clusters=tuple(f"{result.modality}:{cluster}" for cluster in sample.clusters))


def standings(found: Samples, columns: Sequence[Column]) -> dict[ListKey, dict[str, tuple[Interval, tuple[int, int]]]]:
    """By list and name the interval and the ranks."""
    ranked = {}
    for key, weights in lists(columns).items():
        names = [name for name, of_entry in found.items() if weights.keys() <= of_entry.keys()]

        def mean(of_entry: Mapping[str, Sample], weights: Mapping[str, float] = weights) -> Interval:
            return mean_interval([of_entry[column] for column in weights], list(weights.values()))

        differences = {
            (i, j): mean({column: found[a][column].minus(found[b][column]) for column in weights})
            for (i, a), (j, b) in itertools.combinations(enumerate(names), 2)
        }
        ranks = rank_intervals(differences, len(names))
        ranked[key] = {name: (mean(found[name]), r) for name, r in zip(names, ranks, strict=True)}
    return ranked


def smallest(found: Samples, columns: Sequence[Column]) -> dict[str, float]:
    """As `Standings.detectable`."""
    shown = {}
    for column in columns:
        measured = [of_entry[column.key] for of_entry in found.values() if column.key in of_entry]
        if measured:
            shown[column.key] = (1.0 if column.scale else 100.0) * detectable(measured)
    return shown


def gains(entries: Sequence[Entry]) -> dict[tuple[str, str, str], tuple[str, Interval]]:
    """By entry, task and protocol the reference of the twin and the interval of the difference."""
    found = {}
    every = [(entry.name, result) for entry in entries for result in entry.results]
    for name, result in every:
        for _, other in every:
            if (other.task, other.protocol) == (result.task, result.protocol) and is_twin(other, result):
                paired = interval(result.sample().minus(other.sample()))
                found[name, result.task, result.protocol] = (other.encoder, paired)
                break
    return found
