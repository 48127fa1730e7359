"""Ranking: from results to scores, 95% intervals and rank intervals.

Per column the score is normalised, 100 * (value - floor) / (ceiling - floor). A modality's score is the mean over the
board's columns of that modality, the overall score the mean over the board's modalities. A column without a result
leaves both undefined; it is never a zero. A beats B where the paired difference, matched by test cluster and
evaluation seed, is significant after Holm's correction over all pairs in the same list; the comparisons that are not
leave a rank open, which is why a rank is an interval. The formulas are in `superb_lite.metrics.statistics`.

What pretraining brought an encoder is its paired difference from its random twin, the same architecture untrained,
where an entry of the board holds that.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superb_lite.metrics.statistics import Interval, Sample, interval, mean_interval, rank_intervals
from superb_lite.results.comparison import normalised_sample
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Entry


@dataclass(frozen=True)
class Standing:
    """A score with its 95% interval, and the best and worst rank that the comparisons leave open."""

    score: float
    ci: tuple[float, float]
    rank: tuple[int, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"score": self.score, "ci": list(self.ci), "rank": list(self.rank)}


@dataclass(frozen=True)
class TaskStanding:
    """One result on the board.

    result: score and interval are fractions. normalised: in percent; None where the task is not calibrated.
    rank: as in `Standing`, among the entries that have this column.
    """

    result: Result
    normalised: float | None
    normalised_ci: tuple[float, float] | None
    rank: tuple[int, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "score": self.result.score,
            "ci": list(self.result.ci),
            "normalised": self.normalised,
            "protocol": self.result.protocol,
        }


@dataclass(frozen=True)
class Row:
    """One entry. overall: None unless every column has a result. modalities: those whose columns all have one.

    tasks: by `Column.key`, in the board's order. Scores of modalities and overall are percentages.
    """

    name: str
    encoders: Mapping[str, str]
    overall: Standing | None
    modalities: Mapping[str, Standing]
    tasks: Mapping[str, TaskStanding]

    def to_dict(self) -> dict[str, Any]:
        """A row of `superb-lite leaderboard show --json`.

        A task has the key "set/task" under its default protocol and "set/task@protocol" under another one.
        """
        return {
            "name": self.name,
            "encoders": dict(self.encoders),
            "overall": None if self.overall is None else self.overall.to_dict(),
            "modalities": {name: standing.to_dict() for name, standing in self.modalities.items()},
            "tasks": {key: standing.to_dict() for key, standing in self.tasks.items()},
        }


@dataclass(frozen=True)
class Gain:
    """A pretrained encoder's score on one column minus that of its random twin.

    entry: the name of the entry. key: `Column.key`. twin: the reference of the untrained encoder.
    difference, ci: a fraction and its 95% interval, paired by test cluster and evaluation seed; not corrected for the
    number of columns.
    """

    entry: str
    key: str
    twin: str
    difference: float
    ci: tuple[float, float]


@dataclass(frozen=True)
class Standings:
    """The rows of a board, best first.

    notes: one line for each result that was left out because its task has another version by now.
    gains: what pretraining brought, in the order of rows and columns, for the entries whose random twins are there.
    """

    board: Board
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    gains: tuple[Gain, ...] = ()

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities of the board, in the order of its columns."""
        return tuple(dict.fromkeys(column.task.modality for column in self.columns))


Samples = Mapping[str, Sample]
"""The samples of one entry by column key, larger is better."""

Weights = Mapping[str, float]
"""What is ranked: the weighted sum of these columns."""


def rank(entries: Sequence[Entry], board: Board, columns: Sequence[Column]) -> Standings:
    """Rank entries by the columns of a board (`resolve_columns`)."""
    by_key = {column.key: column for column in columns}
    results = {entry.name: _on_board(entry, columns) for entry in entries}
    samples = {name: {key: _sample(r, by_key[key]) for key, r in found.items()} for name, found in results.items()}
    groups: dict[str, list[Column]] = {}
    for column in columns:
        groups.setdefault(column.task.modality, []).append(column)
    lists: dict[tuple[str, str], Weights] = {("task", key): {key: 1.0} for key in by_key}
    for modality, group in groups.items():
        if all(column.scale is not None for column in group):
            lists["modality", modality] = {column.key: 1 / len(group) for column in group}
    if all(column.scale is not None for column in columns):
        lists["overall", ""] = {c.key: 1 / len(groups) / len(group) for group in groups.values() for c in group}
    standings = _standings(samples, lists)
    rows = [
        Row(
            name=name,
            encoders=entry.encoders,
            overall=standings.get(("overall", ""), {}).get(name),
            modalities={
                m: standings["modality", m][name] for m in groups if name in standings.get(("modality", m), {})
            },
            tasks={
                key: _task_standing(result, by_key[key], standings["task", key][name])
                for key, result in results[name].items()
            },
        )
        for entry in entries
        for name in [entry.name]
    ]
    order = sorted(rows, key=lambda row: _order(row, tuple(groups)))
    return Standings(
        board, tuple(columns), tuple(order), tuple(_stale(entries, columns)), tuple(_gains(order, entries))
    )


def is_twin(reference: str, encoder: str) -> bool:
    """Whether a reference names the untrained architecture of an encoder.

    The twin of a checkpoint DIR is `random:DIR`; that of DIR/NAME, where NAME is what was pretrained (the name that
    `superb-lite run` and `pretrain` give a checkpoint), also `random:NAME` and `random:NAME:SEED`.
    """
    scheme, _, argument = reference.partition(":")
    name, _, seed = argument.partition(":")
    return scheme == "random" and (argument == encoder or (name == Path(encoder).name and (not seed or seed.isdigit())))


def _gains(rows: Sequence[Row], entries: Sequence[Entry]) -> list[Gain]:
    """The differences of every row's encoders from the first entry that holds their twins."""
    by_name = {row.name: row for row in rows}
    ordered = [by_name[entry.name] for entry in entries]
    found = []
    for row in rows:
        for key, standing in row.tasks.items():
            result = standing.result
            twins = [
                other.tasks[key].result
                for other in ordered
                if key in other.tasks and is_twin(other.tasks[key].result.encoder, result.encoder)
            ]
            if twins:
                paired = interval(result.sample().minus(twins[0].sample()))
                found.append(Gain(row.name, key, twins[0].encoder, paired.estimate, (paired.lo, paired.hi)))
    return found


def _on_board(entry: Entry, columns: Sequence[Column]) -> dict[str, Result]:
    """The entry's results by column key; results of other task versions are left out."""
    found = {(result.task, result.protocol, result.task_version): result for result in entry.results}
    wanted = {column.key: (column.task.name, column.protocol, column.task.version) for column in columns}
    return {key: found[identity] for key, identity in wanted.items() if identity in found}


def _stale(entries: Sequence[Entry], columns: Sequence[Column]) -> list[str]:
    version = {(column.task.name, column.protocol): column.task.version for column in columns}
    return [
        f"entry '{entry.name}': '{result.task}' ({result.protocol}) was measured with task version "
        f"{result.task_version}, but the board ranks version {version[result.task, result.protocol]}: evaluate it again"
        for entry in entries
        for result in entry.results
        if version.get((result.task, result.protocol), result.task_version) != result.task_version
    ]


def _sample(result: Result, column: Column) -> Sample:
    """The result on the normalised scale, in percent; uncalibrated, its own score, turned so that more is better."""
    if column.scale is None:
        sample = result.sample().scaled(1.0 if column.higher_is_better else -1.0)
    else:
        sample = normalised_sample(result, column.scale)
    # Items of different modalities are never the same, whatever their ids are.
    return dataclasses.replace(sample, clusters=tuple(f"{result.modality}:{cluster}" for cluster in sample.clusters))


def _standings(
    samples: Mapping[str, Samples], lists: Mapping[tuple[str, str], Weights]
) -> dict[tuple[str, str], dict[str, Standing]]:
    """For each list the standings of the entries that have all of its columns."""
    names = {
        key: [n for n, found in samples.items() if weights.keys() <= found.keys()] for key, weights in lists.items()
    }
    differences: dict[tuple[str, str], dict[tuple[int, int], Interval]] = {key: {} for key in lists}
    for a, b in itertools.combinations(samples, 2):
        paired = {key: samples[a][key].minus(samples[b][key]) for key in samples[a] if key in samples[b]}
        for key, weights in lists.items():
            if weights.keys() <= paired.keys():
                differences[key][names[key].index(a), names[key].index(b)] = _weighted(paired, weights)
    standings: dict[tuple[str, str], dict[str, Standing]] = {}
    for key, weights in lists.items():
        ranks = rank_intervals(differences[key], len(names[key]))
        means = {name: _weighted(samples[name], weights) for name in names[key]}
        standings[key] = {
            name: Standing(mean.estimate, (mean.lo, mean.hi), ranked)
            for (name, mean), ranked in zip(means.items(), ranks, strict=True)
        }
    return standings


def _weighted(samples: Samples, weights: Weights) -> Interval:
    return mean_interval([samples[key] for key in weights], list(weights.values()))


def _task_standing(result: Result, column: Column, standing: Standing) -> TaskStanding:
    calibrated = column.scale is not None
    return TaskStanding(
        result=result,
        normalised=standing.score if calibrated else None,
        normalised_ci=standing.ci if calibrated else None,
        rank=standing.rank,
    )


def _order(row: Row, modalities: Sequence[str]) -> tuple[Any, ...]:
    """Best overall first; entries without an overall score after them, by their modality scores, then by name."""
    scores = [row.overall, *(row.modalities.get(name) for name in modalities)]
    return (*((score is None, 0.0 if score is None else -score.score) for score in scores), row.name)
