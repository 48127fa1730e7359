"""The loop that trains heads on sequences."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from superb_lite.errors import SuperbLiteError
from superb_lite.heads.training import SequenceSettings, best_point, train_head

SETTINGS = SequenceSettings(steps=40, epochs=1, looks=4, patience=2)


def test_many_examples_are_seen_several_times():
    settings = SequenceSettings(steps=300, linear_steps=1200, epochs=10, looks=10, batch_size=16)
    assert settings.schedule("bilstm", 100) == (300, 30)
    assert settings.schedule("linear", 100) == (1200, 120)
    for head in ("bilstm", "linear"):
        assert settings.schedule(head, 28_539) == (17_840, 1_784)
    assert SequenceSettings(steps=2, linear_steps=2, epochs=1, looks=10).schedule("bilstm", 1) == (2, 1)


def line(ratings, also=()):
    """A line through (1, 2), looked at with made-up ratings."""
    head = nn.Linear(1, 1)
    looks = iter(ratings)
    seen = []

    def rate_head():
        seen.append(head.weight.item())
        return next(looks)

    trained = train_head(
        head,
        "bilstm",
        (0,),
        1e-2,
        SETTINGS,
        examples=3,
        loss=lambda: (head(torch.ones(1, 1)) - 2.0).square().sum() + sum(p.square().sum() for p in also),
        validate=rate_head,
        also=also,
    )
    return trained, seen


def test_the_best_look_is_kept():
    trained, seen = line([(0.1, 0.0), (0.5, 0.0), (0.5, -1.0), (0.4, 9.0)])
    assert (trained.step, trained.rating) == (20, (0.5, 0.0))
    assert trained.head.weight.item() == seen[1]
    assert trained.parameters == 2


def test_training_stops_after_looks_without_a_better_one():
    _, seen = line([(0.5, 0.0), (0.4, 0.0), (0.3, 0.0), None])
    assert len(seen) == 3


def test_what_diverges_is_kept_as_it_was_before_or_not_at_all():
    trained, _ = line([(0.5, 0.0), None])
    assert trained.step == 10
    assert line([None])[0] is None


def test_parameters_beside_the_head_are_trained_and_counted():
    also = nn.Parameter(torch.ones(3))
    trained, _ = line([(1.0, 0.0)] * 4, [also])
    assert trained.parameters == 2 + 3
    assert float(also.detach().abs().max()) < 1.0


def problem(seeds=(3, 4)):
    return SimpleNamespace(seeds=seeds, task=SimpleNamespace(name="a/b"))


def test_the_best_point_wins_and_each_has_its_own_seed():
    drawn, calls = [], []

    def train(layers, rate):
        drawn.append(float(torch.rand(())))
        return None if rate == 0.1 else SimpleNamespace(rating=(rate, 0.0), learning_rate=rate)

    points = [((0,), 0.3), ((0,), 0.1), ((1,), 0.9), ((1,), 0.5)]
    state = torch.get_rng_state()
    for number in range(2):
        best = best_point(problem(), number, points, train, lambda *call: calls.append(call))
        assert best.learning_rate == 0.9
    assert len(set(drawn)) == 8
    assert torch.equal(torch.get_rng_state(), state)
    assert calls == [(n, 8) for n in range(1, 9)]
    again = list(drawn)
    drawn.clear()
    best_point(problem(), 0, points, train, None)
    assert drawn == again[:4]


def test_nothing_but_divergence_is_one_line():
    with pytest.raises(SuperbLiteError, match="task 'a/b': training a head diverged at every learning rate"):
        best_point(problem(), 0, [((0,), math.inf)], lambda layers, rate: None, None)
