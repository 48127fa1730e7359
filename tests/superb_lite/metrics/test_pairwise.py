"""Many comparisons at once against the same, one by one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite.metrics.pairwise import Column, Compared, compare
from superb_lite.metrics.statistics import Interval, Sample, mean_interval, rank_intervals
from superb_lite.results.power import detectable
from superb_lite.tasks.labels import MEMBERS

Samples = Sequence[Mapping[str, Sample]]
"""Of each entry, by column."""


def slow(samples: Samples, weights: Mapping[str, float]) -> tuple[list[int], list[Interval], list[tuple[int, int]]]:
    """Entries, their intervals and their ranks in one list, by what the definitions say."""
    entries = [i for i, found in enumerate(samples) if weights.keys() <= found.keys()]

    def mean(found: Mapping[str, Sample]) -> Interval:
        return mean_interval([found[key] for key in weights], list(weights.values()))

    differences = {
        (i, j): mean({key: samples[a][key].minus(samples[b][key]) for key in weights})
        for (i, a), (j, b) in itertools.combinations(enumerate(entries), 2)
    }
    return entries, [mean(samples[i]) for i in entries], rank_intervals(differences, len(entries))


def columns_of(samples: Samples) -> dict[str, Column]:
    found = {}
    for key in dict.fromkeys(key for of_entry in samples for key in of_entry):
        having = [i for i, of_entry in enumerate(samples) if key in of_entry]
        of_column = [samples[i][key] for i in having]
        found[key] = Column(np.array(having), of_column[0].clusters, lambda of_column=of_column: of_column)
    return found


def check(samples: Samples, lists: Mapping[str, Mapping[str, float]]) -> dict[str, Compared]:
    found = dict(compare(columns_of(samples), lists))
    assert found.keys() == lists.keys()
    for key, weights in lists.items():
        entries, intervals, ranks = slow(samples, weights)
        assert found[key].entries.tolist() == entries
        assert found[key].ranks == ranks
        size = max([abs(i.estimate) + i.hi - i.lo for i in intervals], default=1.0)
        for name, values in (("estimate", found[key].estimates), ("lo", found[key].lo), ("hi", found[key].hi)):
            assert values == pytest.approx([getattr(i, name) for i in intervals], rel=1e-4, abs=1e-4 * size), name
        if len(weights) == 1 and entries:
            ((column, weight),) = weights.items()
            expected = abs(weight) * detectable([samples[i][column] for i in entries])
            assert found[key].smallest == pytest.approx(expected, rel=1e-4, abs=1e-12)
        else:
            assert found[key].smallest is None
    return found


def names(kind: str, prefix: str, n: int) -> tuple[str, ...]:
    """One way: n clusters. Two ways: pairs of members, each in several pairs."""
    if kind == "one way":
        return tuple(f"{prefix}{j}" for j in range(n))
    members = itertools.combinations(range(n), 2)
    return tuple(MEMBERS.join((f"{prefix}{a}", f"{prefix}{b}")) for a, b in itertools.islice(members, 2 * n))


def board(
    rng: np.random.Generator,
    clusters: Mapping[str, Sequence[str]],
    *,
    entries: int,
    spread: float = 0.5,
    rows: Sequence[int] = (5,),
    missing: float = 0.0,
    binary: bool = True,
) -> list[dict[str, Sample]]:
    """Entries whose tables share the ease of examples, the luck of seeds and now and then everything."""
    ease: dict[str, float] = {}
    found: list[dict[str, Sample]] = []
    for number in range(entries):
        of_entry = {}
        skill, seeds = spread * rng.standard_normal(), int(rng.choice(list(rows)))
        for key, ids in clusters.items():
            if number and rng.uniform() < missing:
                continue
            same = [of for of in found if key in of]
            if same and rng.uniform() < 0.15:
                of_entry[key] = same[int(rng.integers(len(same)))][key]
                continue
            easy = np.array([ease.setdefault(name, rng.standard_normal()) for name in ids])
            values = easy + skill + 0.7 * rng.standard_normal((seeds, len(ids)))
            values += 0.2 * rng.standard_normal((seeds, 1))
            if binary:
                values = (values > 0).astype(float)
            if rng.uniform() < 0.1:
                values = np.full_like(values, rng.choice([0.0, 0.3, 1.0]))
            order = rng.permutation(len(ids)) if rng.uniform() < 0.3 else np.arange(len(ids))
            grain = 1 / len(ids) if binary else 0.0
            shuffled = tuple(ids[j] for j in order)
            of_entry[key] = Sample(float(values.mean()), values[:, order], shuffled, grain).scaled(100.0, -3.0)
        found.append(of_entry)
    return found


FAMILIES = {
    "one column": {"a": names("one way", "a", 30)},
    "two protocols": {"a": names("one way", "a", 30), "b": names("one way", "a", 30)},
    "own data each": {key: names("one way", key, 20 + i) for i, key in enumerate("abcd")},
    "some data shared": {
        "a": names("one way", "x", 30),
        "b": names("one way", "x", 20) + names("one way", "y", 20),
        "c": names("one way", "y", 25),
    },
    "two ways": {"a": names("two ways", "a", 12)},
    "two ways, shared": {
        "a": names("two ways", "v", 12),
        "b": names("one way", "v", 9),
        "c": names("two ways", "v", 9),
    },
    "everything": {
        "a": names("one way", "x", 20),
        "b": names("one way", "x", 20),
        "c": names("one way", "x", 15),
        "d": names("two ways", "x", 8),
        "e": names("one way", "z", 4),
    },
}


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    family=st.sampled_from(list(FAMILIES)),
    rows=st.sampled_from([(1,), (3,), (5,), (2, 5), (1, 3, 4)]),
    missing=st.sampled_from([0.0, 0.2]),
    binary=st.booleans(),
)
def test_lists_equal_the_definitions(seed: int, family: str, rows: Sequence[int], missing: float, binary: bool) -> None:
    rng = np.random.default_rng(seed)
    clusters = FAMILIES[family]
    samples = board(rng, clusters, entries=7, rows=rows, missing=missing, binary=binary)
    lists = {key: {key: 1.0} for key in clusters}
    lists["mean"] = {key: 1 / len(clusters) for key in clusters}
    lists["weighted"] = {key: float(rng.uniform(0.1, 2.0)) for key in clusters}
    lists["some"] = dict(list(lists["weighted"].items())[: max(1, len(clusters) - 1)])
    lists["turned"] = {next(iter(clusters)): -1.0}
    check(samples, lists)


def one_column(tables: Sequence[np.ndarray], *, grain: float = 0.0) -> list[dict[str, Sample]]:
    ids = names("one way", "a", tables[0].shape[1])
    return [{"a": Sample(float(table.mean()), table, ids, grain)} for table in tables]


def test_of_identical_entries_none_beats_another() -> None:
    rng = np.random.default_rng(0)
    table = rng.standard_normal((5, 40))
    found = check(one_column([table, table.copy(), table + 3.0, table]), {"a": {"a": 1.0}})["a"]
    assert found.ranks == [(2, 4), (2, 4), (1, 1), (2, 4)]  # a difference that never varies is one
    assert found.groups == [2, 2, 1, 2]


def test_the_grain_keeps_entries_together_that_differ_by_nothing_or_by_one_answer() -> None:
    answers = (np.random.default_rng(0).uniform(size=(5, 60)) < 0.6).astype(float)
    one_more = answers.copy()
    one_more[:, np.flatnonzero(answers.sum(axis=0) == 0)[:1]] = 1.0
    found = check(one_column([answers, answers.copy(), one_more], grain=1 / 60), {"a": {"a": 1.0}})["a"]
    assert found.ranks == [(1, 3)] * 3
    assert found.groups == [1, 1, 1]


def test_constant_entries_are_told_apart_and_have_no_width() -> None:
    tables = [np.full((3, 30), value) for value in (0.1, 0.3, 0.3, 0.7)]
    found = check(one_column(tables), {"a": {"a": 1.0}})["a"]
    assert found.ranks == [(4, 4), (2, 3), (2, 3), (1, 1)]
    assert found.hi - found.lo == pytest.approx(np.zeros(4), abs=1e-12)


def test_tables_that_are_nearly_alike_are_told_apart_by_what_they_differ_in() -> None:
    rng = np.random.default_rng(0)
    table = 1e6 * rng.standard_normal((5, 50))
    tables = [
        table,
        table + 1e-3 * (1 + 0.1 * rng.standard_normal((5, 50))),
        table + 1e-3 * rng.standard_normal((5, 50)),
    ]
    found = check(one_column(tables), {"a": {"a": 1.0}})["a"]
    assert found.beats.tolist() == [[False] * 3, [True, False, True], [False] * 3]


def test_a_group_is_led_by_an_entry_that_none_of_it_is_worse_than() -> None:
    # 0 beats 3 and 4, 1 beats 4, and nothing else is significant.
    beats = np.zeros((5, 5), dtype=bool)
    beats[0, 3] = beats[0, 4] = beats[1, 4] = True
    scores = np.array([9.0, 8.0, 7.0, 6.0, 5.0])
    found = Compared(np.arange(5), scores, scores, scores, beats, None)
    assert found.groups == [1, 1, 1, 2, 2]
    assert found.ranks == [(1, 3), (1, 4), (1, 5), (2, 5), (3, 5)]


def test_a_list_that_nobody_has_is_empty_and_one_of_one_entry_has_no_rivals() -> None:
    rng = np.random.default_rng(0)
    samples = board(rng, FAMILIES["own data each"], entries=2)
    del samples[0]["a"], samples[1]["b"]
    found = check(samples, {"both": {"a": 1.0, "b": 1.0}, "a": {"a": 1.0}, "c": {"c": 1.0}})
    assert found["both"].entries.tolist() == found["both"].groups == found["both"].ranks == []
    assert found["a"].ranks == [(1, 1)]


def test_many_entries_are_told_apart_as_by_all_their_p_values() -> None:
    rng = np.random.default_rng(0)
    samples = board(rng, FAMILIES["two protocols"], entries=40, spread=0.8)
    found = check(samples, {"a": {"a": 1.0}, "mean": {"a": 0.5, "b": 0.5}})
    assert 2 < max(found["mean"].groups) < 20


def test_lists_are_given_as_soon_as_their_columns_were_read() -> None:
    read: list[str] = []
    samples = board(np.random.default_rng(0), FAMILIES["own data each"], entries=3)

    def noticed(key: str, column: Column) -> Column:
        return Column(column.entries, column.clusters, lambda: (read.append(key), column.samples())[1])

    columns = {key: noticed(key, column) for key, column in columns_of(samples).items()}
    lists = {"all": dict.fromkeys("abcd", 0.25), "a": {"a": 1.0}, "c": {"c": 1.0}}
    assert [(key, tuple(read)) for key, _ in compare(columns, lists)] == [
        ("a", ("a",)),
        ("c", ("a", "b", "c")),
        ("all", ("a", "b", "c", "d")),
    ]


def test_other_test_data_and_single_clusters_are_refused() -> None:
    table = np.random.default_rng(0).standard_normal((3, 4))
    samples = one_column([table, table])
    samples[1]["a"] = Sample(0.0, table, ("other", "a1", "a2", "a3"))
    with pytest.raises(ValueError, match="measured on different test data"):
        dict(compare(columns_of(samples), {"a": {"a": 1.0}}))
    with pytest.raises(ValueError, match="at least two clusters"):
        dict(compare(columns_of(one_column([table[:, :1]])), {"a": {"a": 1.0}}))
