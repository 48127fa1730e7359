"""Ranking: from results to scores, 95% intervals and rank intervals.

Per column the score is normalised, 100 * (value - floor) / (ceiling - floor). A modality's score is the mean over the
board's columns of that modality, taken within each language first (`superb_lite.results.means`); the overall score is
the mean over the board's modalities. A column without a result
leaves both undefined; it is never a zero. A beats B where the paired difference, matched by test cluster and
evaluation seed, is significant after Holm's correction over all pairs in the same list; the comparisons that are not
leave a rank open, which is why a rank is an interval. The formulas are in `superb_lite.metrics.statistics`.

What pretraining brought an encoder is its paired difference from its random twin, the same architecture untrained,
where an entry of the board holds that.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics.statistics import Interval, Sample, interval, mean_interval, rank_intervals
from superb_lite.results.comparison import normalising
from superb_lite.results.means import mean_weights
from superb_lite.results.power import detectable
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.checks import check_result, check_same_data
from superb_lite_leaderboard.entry import Entry, Measured
from superb_lite_leaderboard.entry import samples as samples_of


@dataclass(frozen=True)
class Standing:
    """A score and where it stands."""

    score: float
    ci: tuple[float, float]
    """The 95% interval."""
    rank: tuple[int, int]
    """The best and the worst rank that the comparisons leave open."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"score": self.score, "ci": list(self.ci), "rank": list(self.rank)}


@dataclass(frozen=True)
class TaskStanding:
    """One result on the board."""

    result: Measured
    """Its score and interval are fractions."""
    normalised: float | None
    """In percent; None where the task is not calibrated."""
    normalised_ci: tuple[float, float] | None
    """The 95% interval of `normalised`."""
    rank: tuple[int, int]
    """As in `Standing`, among the entries that have this column."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "encoder": self.result.encoder,
            "score": self.result.score,
            "ci": list(self.result.ci),
            "normalised": self.normalised,
            "protocol": self.result.protocol,
        }


@dataclass(frozen=True)
class Row:
    """One entry. Scores of modalities and overall are percentages."""

    name: str
    encoders: Mapping[str, str]
    """By modality."""
    overall: Standing | None
    """None unless every column has a result."""
    modalities: Mapping[str, Standing]
    """Those whose columns all have a result."""
    languages: Mapping[tuple[str, str], Standing]
    """By (modality, language), where the board has a modality in several: those whose columns all have a result."""
    tasks: Mapping[str, TaskStanding]
    """By `Column.key`, in the board's order."""

    def to_dict(self) -> dict[str, Any]:
        """A row of `superb-lite leaderboard show --json`.

        A task has the key "set/task" under its default protocol and "set/task@protocol" under another one.
        """
        return {
            "name": self.name,
            "encoders": dict(self.encoders),
            "overall": None if self.overall is None else self.overall.to_dict(),
            "modalities": {name: standing.to_dict() for name, standing in self.modalities.items()},
            "languages": {"/".join(key): standing.to_dict() for key, standing in self.languages.items()},
            "tasks": {key: standing.to_dict() for key, standing in self.tasks.items()},
        }


@dataclass(frozen=True)
class Gain:
    """A pretrained encoder's score on one column minus that of its random twin."""

    entry: str
    """The name of the entry."""
    key: str
    """`Column.key`."""
    twin: str
    """The reference of the untrained encoder."""
    difference: float
    """A fraction, paired by test cluster and evaluation seed."""
    ci: tuple[float, float]
    """The 95% interval of `difference`, not corrected for the number of columns."""


@dataclass(frozen=True)
class Standings:
    """The rows of a board, best first."""

    board: Board
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """One line for each result that was left out, as its task has another version by now or it is damaged."""
    gains: tuple[Gain, ...] = ()
    """What pretraining brought, in the order of rows and columns, for the entries whose random twins are there."""
    detectable: Mapping[str, float] = field(default_factory=dict)
    """By column key the smallest difference that the column shows (`superb_lite.results.power`), normalised where it is
    calibrated, else in points of the score; of the columns that have a result."""

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities of the board, in the order of its columns."""
        return tuple(dict.fromkeys(column.task.modality for column in self.columns))

    @property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """(modality, language) of the modalities that the board has in several, in the order of its columns."""
        return tuple(_languages(self.columns))


Samples = Mapping[str, Sample]
"""The samples of one entry by column key, larger is better."""

Weights = Mapping[str, float]
"""What is ranked: the weighted sum of these columns."""


def rank(entries: Sequence[Entry], board: Board, columns: Sequence[Column], *, notes: Sequence[str] = ()) -> Standings:
    """Rank entries by the columns of a board (`resolve_columns`).

    notes: what was left out of the entries before, one line each.
    """
    by_key = {column.key: column for column in columns}
    results, left_out = _on_board(entries, columns)
    samples, damaged = _samples(results, by_key)
    groups: dict[str, list[Column]] = {}
    for column in columns:
        groups.setdefault(column.task.modality, []).append(column)
    lists: dict[tuple[str, ...], Weights] = {("task", key): {key: 1.0} for key in by_key}
    for (modality, language), spoken in _languages(columns).items():
        lists["language", modality, language] = _mean(spoken)
    for modality, group in groups.items():
        lists["modality", modality] = _mean(group)
    lists["overall",] = {key: weight / len(groups) for group in groups.values() for key, weight in _mean(group).items()}
    scales = {key: column.scale for key, column in by_key.items()}
    lists = {of: w for of, w in lists.items() if of[0] == "task" or all(scales[key] is not None for key in w)}
    standings = _standings(samples, lists)
    rows = [
        Row(
            name=name,
            encoders=entry.encoders,
            overall=standings.get(("overall",), {}).get(name),
            modalities={
                m: standings["modality", m][name] for m in groups if name in standings.get(("modality", m), {})
            },
            languages={
                key: standings["language", *key][name]
                for key in _languages(columns)
                if name in standings.get(("language", *key), {})
            },
            tasks={
                key: _task_standing(result, by_key[key], standings["task", key][name])
                for key, result in results[name].items()
            },
        )
        for entry in entries
        for name in [entry.name]
    ]
    order = sorted(rows, key=lambda row: _order(row, tuple(groups), _languages(columns)))
    gains = tuple(_gains(order, entries))
    left_out += damaged
    return Standings(board, tuple(columns), tuple(order), (*notes, *left_out), gains, _detectable(samples, columns))


def _detectable(samples: Mapping[str, Samples], columns: Sequence[Column]) -> dict[str, float]:
    found = {}
    for column in columns:
        measured = [of_entry[column.key] for of_entry in samples.values() if column.key in of_entry]
        if measured:
            found[column.key] = (1.0 if column.scale else 100.0) * detectable(measured)
    return found


def _languages(columns: Sequence[Column]) -> dict[tuple[str, str], list[Column]]:
    """The columns by (modality, language), of the modalities that stand on the board in several."""
    found: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        if column.task.language:
            found.setdefault((column.task.modality, column.task.language), []).append(column)
    spoken = Counter(modality for modality, _ in found)
    return {key: group for key, group in found.items() if spoken[key[0]] > 1}


def _mean(columns: Sequence[Column]) -> Weights:
    weights = mean_weights([column.task.language for column in columns])
    return {column.key: weight for column, weight in zip(columns, weights, strict=True)}


def is_twin(twin: Measured, result: Measured) -> bool:
    """Whether `twin` is of the same architecture as the trained encoder of `result`, with weights as they were drawn.

    Equal names say nothing, nor do other ones: what is compared is the encoder's class and configuration. The twin of a
    checkpoint DIR is `random:DIR`, and `random:NAME` where DIR has the configuration that NAME has by default.
    """
    mine, other = result.architecture, twin.architecture
    return (
        mine is not None
        and other is not None
        and other.untrained
        and not mine.untrained
        and (mine.name, mine.config_sha256) == (other.name, other.config_sha256)
    )


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
                if key in other.tasks and is_twin(other.tasks[key].result, result)
            ]
            if twins:
                paired = interval(result.sample().minus(twins[0].sample()))
                found.append(Gain(row.name, key, twins[0].encoder, paired.estimate, (paired.lo, paired.hi)))
    return found


def _on_board(entries: Sequence[Entry], columns: Sequence[Column]) -> tuple[dict[str, dict[str, Measured]], list[str]]:
    """By entry and column key the results that can be ranked together, and one line for each that cannot.

    Whoever submits is refused on the same grounds; but a task may have got another version since, and a file may have
    been edited.
    """
    found: dict[str, dict[str, Measured]] = {entry.name: {} for entry in entries}
    notes = []
    for column in columns:
        of_column = [
            (result, entry.name)
            for entry in entries
            for result in entry.results
            if (result.task, result.protocol) == (column.task.name, column.protocol)
        ]
        first: tuple[Measured, str] | None = None
        # What was checked further says which data the column is of.
        for result, name in sorted(of_column, key=lambda each: -each[0].tier):
            try:
                check_result(result, column)
                if first is not None:
                    check_same_data(result, *first)
            except SuperbLiteError as error:
                notes.append(f"entry '{name}': {error}")
                continue
            first = first or (result, name)
            found[name][column.key] = result
    return found, notes


def _samples(
    results: dict[str, dict[str, Measured]], columns: Mapping[str, Column]
) -> tuple[dict[str, Samples], list[str]]:
    """The tables of all results, and one line for each that is damaged; those results are taken out of `results`."""
    found: dict[str, dict[str, Sample]] = {name: {} for name in results}
    notes = []
    for key, column in columns.items():
        names = [name for name, of_entry in results.items() if key in of_entry]
        for name, table in zip(names, samples_of([results[name][key] for name in names]), strict=True):
            if isinstance(table, SuperbLiteError):
                result = results[name].pop(key)
                where = f"'{result.task}' ({result.protocol})"
                notes.append(f"entry '{name}': {where} is damaged: {table}; submit it again")
            else:
                found[name][key] = _sample(results[name][key], table, column)
    return dict(found), notes


def _sample(result: Measured, table: Sample, column: Column) -> Sample:
    """The result on the normalised scale, in percent; uncalibrated, its own score, turned so that more is better."""
    if column.scale is None:
        sample = table.scaled(1.0 if column.higher_is_better else -1.0)
    else:
        sample = table.scaled(*normalising(result, column.scale))
    # Items of different modalities are never the same, whatever their ids are.
    return dataclasses.replace(sample, clusters=tuple(f"{result.modality}:{cluster}" for cluster in sample.clusters))


def _standings(
    samples: Mapping[str, Samples], lists: Mapping[tuple[str, ...], Weights]
) -> dict[tuple[str, ...], dict[str, Standing]]:
    """For each list the standings of the entries that have all of its columns."""
    names = {
        key: [n for n, found in samples.items() if weights.keys() <= found.keys()] for key, weights in lists.items()
    }
    differences: dict[tuple[str, ...], dict[tuple[int, int], Interval]] = {key: {} for key in lists}
    for a, b in itertools.combinations(samples, 2):
        paired = {key: samples[a][key].minus(samples[b][key]) for key in samples[a] if key in samples[b]}
        for key, weights in lists.items():
            if weights.keys() <= paired.keys():
                differences[key][names[key].index(a), names[key].index(b)] = _weighted(paired, weights)
    standings: dict[tuple[str, ...], dict[str, Standing]] = {}
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


def _task_standing(result: Measured, column: Column, standing: Standing) -> TaskStanding:
    calibrated = column.scale is not None
    return TaskStanding(
        result=result,
        normalised=standing.score if calibrated else None,
        normalised_ci=standing.ci if calibrated else None,
        rank=standing.rank,
    )


def _order(row: Row, modalities: Sequence[str], languages: Iterable[tuple[str, str]]) -> tuple[Any, ...]:
    """Best overall first; entries without an overall score after them, by their scores of modalities and of languages,
    then by name."""
    scores = [row.overall, *(row.modalities.get(name) for name in modalities)]
    scores += [row.languages.get(key) for key in languages]
    return (*((score is None, 0.0 if score is None else -score.score) for score in scores), row.name)
