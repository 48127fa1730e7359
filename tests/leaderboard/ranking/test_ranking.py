"""Scores and rank intervals against a calculation written out by hand."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats
from synthetic_results import BOARD, CEILING, FLOOR, entry, entry_results, outcomes, result

from superb_lite.results import scale
from superb_lite.results.result import Result
from superb_lite_leaderboard.board import CORE, CORE_EN, CORE_ZH, resolve_columns
from superb_lite_leaderboard.ranking.ranking import Standings, rank

KEYS = ("smell-lite/rose", "smell-lite/soap", "smell-lite/soap@finetune", "touch-lite/silk", "touch-lite/sand")


def ranked(**entries: list[Result]) -> Standings:
    made = [entry(name, results) for name, results in entries.items()]
    return rank(made, BOARD, resolve_columns(BOARD))


def slow_parts(table: np.ndarray) -> tuple[float, float, float]:
    """Variance over examples, over seeds and of the residual in the grand mean of a table, with loops."""
    seeds, n = table.shape
    grand = sum(table[s][j] for s in range(seeds) for j in range(n)) / (seeds * n)
    cluster_means = [sum(table[s][j] for s in range(seeds)) / seeds for j in range(n)]
    seed_means = [sum(table[s]) / n for s in range(seeds)]
    examples = sum((m - grand) ** 2 for m in cluster_means) / (n - 1) / n
    between = sum((m - grand) ** 2 for m in seed_means) / (seeds - 1) / seeds
    square = 0.0
    for s, j in itertools.product(range(seeds), range(n)):
        square += (table[s][j] - cluster_means[j] - seed_means[s] + grand) ** 2
    return examples, between, square / ((seeds - 1) * (n - 1)) / n / seeds


def slow_mean(tables: list[np.ndarray], weights: list[float], groups: list[list[int]]) -> tuple[float, float, float]:
    """(estimate, half width, p-value against 0) of a weighted mean; `groups` of tables have the same clusters."""
    added = [sum(weights[i] * tables[i] for i in group) for group in groups]
    parts = [slow_parts(table) for table in added]
    shapes = [table.shape for table in added]
    examples, between, rest = (sum(part[k] for part in parts) for k in range(3))
    examples_dof = examples**2 / sum(e**2 / (n - 1) for (e, _, _), (_, n) in zip(parts, shapes, strict=True))
    between_dof = between**2 / sum(b**2 / (s - 1) for (_, b, _), (s, _) in zip(parts, shapes, strict=True))
    # What the noise of seeds may be, at many levels of its chi^2 (dense at the lower end, where it is large).
    # An example that one of the two gets right and the other does not, of the test examples of each group.
    grain = sum(
        (max(weights[i] for i in group) * 100 / (CEILING - FLOOR) / tables[group[0]].shape[1]) ** 2 for group in groups
    )
    edges = np.linspace(0, 1, 4001) ** 3
    levels, weight = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    seeds = np.maximum(0.0, between * between_dof / stats.chi2.ppf(levels, between_dof) - rest)
    dof = examples_dof * (1 + seeds / examples) ** 2

    def p_value(distance: float) -> float:
        return float((weight * 2 * stats.t.sf(distance / np.sqrt(examples + seeds + grain), dof)).sum())

    estimate = sum(w * float(t.mean()) for w, t in zip(weights, tables, strict=True))
    half = optimize.brentq(lambda distance: p_value(distance) - 0.05, 0.0, 1000.0)
    return estimate, half, p_value(abs(estimate))


def norm(result: Result) -> np.ndarray:
    return 100 * (np.array(result.pseudo_values) - FLOOR) / (CEILING - FLOOR)


WEIGHTS = {"overall": [1 / 6, 1 / 6, 1 / 6, 1 / 4, 1 / 4], "smell": [1 / 3, 1 / 3, 1 / 3], "touch": [1 / 2, 1 / 2]}
COLUMNS = {"overall": [0, 1, 2, 3, 4], "smell": [0, 1, 2], "touch": [3, 4]}
# Soap frozen and fine-tuned test the same items.
GROUPS = {"overall": [[0], [1, 2], [3], [4]], "smell": [[0], [1, 2]], "touch": [[0], [1]]}


def standing(row: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = row["overall"] if name == "overall" else row["modalities"][name]
    return found


@pytest.mark.parametrize("name", list(WEIGHTS))
def test_scores_intervals_and_ranks_equal_a_slow_calculation(name: str) -> None:
    entries = {
        "good": entry_results(0.8, label="good"),
        "fair": entry_results(0.62, label="fair"),
        "also": entry_results(0.61, label="also"),
    }
    # Another draw of examples' ease for one entry, so that its differences are noisy.
    entries["also"] = [
        result(r.task, r.protocol, modality=r.modality, encoder=r.encoder, values=outcomes("x" + r.task, 0.64))
        for r in entries["also"]
    ]
    rows = {row.name: row.to_dict() for row in ranked(**entries).rows}
    tables = {n: [norm(results[i]) for i in COLUMNS[name]] for n, results in entries.items()}
    for name_of_entry, mine in tables.items():
        estimate, half, _ = slow_mean(mine, WEIGHTS[name], GROUPS[name])
        assert standing(rows[name_of_entry], name)["score"] == pytest.approx(estimate)
        assert standing(rows[name_of_entry], name)["ci"] == pytest.approx([estimate - half, estimate + half], rel=1e-4)
    tests = []
    for a, b in itertools.combinations(tables, 2):
        differences = [x - y for x, y in zip(tables[a], tables[b], strict=True)]
        estimate, _, p = slow_mean(differences, WEIGHTS[name], GROUPS[name])
        tests.append((p, a, b, estimate))
    beaten = dict.fromkeys(tables, 0)
    beats = dict.fromkeys(tables, 0)
    for position, (p, a, b, estimate) in enumerate(sorted(tests)):
        if p * (len(tests) - position) >= 0.05:
            break  # Holm: nothing after the first that fails
        winner, loser = (a, b) if estimate > 0 else (b, a)
        beats[winner] += 1
        beaten[loser] += 1
    for each in tables:
        assert standing(rows[each], name)["rank"] == [1 + beaten[each], 3 - beats[each]]
    assert standing(rows["good"], name)["rank"] == [1, 1]
    assert standing(rows["fair"], name)["rank"] == standing(rows["also"], name)["rank"] == [2, 3]


def test_row_has_the_documented_form() -> None:
    row = ranked(one=entry_results(0.7, label="one")).rows[0].to_dict()
    scores = ["overall", "mean_rank", "iqm", "modalities", "languages", "sets", "tasks"]
    assert list(row) == ["name", "encoders", "reference", *scores]
    assert row["languages"] == row["sets"] == {}
    assert row["encoders"] == {"smell": "random:one-smell", "touch": "random:one-touch"}
    assert set(row["overall"]) == {"score", "ci", "rank", "group"}
    assert row["overall"]["rank"] == [1, 1]
    assert row["overall"]["group"] == 1
    assert tuple(row["tasks"]) == KEYS
    assert row["tasks"]["smell-lite/soap@finetune"]["protocol"] == "finetune"
    fields = {"encoder", "score", "ci", "normalised", "protocol", "rank", "group", "tier"}
    assert set(row["tasks"]["smell-lite/soap"]) == fields


def test_languages_count_alike_and_have_scores_of_their_own(bilingual: None) -> None:
    results = entry_results(0.7, label="one")
    rose, soap, tuned = (r.normalised for r in results[:3])
    english = [r for r in entry_results(0.9, label="english") if r.task != "smell-lite/soap"]
    rows = {row.name: row.to_dict() for row in ranked(one=results, english=english).rows}
    one = rows["one"]
    assert one["languages"]["smell/en"]["score"] == pytest.approx(rose)
    assert one["languages"]["smell/zh"]["score"] == pytest.approx((soap + tuned) / 2)
    assert one["modalities"]["smell"]["score"] == pytest.approx(rose / 2 + soap / 4 + tuned / 4)
    touch = one["modalities"]["touch"]["score"]
    assert one["overall"]["score"] == pytest.approx((one["modalities"]["smell"]["score"] + touch) / 2)
    # What knows one language alone is ranked in that language.
    assert rows["english"]["overall"] is None
    assert "smell" not in rows["english"]["modalities"]
    assert list(rows["english"]["languages"]) == ["smell/en"]
    assert rows["english"]["languages"]["smell/en"]["rank"] == [1, 1]
    assert one["languages"]["smell/en"]["rank"] == [2, 2]


def test_a_board_in_one_language_has_the_modality_as_the_language() -> None:
    assert ranked(one=entry_results(0.7, label="one")).languages == ()


def test_task_scores_are_those_of_the_results() -> None:
    results = entry_results(0.7, label="one")
    row = ranked(one=results).rows[0].to_dict()
    for key, measured in zip(KEYS, results, strict=True):
        assert row["tasks"][key]["score"] == measured.score
        assert row["tasks"][key]["ci"] == list(measured.ci)
        assert row["tasks"][key]["normalised"] == pytest.approx(measured.normalised)


def test_a_missing_task_leaves_no_modality_and_no_overall_score() -> None:
    whole = entry_results(0.5, label="whole")
    part = [r for r in entry_results(0.9, label="part") if r.task != "smell-lite/rose"]
    rows = {row.name: row.to_dict() for row in ranked(part=part, whole=whole).rows}
    assert list(rows) == ["whole", "part"]
    assert rows["part"]["overall"] is None
    assert set(rows["part"]["modalities"]) == {"touch"}
    assert rows["part"]["modalities"]["touch"]["rank"] == [1, 1]
    assert rows["whole"]["modalities"]["touch"]["rank"] == [2, 2]
    assert rows["whole"]["modalities"]["smell"]["rank"] == [1, 1]
    assert rows["whole"]["overall"]["rank"] == [1, 1]


def test_a_missing_protocol_counts_as_a_missing_column() -> None:
    results = [r for r in entry_results(0.5, label="one") if r.protocol == "frozen"]
    assert "smell" not in ranked(one=results).rows[0].modalities


def test_a_missing_modality_leaves_no_overall_score() -> None:
    row = ranked(one=entry_results(0.5, label="one", modalities=["touch"])).rows[0]
    assert row.overall is None
    assert list(row.modalities) == ["touch"]


def test_a_true_zero_is_ranked() -> None:
    zero = [
        result(r.task, r.protocol, modality=r.modality, values=np.zeros((3, 200)))
        for r in entry_results(0.5, label="zero")
    ]
    rows = {row.name: row for row in ranked(zero=zero, fair=entry_results(0.5, label="fair")).rows}
    overall = rows["zero"].overall
    assert overall is not None
    assert overall.rank == (2, 2)
    assert overall.score == pytest.approx(-100 * FLOOR / (CEILING - FLOOR))
    assert rows["zero"].to_dict()["tasks"]["smell-lite/rose"]["score"] == 0.0


def test_equal_entries_share_all_ranks() -> None:
    rows = ranked(b=entry_results(0.6, label="b"), a=entry_results(0.6, label="a")).rows
    assert [row.name for row in rows] == ["a", "b"]
    assert all(row.overall is not None and row.overall.rank == (1, 2) for row in rows)


def test_clusters_are_matched_by_id_not_by_position() -> None:
    a, b = entry_results(0.7, label="a"), entry_results(0.66, label="b")
    rng = np.random.default_rng(0)
    shuffled = []
    for r in b:
        order = rng.permutation(len(r.clusters))
        table = np.array(r.pseudo_values)[:, order]
        clusters = tuple(r.clusters[i] for i in order)
        shuffled.append(r.replace(clusters=clusters, pseudo_values=tuple(map(tuple, table.tolist()))))
    plain = [row.to_dict() for row in ranked(a=a, b=b).rows]
    assert [row.to_dict()["overall"]["rank"] for row in ranked(a=a, b=shuffled).rows] == [
        row["overall"]["rank"] for row in plain
    ]
    assert plain[0]["overall"]["rank"] == [1, 1]  # unmatched, a difference this small would be lost in the noise


def test_equal_ids_in_two_modalities_are_different_items() -> None:
    def renamed(results: list[Result]) -> list[Result]:
        return [r.replace(clusters=tuple(f"{i}" for i in range(len(r.clusters)))) for r in results]

    chosen = [r for r in entry_results(0.6, label="a") if r.task in ("smell-lite/rose", "touch-lite/silk")]
    columns = [c for c in resolve_columns(BOARD) if c.task.name in ("smell-lite/rose", "touch-lite/silk")]
    before = rank([entry("a", chosen)], BOARD, columns).rows[0].overall
    after = rank([entry("a", renamed(chosen))], BOARD, columns).rows[0].overall
    assert before is not None
    assert after is not None
    assert before.ci == pytest.approx(after.ci)


def test_without_calibration_tasks_are_shown_but_no_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "scale", lambda task, protocol: None)
    found = ranked(bad=entry_results(0.3, label="bad"), good=entry_results(0.8, label="good"))
    for row in found.rows:
        values = row.to_dict()
        assert values["overall"] is None
        assert values["modalities"] == {}
        assert all(cell["normalised"] is None for cell in values["tasks"].values())
    by_name = {row.name: row for row in found.rows}
    assert by_name["good"].tasks["touch-lite/sand"].rank == (1, 1)
    assert by_name["bad"].tasks["touch-lite/sand"].rank == (2, 2)


def test_results_of_an_older_task_version_are_left_out_with_a_note() -> None:
    results = entry_results(0.5, label="one")
    results[0] = results[0].replace(task_version=0)
    found = ranked(one=results)
    assert found.rows[0].overall is None
    assert "smell-lite/rose" not in found.rows[0].tasks
    assert "'one'" in found.notes[0]
    assert "'smell-lite/rose'" in found.notes[0]


def test_core_board_has_no_column_twice_and_its_parts_are_those_of_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the tasks that are installed
    columns = resolve_columns(CORE)
    assert len(set(CORE.columns)) == len(CORE.columns)
    for language, part in (("en", CORE_EN), ("zh", CORE_ZH)):
        spoken = [c for c, column in zip(CORE.columns, columns, strict=True) if column.task.language in ("", language)]
        assert list(part.columns) == spoken, part.name
        assert part.version == CORE.version
