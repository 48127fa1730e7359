import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from superb_lite.errors import SuperbLiteError
from superb_lite.forms import Positions
from superb_lite.forms.diarize import Diarize
from superb_lite.tasks.labels import Diarization, Example, TaskData, Turn
from superb_lite.tasks.task import Task

TASK = Task("toy/diarize", 1, "toy", "diarize", ("der",), ("a", "b", "c"), lambda root: TaskData({}, (), ()))


def talk(*turns, frame=10, length=45):
    return Example("t1", ("item",), Diarization(frame, length, tuple(Turn(*turn) for turn in turns)))


def laid_out(*lengths):
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    zeros = torch.zeros(mask.shape, dtype=torch.long)
    return Positions(mask, torch.stack([zeros, zeros + 1], dim=-1), zeros, zeros)


def test_units_are_frames_and_the_last_is_shorter():
    assert Diarize().view(talk()).units == ((0, 10), (10, 20), (20, 30), (30, 40), (40, 45))


def slow_loss(outputs, target):
    """The lowest binary cross entropy over all orders of the speakers."""
    orders = itertools.permutations(range(target.shape[1]))
    return min(float(F.binary_cross_entropy_with_logits(outputs, target[:, list(order)])) for order in orders)


def test_the_loss_is_the_lowest_over_all_orders_of_speakers():
    generator = torch.Generator().manual_seed(0)
    examples = [talk((0, 20, 0), (10, 45, 1)), talk((3, 25, 2), (0, 25, 0), length=25), talk()]
    targets = [
        torch.tensor([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 0], [0, 1, 0]]).float(),
        torch.tensor([[1, 0, 1], [1, 0, 1], [1, 0, 1]]).float(),
        torch.zeros(5, 3),
    ]
    for _ in range(20):
        outputs = 3 * torch.randn(3, 5, 3, generator=generator)
        found = Diarize().loss(outputs, laid_out(5, 3, 5), examples, TASK)
        slow = [slow_loss(row[: len(t)], t) for row, t in zip(outputs, targets, strict=True)]
        assert float(found) == pytest.approx(sum(slow) / 3, abs=1e-5)


def test_the_order_of_outputs_does_not_matter():
    example = talk((0, 20, 0), (10, 45, 1))
    outputs = torch.randn(1, 5, 3, generator=torch.Generator().manual_seed(0))
    losses = [
        float(Diarize().loss(outputs[..., list(order)], laid_out(5), [example], TASK))
        for order in itertools.permutations(range(3))
    ]
    assert losses == pytest.approx([losses[0]] * 6)


def test_outputs_that_are_not_finite_have_a_loss_that_is_not():
    for value in (float("nan"), float("inf")):
        outputs = torch.full((1, 5, 3), value)
        assert not bool(torch.isfinite(Diarize().loss(outputs, laid_out(5), [talk((0, 20, 0))], TASK)))


def test_the_prediction_is_who_is_above_a_half():
    outputs = torch.tensor([[1.0, -1.0, 2.0], [-1.0, -1.0, -1.0], [0.0, 0.5, -3.0]])
    assert Diarize().prediction(outputs, laid_out(3), talk(), TASK, {}) == ((0, 2), (), (1,))


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (1, "needs a Diarization"),
        ((0, 1), "needs a Diarization"),
        (Diarization(10, 45, (Turn(np.int64(5), 6, 0),)), "not an int"),
        (Diarization(10, 45, (Turn(0.5, 6, 0),)), "not an int"),
        (Diarization(0, 45, ()), "a frame of 0"),
        (Diarization(10, 0, ()), "a length of 0"),
        (Diarization(10, 51, ()), "after its item"),
        (Diarization(10, 45, (Turn(5, 5, 0),)), "outside its 45 samples"),
        (Diarization(10, 45, (Turn(5, 46, 0),)), "outside its 45 samples"),
        (Diarization(10, 45, (Turn(5, 6, 3),)), "speaker 3, but speakers go from 0 to 2"),
    ],
)
def test_bad_labels_are_refused_by_name(label, message):
    with pytest.raises(SuperbLiteError, match=message) as refused:
        Diarize().check(Example("t1", ("item",), label), TASK, {"item": np.zeros(50, dtype=np.float32)})
    assert "'t1'" in str(refused.value)


def test_good_labels_pass():
    Diarize().check(talk((0, 45, 2)), TASK, {"item": np.zeros(45, dtype=np.float32)})
