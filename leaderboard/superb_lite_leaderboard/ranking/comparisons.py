"""All comparisons of a board: what `ranking` makes rows of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from superb_lite.metrics.pairwise import Compared, compare
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Measured
from superb_lite_leaderboard.ranking.lists import ListKey, lists, modalities
from superb_lite_leaderboard.ranking.standings import Gain, Standing
from superb_lite_leaderboard.ranking.tables import ColumnTables, UnusableError, note

Results = dict[str, dict[str, Measured]]
"""By the name of the entry and the key of the column."""


@dataclass
class Comparisons:
    """What the comparisons of a board say."""

    standings: dict[ListKey, dict[str, Standing]] = field(default_factory=dict)
    """By list and name, of the entries that have all of its columns."""
    gains: dict[tuple[str, str], Gain] = field(default_factory=dict)
    """By name and column."""
    detectable: dict[str, float] = field(default_factory=dict)
    """By column, as `Standings.detectable`."""
    mean_rank: dict[str, float] = field(default_factory=dict)
    """By name, as `Row.mean_rank`."""
    iqm: dict[str, float] = field(default_factory=dict)
    """By name, as `Row.iqm`."""


def compare_results(results: Results, columns: Sequence[Column]) -> tuple[Comparisons, list[tuple[str, str, str]]]:
    """Compare entries by all lists of a board.

    Returns (name, column, a line that says what is wrong) of the results whose tables cannot be used, too.
    """
    try:
        return _compare(results, columns), []
    except UnusableError:
        names, wrong = list(results), []
        for tables in _tables(results, columns):
            for number, what in tables.unusable().items():
                line = note(names[number], tables.results[number], what)
                wrong.append((names[number], tables.column.key, line))
        bad = {(name, key) for name, key, _ in wrong}
        usable = {
            name: {key: result for key, result in of_entry.items() if (name, key) not in bad}
            for name, of_entry in results.items()
        }
        return _compare(usable, columns), wrong


def _tables(results: Results, columns: Sequence[Column]) -> Iterator[ColumnTables]:
    """The columns that somebody has, modality by modality, so that few lists are under way at a time."""
    for group in modalities(columns).values():
        for column in group:
            having = {i: of_entry[column.key] for i, of_entry in enumerate(results.values()) if column.key in of_entry}
            if having:
                yield ColumnTables(column, having)


def _compare(results: Results, columns: Sequence[Column]) -> Comparisons:
    names = list(results)
    tables = {each.column.key: each for each in _tables(results, columns)}
    paired = {key: each.paired() for key, each in tables.items()}
    wanted = {key: weights for key, weights in lists(columns).items() if weights.keys() <= paired.keys()}
    found = Comparisons()
    for key, compared in compare(paired, wanted):
        found.standings[key] = _standings(compared, names)
        if key[0] == "task":
            (column,) = key[1:]
            found.gains |= {(gain.entry, column): gain for gain in _gains(tables[column], compared, names)}
            if compared.smallest is not None:
                found.detectable[column] = compared.smallest * (1.0 if tables[column].column.scale else 100.0)
    complete = list(found.standings.get(("overall",), {}))
    if complete:
        keys = [column.key for column in columns]
        found.mean_rank = _mean_ranks(complete, [found.standings["task", key] for key in keys])
        numbers = {name: number for number, name in enumerate(names)}
        found.iqm = {name: _iqm([tables[key].by_seed[numbers[name]] for key in keys]) for name in complete}
    return found


def _standings(compared: Compared, names: Sequence[str]) -> dict[str, Standing]:
    rows = zip(
        compared.entries.tolist(),
        compared.estimates.tolist(),
        compared.lo.tolist(),
        compared.hi.tolist(),
        compared.ranks,
        compared.groups,
        strict=True,
    )
    return {names[i]: Standing(score, (lo, hi), rank, group) for i, score, lo, hi, rank, group in rows}


def _mean_ranks(names: Sequence[str], of_columns: Sequence[Mapping[str, Standing]]) -> dict[str, float]:
    ranks = [stats.rankdata([-standings[name].score for name in names]) for standings in of_columns]
    return dict(zip(names, np.mean(ranks, axis=0).tolist(), strict=True))


def _iqm(of_columns: Sequence[np.ndarray]) -> float:
    """The interquartile mean over columns and the evaluation seeds that all columns have."""
    seeds = min(map(len, of_columns))
    scores = np.sort(np.concatenate([scores[:seeds] for scores in of_columns]))
    cut = len(scores) // 4
    return float(scores[cut : len(scores) - cut].mean())


def _gains(tables: ColumnTables, compared: Compared, names: Sequence[str]) -> list[Gain]:
    """The differences of the entries' encoders from the first entry that holds their twins (`references.is_twin`)."""
    twins: dict[tuple[str, str], int] = {}
    for number, result in tables.results.items():
        if result.architecture is not None and result.architecture.untrained:
            twins.setdefault((result.architecture.name, result.architecture.config_sha256), number)
    pairs = []
    for number, result in tables.results.items():
        mine = result.architecture
        if mine is not None and not mine.untrained and (mine.name, mine.config_sha256) in twins:
            pairs.append((number, twins[mine.name, mine.config_sha256]))
    if not pairs:
        return []
    place = {number: i for i, number in enumerate(compared.entries.tolist())}
    first, second = (np.array([place[pair[k]] for pair in pairs]) for k in (0, 1))
    differences, half_widths = compared.differences(first, second)
    found = []
    for (number, twin), difference, half in zip(pairs, differences.tolist(), half_widths.tolist(), strict=True):
        (factor, offset), (_, of_twin) = tables.factor(number), tables.factor(twin)
        value, width = (difference - (offset - of_twin)) / factor, half / abs(factor)
        reference = tables.results[twin].encoder
        found.append(Gain(names[number], tables.column.key, reference, value, (value - width, value + width)))
    return found
