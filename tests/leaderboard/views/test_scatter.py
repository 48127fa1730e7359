"""Score against cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_results import entry_results

from superb_lite.results.cost import Cost
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.costs import AXES
from superb_lite_leaderboard.views.query import BoardQuery
from superb_lite_leaderboard.views.scatter import pareto_front, scatter


def dominated(point: tuple[float, float], others: Sequence[tuple[float, float]]) -> bool:
    return any(cost <= point[0] and score >= point[1] and (cost, score) != point for cost, score in others)


@given(st.lists(st.tuples(st.integers(0, 6).map(float), st.integers(0, 6).map(float)), max_size=12))
def test_the_front_is_what_nothing_dominates(points: list[tuple[float, float]]) -> None:
    assert pareto_front(points) == [not dominated(point, points) for point in points]


def test_costs_of_encoders_add_up_and_unknown_ones_are_left_out(leaderboard: Leaderboard) -> None:
    def submit(name: str, accuracy: float, parameters: dict[str, int], memory: int | None = None) -> None:
        results = [
            result.replace(cost=Cost(parameters=parameters[result.modality], peak_memory=memory))
            if result.modality in parameters
            else result
            for result in entry_results(accuracy, label=name)
        ]
        leaderboard.submit(name, results)

    submit("small", 0.5, {"smell": 10, "touch": 20}, memory=100)
    submit("large", 0.8, {"smell": 1000, "touch": 2000})
    submit("wasteful", 0.4, {"smell": 5000, "touch": 1})
    submit("half known", 0.9, {"touch": 7})
    view, entries = BoardView.of(leaderboard.standings(), leaderboard.entries()), leaderboard.entries()
    points = scatter(view, entries, AXES["parameters"])
    assert [(point.name, point.cost, point.on_front) for point in points] == [
        ("small", 30.0, True),
        ("large", 3000.0, True),
        ("wasteful", 5001.0, False),
    ]
    assert [point.score for point in points] == [
        pytest.approx({row.name: row for row in view.rows}[point.name].cells["overall"].value) for point in points
    ]
    assert [(p.name, p.cost) for p in scatter(view, entries, AXES["parameters"], "touch")] == [
        ("wasteful", 1.0),
        ("half known", 7.0),
        ("small", 20.0),
        ("large", 2000.0),
    ]
    assert [(p.name, p.cost) for p in scatter(view, entries, AXES["memory"])] == [("small", 100.0)]
    assert scatter(view, entries, AXES["flops"]) == ()
    cheapest = view.select(BoardQuery(sort="cost:parameters")).rows
    assert [row.costs.get("parameters") for row in cheapest] == [30.0, 3000.0, 5001.0, None]
    assert view.to_dict()["rows"][-1]["costs"] == dict(view.rows[-1].costs)
    assert ",30.0,,,100.0," in view.to_csv()
    free = [result.replace(cost=Cost(parameters=0)) for result in entry_results(0.2, label="free")]
    leaderboard.submit("free", free)
    view, entries = BoardView.of(leaderboard.standings(), leaderboard.entries()), leaderboard.entries()
    assert [(p.name, p.on_front) for p in scatter(view, entries, AXES["parameters"])][:1] == [("free", True)]
    assert dataclasses.asdict(points[0])["name"] == points[0].to_dict()["name"]
