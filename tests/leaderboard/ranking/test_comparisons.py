"""The fast ranking against the slow one, and what it costs."""

from __future__ import annotations

import math
import resource
import time
from collections.abc import Sequence

import numpy as np
import pytest
import slow_ranking
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic_results import BOARD, SCALE, SMELL, TOUCH, entry, result, task

from superb_lite.metrics.statistics import Interval, Sample
from superb_lite.results import scale
from superb_lite.results.result import Result
from superb_lite_leaderboard.board import Column, resolve_columns
from superb_lite_leaderboard.entry import Entry, Measured, Submitted, Tier
from superb_lite_leaderboard.ranking.ranking import Standings, rank
from tests.superb_lite.made_up_results import architecture

MODALITY = {task.name: task.modality for taskset in (SMELL, TOUCH) for task in taskset}


def made_up_entries(
    rng: np.random.Generator, number: int, *, seeds: Sequence[int] = (3,), missing: float = 0.0, spread: float = 0.3
) -> list[Entry]:
    """Entries whose examples have an ease of their own, a third of them untrained, some equal, some without columns."""
    ease = {name: rng.standard_normal(40) for name in MODALITY}
    entries: list[Entry] = []
    for i in range(number):
        results: list[Result] = []
        skill, rows, untrained = spread * rng.standard_normal(), int(rng.choice(list(seeds))), rng.uniform() < 0.3
        twins = {modality: architecture(f"{modality}-{rng.integers(3)}", untrained=untrained) for modality in "st"}
        for name, protocol in BOARD.columns:
            if i and rng.uniform() < missing:
                continue
            latent = ease[name] + skill + 0.5 * rng.standard_normal((rows, 40)) + 0.1 * rng.standard_normal((rows, 1))
            values = (latent > 0).astype(float)
            if rng.uniform() < 0.1:
                values[:] = rng.choice([0.0, 1.0])
            found = result(name, protocol, modality=MODALITY[name], values=values, encoder=f"e{i}")
            results.append(found.replace(architecture=twins[MODALITY[name][0]]))
        entries.append(entry(f"entry {i}", results))
    return entries


def near(interval: Interval) -> object:
    """The ends of an interval, as exactly as `Noise.half_width` finds them."""
    return pytest.approx((interval.lo, interval.hi), rel=1e-9, abs=1e-3 * (interval.hi - interval.lo) + 1e-9)


def check(entries: list[Entry], columns: Sequence[Column]) -> Standings:
    """The same standings as the slow way makes."""
    found = rank(entries, BOARD, columns)
    samples = slow_ranking.samples(entries, columns)
    rows = {row.name: row for row in found.rows}
    shown = 0
    for key, of_list in slow_ranking.standings(samples, columns).items():
        for name, (mean, ranks) in of_list.items():
            row = rows[name]
            by_kind = {
                "overall": lambda row=row, key=key: row.overall,
                "modality": lambda row=row, key=key: row.modalities[key[1]],
                "language": lambda row=row, key=key: row.languages[key[1:]],
                "set": lambda row=row, key=key: row.sets[key[1:]],
                "task": lambda row=row, key=key: row.tasks[key[1]],
            }
            standing = by_kind[key[0]]()
            assert standing.rank == ranks, (key, name)
            if key[0] != "task":
                assert standing.score == pytest.approx(mean.estimate)
                assert standing.ci == near(mean)
            elif standing.normalised is not None:
                assert standing.normalised_ci == near(mean)
            shown += 1
    every = [(row.overall, *row.modalities.values(), *row.languages.values(), *row.sets.values()) for row in found.rows]
    assert shown == sum(s is not None for row in every for s in row) + sum(len(row.tasks) for row in found.rows)
    smallest = slow_ranking.smallest(samples, columns)
    assert found.detectable == pytest.approx(smallest, rel=1e-4)
    gains = slow_ranking.gains(entries)
    by_key = {column.key: column for column in columns}
    assert len(found.gains) == len(gains)
    for gain in found.gains:
        twin, paired = gains[gain.entry, by_key[gain.key].task.name, by_key[gain.key].protocol]
        assert gain.twin == twin
        assert gain.difference == pytest.approx(paired.estimate, abs=1e-12)
        assert gain.ci == near(paired)
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    seeds=st.sampled_from([(1,), (3,), (5,), (2, 3, 5)]),
    missing=st.sampled_from([0.0, 0.3]),
    calibrated=st.booleans(),
)
def test_the_fast_ranking_equals_the_slow_one(
    seed: int, seeds: Sequence[int], missing: float, calibrated: bool
) -> None:
    entries = made_up_entries(np.random.default_rng(seed), 5, seeds=seeds, missing=missing)
    with pytest.MonkeyPatch.context() as patch:
        if not calibrated:
            patch.setattr(scale, "scale", lambda task, protocol: None)
        check(entries, resolve_columns(BOARD))


def test_many_entries_are_ranked_as_the_slow_way_does(bilingual: None) -> None:
    found = check(made_up_entries(np.random.default_rng(0), 15, spread=1.0), resolve_columns(BOARD))
    assert found.languages == (("smell", "en"), ("smell", "zh"))
    groups = [row.overall.group for row in found.rows if row.overall is not None]
    assert groups == sorted(groups)
    assert len(set(groups)) > 2
    assert any(found.gains)


class Tables:
    """Tables of made-up entries, as if they were read from a store."""

    def __init__(self, values: dict[str, np.ndarray], clusters: dict[str, tuple[str, ...]]) -> None:
        self.values, self.clusters, self.read = values, clusters, 0

    def samples(self, results: Sequence[Measured]) -> list[Sample]:
        self.read += len(results)
        found = []
        for r in results:
            packed = self.values[r.checksum]
            table = np.unpackbits(packed, axis=1, count=len(self.clusters[r.task])).astype(float)
            found.append(Sample(float(table.mean()), table, self.clusters[r.task], 1 / table.shape[1]))
        return found


def many(number: int, columns: Sequence[Column], *, seeds: int, clusters: int) -> list[Entry]:
    """So many entries that their results are made by copying one; their tables are kept as bits."""
    rng = np.random.default_rng(0)
    names = {c.task.name: tuple(f"{c.task.name}-{j}" for j in range(clusters)) for c in columns}
    tables = Tables({}, names)
    ease = {c.key: rng.standard_normal(clusters) for c in columns}
    template = {
        c.key: Measured.of(
            Submitted(result(c.task.name, c.protocol, modality=c.task.modality, values=np.eye(seeds, 8)), Tier.RERUN)
        )
        for c in columns
    }
    entries = []
    for i in range(number):
        skill, results = 0.6 * rng.standard_normal(), []
        for column in columns:
            latent = ease[column.key] + skill + 0.3 * rng.standard_normal() + rng.standard_normal((seeds, clusters))
            answers = latent + 0.1 * rng.standard_normal((seeds, 1)) > 0
            checksum = f"{i} {column.key}"
            tables.values[checksum] = np.packbits(answers, axis=1)
            fields = dict(vars(template[column.key]))
            score = float(answers.mean())
            fields |= {"score": score, "metrics": {"accuracy": score}, "tables": tables, "checksum": checksum}
            results.append(Measured(**{**fields, "n_clusters": clusters, "encoder": f"e{i}"}))
        entries.append(Entry(f"entry {i}", 1, "2026-01-01T00:00:00+00:00", tuple(results)))
    return entries


def wide_board(columns: int) -> tuple[Column, ...]:
    """Columns of several modalities and sets."""
    modalities = ("smell", "touch", "taste", "sight")
    return tuple(
        Column(task(f"{'abcdefghijkl'[i // 4]}-lite/t{i}", modalities[i * 4 // columns]), "frozen", SCALE)
        for i in range(columns)
    )


@pytest.mark.parametrize(
    ("entries", "columns", "most_seconds", "most_megabytes"),
    [
        (200, 14, 2, 300),
        pytest.param(1000, 14, 10, 1000, marks=pytest.mark.slow),
        pytest.param(1000, 40, 13, 1000, marks=pytest.mark.slow),
    ],
)
def test_what_a_ranking_costs(entries: int, columns: int, most_seconds: float, most_megabytes: float) -> None:
    board = wide_board(columns)
    made = many(entries, board, seeds=5, clusters=500)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    found = rank(made, BOARD, board)
    seconds = time.process_time() - start
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    groups = max(row.overall.group for row in found.rows if row.overall is not None)
    print(f"{entries} entries x {columns} columns x 5 seeds x 500 clusters: {seconds:.1f} CPU s, {more:.0f} MiB more")
    print(f"{groups} rank groups")
    assert all(row.overall is not None for row in found.rows)
    assert groups > 3
    assert seconds < 3 * most_seconds
    assert more < most_megabytes


def test_tables_are_read_once_and_a_first_one_for_each_column() -> None:
    board = wide_board(4)
    made = many(6, board, seeds=3, clusters=30)
    rank(made, BOARD, board)
    tables = made[0].results[0].tables
    assert isinstance(tables, Tables)
    assert tables.read == 4 * (6 + 1)


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e308, -1e200])
def test_what_is_no_number_is_shown_as_missing_and_never_ranked(value: float) -> None:
    board = wide_board(4)
    made = many(5, board, seeds=3, clusters=30)
    bad = made[2].results[1]
    fields = {**vars(bad), "score": value, "metrics": {"accuracy": value}}
    spoilt = (made[2].results[0], Measured(**fields), *made[2].results[2:])
    made[2] = Entry(made[2].name, 1, made[2].submitted, spoilt)
    found = rank(made, BOARD, board)
    row = next(row for row in found.rows if row.name == "entry 2")
    assert row.overall is row.mean_rank is row.iqm is None
    assert list(row.tasks) == [column.key for column in board if column.key != board[1].key]
    (line,) = found.notes
    assert line.startswith(f"entry 'entry 2': '{board[1].task.name}' (frozen) is not ranked")
    others = rank([each for each in made if each.name != "entry 2"], BOARD, board)
    assert [row.overall for row in found.rows[:4]] == [row.overall for row in others.rows]
    assert found.rows[4] is row


def test_tables_of_other_clusters_than_they_say_are_left_out() -> None:
    board = wide_board(4)
    made = many(3, board, seeds=3, clusters=30)
    tables = Tables(
        dict(made[0].results[0].tables.values),  # type: ignore[attr-defined]
        {column.task.name: tuple(f"other-{j}" for j in range(30)) for column in board},
    )
    spoilt = (Measured(**{**vars(made[1].results[0]), "tables": tables}), *made[1].results[1:])
    made[1] = Entry(made[1].name, 1, made[1].submitted, spoilt)
    found = rank(made, BOARD, board)
    (line,) = found.notes
    assert line.startswith("entry 'entry 1': ")
    assert "other test examples" in line
    assert sum(row.overall is not None for row in found.rows) == 2


def test_the_mean_rank_and_the_interquartile_mean_are_those_of_a_slow_calculation() -> None:
    columns = resolve_columns(BOARD)
    made = made_up_entries(np.random.default_rng(3), 6)
    made[4] = entry("entry 4", [])
    found = {row.name: row for row in rank(made, BOARD, columns).rows}
    samples = slow_ranking.samples(made, columns)
    complete = [name for name, of_entry in samples.items() if len(of_entry) == len(columns)]
    assert len(complete) == 5
    for name in complete:
        ranks, scores = [], []
        for column in columns:
            mine, every = samples[name][column.key], [samples[other][column.key].estimate for other in complete]
            higher = sum(score > mine.estimate for score in every)
            equal = sum(score == mine.estimate for score in every)
            ranks.append(higher + (equal + 1) / 2)
            scores += [float(row.mean()) - float(mine.values.mean()) + mine.estimate for row in mine.values]
        assert found[name].mean_rank == pytest.approx(sum(ranks) / len(ranks))
        quarter = len(scores) // 4
        middle = sorted(scores)[quarter : len(scores) - quarter]
        assert found[name].iqm == pytest.approx(sum(middle) / len(middle))
    assert found["entry 4"].mean_rank is found["entry 4"].iqm is None


def test_a_set_has_a_score_where_a_modality_has_several() -> None:
    made = many(3, board := wide_board(24), seeds=3, clusters=30)
    found = rank(made, BOARD, board)
    assert found.sets[:4] == (("smell", "a-lite"), ("smell", "b-lite"), ("touch", "b-lite"), ("touch", "c-lite"))
    for row in found.rows:
        assert tuple(row.sets) == found.sets
        for (modality, name), standing in row.sets.items():
            mine = [c.key for c in board if c.task.modality == modality and c.task.name.startswith(f"{name}/")]
            assert standing.score == pytest.approx(np.mean([row.tasks[key].normalised for key in mine]))
    assert rank(made, BOARD, wide_board(16)).sets == ()


@pytest.mark.parametrize(
    ("encoders", "kind"),
    [
        (["raw:air", "majority"], "majority, raw"),
        (["random:nose", "random:skin"], "untrained"),
        (["raw:air", "out/nose"], ""),
        (["out/random:nose", "hf:raw/majority"], ""),
    ],
)
def test_references_are_marked(encoders: list[str], kind: str) -> None:
    columns = resolve_columns(BOARD)
    results = [
        result(c.task.name, c.protocol, modality=c.task.modality, values=np.eye(3, 9), encoder=encoders[i % 2])
        for i, c in enumerate(columns)
    ]
    (row,) = rank([entry("it", results)], BOARD, columns).rows
    assert row.reference == kind
    assert row.overall is not None  # a reference is ranked among the others


def test_an_untrained_encoder_is_one_by_its_architecture() -> None:
    results = [
        result("smell-lite/rose", modality="smell", values=np.eye(3, 9), encoder="out/nose").replace(
            architecture=architecture("nose", untrained=True)
        )
    ]
    (row,) = rank([entry("it", results)], BOARD, resolve_columns(BOARD)).rows
    assert row.reference == "untrained"
