import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite.forms import Positions
from superb_lite.forms.transcribe import Transcribe
from superb_lite.tasks.labels import Diarization, Example, TaskData, Unit
from superb_lite.tasks.task import Task

TASK = Task("toy/transcribe", 1, "toy", "transcribe", ("per",), ("a", "b", "c"), lambda root: TaskData({}, (), ()))
BLANK = 3


def spoken(*symbols):
    return Example("u1", ("item",), symbols)


def laid_out(*lengths):
    position = torch.arange(max(lengths))
    mask = position < torch.tensor(lengths)[:, None]
    zeros = torch.zeros(mask.shape, dtype=torch.long)
    return Positions(mask, torch.stack([zeros, zeros + 1], dim=-1), zeros, zeros)


def forward_algorithm(outputs, symbols):
    """-log p(symbols) by the forward variables of Graves et al. (2006), equations 6 to 8, in plain numbers."""
    p = outputs.double().softmax(dim=-1).tolist()
    path = [BLANK]
    for symbol in symbols:
        path += [symbol, BLANK]
    alpha = [0.0] * len(path)
    alpha[0], alpha[1] = p[0][BLANK], p[0][path[1]]
    for row in p[1:]:
        after = []
        for s, symbol in enumerate(path):
            reached = alpha[s] + (alpha[s - 1] if s else 0.0)
            if s > 1 and symbol != BLANK and symbol != path[s - 2]:
                reached += alpha[s - 2]
            after.append(reached * row[symbol])
        alpha = after
    return -math.log(alpha[-1] + alpha[-2])


def test_the_loss_is_that_of_the_forward_algorithm():
    lengths, examples = (7, 4, 9), [spoken(0, 1, 1), spoken(2), spoken(1, 0, 2, 2)]
    outputs = torch.randn(3, 9, 4, generator=torch.Generator().manual_seed(0))
    found = Transcribe().loss(outputs, laid_out(*lengths), examples, TASK)
    slow = [
        forward_algorithm(row[:length], e.label) / len(e.label)
        for row, length, e in zip(outputs, lengths, examples, strict=True)
    ]
    assert float(found) == pytest.approx(sum(slow) / 3, abs=1e-4)


@pytest.mark.parametrize("symbols", [(0, 1, 2), (0, 0), (1, 1, 1, 2), (2, 2, 2, 2, 2, 2)])
def test_too_few_positions_are_repeated_just_enough(symbols):
    form, example = Transcribe(), spoken(*symbols)
    needed = len(symbols) + sum(a == b for a, b in itertools.pairwise(symbols))
    assert [form.too_short(n, example) for n in (needed - 1, needed, needed + 1)] == [True, False, False]
    outputs = torch.randn(1, 2, 4, generator=torch.Generator().manual_seed(1), requires_grad=True)
    loss = form.loss(outputs, laid_out(2), [example], TASK)
    # The first half of the positions that are needed read the first output, the others the second.
    wide = torch.stack([outputs[0, 2 * t // needed] for t in range(needed)]).detach()
    assert float(loss.detach()) == pytest.approx(forward_algorithm(wide, symbols) / len(symbols), abs=1e-4)
    loss.backward()
    assert bool(torch.isfinite(outputs.grad).all())
    assert bool(outputs.grad.any())


def slow_decoding(best):
    decoded, last = [], None
    for symbol in best:
        if symbol not in (last, BLANK):
            decoded.append(symbol)
        last = symbol
    return tuple(decoded)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_decoding_merges_repetitions_and_removes_blanks(best):
    outputs = torch.nn.functional.one_hot(torch.tensor(best), 4).float()
    found = Transcribe().prediction(outputs, laid_out(len(best)), spoken(0), TASK, {})
    assert found == slow_decoding(best)


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (1, "a tuple of symbol indices"),
        ((), "not empty"),
        (("a", "b"), "a tuple of symbol indices"),
        ((Unit(0, 1, 0),), "a tuple of symbol indices"),
        (Diarization(1, 1, ()), "a tuple of symbol indices"),
        ((0, 3), "symbol 3, but symbols go from 0 to 2"),
        ((0, -1), "symbol -1"),
    ],
)
def test_bad_labels_are_refused_by_name(label, message):
    with pytest.raises(SuperbLiteError, match=message) as refused:
        Transcribe().check(Example("u1", ("item",), label), TASK, {"item": None})
    assert "'u1'" in str(refused.value)


def test_good_labels_pass():
    Transcribe().check(spoken(0, 1, 1, 2), TASK, {"item": None})
