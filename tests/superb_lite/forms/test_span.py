import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite.forms import Positions
from superb_lite.forms.span import Span
from superb_lite.tasks.labels import Answer, Example, TaskData, Unit
from superb_lite.tasks.task import Task

DOCUMENT = "the red house by the river"
TASK = Task("toy/span", 1, "toy", "span", ("exact_match",), ("yes", "no"), lambda root: TaskData({}, (), ()))


def answer(start, end):
    return Answer(start, end, DOCUMENT[start:end])


def asked(*answers):
    return Example("q1", ("item",), tuple(answers))


def laid_out(rows):
    """Positions of one example, from (span, segment, window) rows."""
    return Positions(
        mask=torch.ones(1, len(rows), dtype=torch.bool),
        spans=torch.tensor([[row[0] for row in rows]]),
        segment=torch.tensor([[row[1] for row in rows]]),
        window=torch.tensor([[row[2] for row in rows]]),
    )


QUESTION = [((0, 4), 0), ((5, 9), 0)]


def windows(first, second):
    """Each window holds the question and the characters [start, end) of the document, two at a time."""
    rows = []
    for window, (start, end) in enumerate((first, second)):
        rows += [(span, segment, window) for span, segment in QUESTION]
        rows += [((at, min(at + 2, end)), 1, window) for at in range(start, end, 2)]
    return laid_out(rows)


def brute_force(outputs, positions, max_length):
    """The best (start, end) over all pairs of positions."""
    best, found = -math.inf, None
    for i, j in itertools.product(range(len(outputs)), repeat=2):
        if positions.segment[0, i] != 1 or positions.segment[0, j] != 1 or j < i:
            continue
        if positions.window[0, i] != positions.window[0, j]:
            continue
        start, end = int(positions.spans[0, i, 0]), int(positions.spans[0, j, 1])
        if end - start > max_length and i != j:
            continue
        score = float(outputs[i, 0] + outputs[j, 1])
        if score > best:
            best, found = score, (start, end)
    return found


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 30))
def test_the_best_span_is_the_one_that_trying_all_finds(seed, max_length):
    positions = windows((0, 17), (10, 26))
    outputs = torch.randn(positions.mask.shape[1], 2, generator=torch.Generator().manual_seed(seed))
    found = Span(max_length).prediction(outputs, positions, asked(answer(0, 3)), TASK, {"item": ("who", DOCUMENT)})
    start, end = brute_force(outputs, positions, max_length)
    assert found == Answer(start, end, DOCUMENT[start:end])


def test_neither_the_question_nor_two_windows_hold_an_answer():
    positions = windows((0, 12), (10, 26))
    outputs = torch.zeros(positions.mask.shape[1], 2)
    outputs[0] = 100.0  # the question
    outputs[4, 0], outputs[-1, 1] = 10.0, 10.0  # a start and an end in different windows
    outputs[-2, 0] = 5.0
    found = Span().prediction(outputs, positions, asked(answer(0, 3)), TASK, {"item": ("who", DOCUMENT)})
    assert (found.start, found.end) == (22, 26)


def slow_loss(outputs, positions, golds):
    """-log of the share of the right positions, start and end averaged, by hand."""
    total = 0.0
    for column, right in enumerate(golds):
        weights = {
            t: math.exp(float(outputs[t, column])) for t in range(len(outputs)) if int(positions.segment[0, t]) == 1
        }
        total -= math.log(sum(weights[t] for t in right) / sum(weights.values()))
    return total / 2


def test_the_loss_is_shared_over_windows_and_sums_over_right_positions():
    # Positions 0, 1 are the question; 2 to 7 are [0, 12) in window 0; 8, 9 the question; 10 to 17 are [10, 26).
    positions = windows((0, 12), (10, 26))
    outputs = torch.randn(positions.mask.shape[1], 2, generator=torch.Generator().manual_seed(0))
    cases = {
        asked(answer(4, 7)): ([4], [5]),
        # Character 10 is in both windows, 13 in the second only: the second alone holds the answer whole.
        asked(answer(10, 14)): ([10], [11]),
        # [10, 12) is whole in both.
        asked(answer(10, 12)): ([7, 10], [7, 10]),
        # Two answers count as right.
        asked(answer(0, 3), answer(4, 7)): ([2, 4], [3, 5]),
        # No window holds this one whole: each end counts wherever it stands.
        asked(answer(4, 20)): ([4], [14]),
    }
    for example, golds in cases.items():
        found = Span().loss(outputs[None], positions, [example], TASK)
        assert float(found) == pytest.approx(slow_loss(outputs, positions, golds), abs=1e-5)


def test_padding_changes_no_loss_and_gets_no_gradient():
    positions = windows((0, 12), (10, 26))
    outputs = torch.randn(1, positions.mask.shape[1], 2, generator=torch.Generator().manual_seed(0))
    alone = Span().loss(outputs, positions, [asked(answer(4, 7))], TASK)
    padded = Positions(
        mask=torch.nn.functional.pad(positions.mask, (0, 3)),
        spans=torch.nn.functional.pad(positions.spans, (0, 0, 0, 3)),
        segment=torch.nn.functional.pad(positions.segment, (0, 3)),
        window=torch.nn.functional.pad(positions.window, (0, 3)),
    )
    wide = torch.nn.functional.pad(outputs, (0, 0, 0, 3)).requires_grad_(True)
    found = Span().loss(wide, padded, [asked(answer(4, 7))], TASK)
    found.backward()
    assert float(found.detach()) == pytest.approx(float(alone))
    assert bool(torch.isfinite(wide.grad).all())
    assert not wide.grad[0, -3:].any()
    assert not wide.grad[0, :2].any()


def test_an_answer_between_positions_is_learnt_from_the_nearest():
    positions = laid_out([((0, 3), 1, 0), ((4, 7), 1, 0), ((8, 13), 1, 0)])
    outputs = torch.zeros(1, 3, 2)
    found = Span().loss(outputs, positions, [asked(answer(3, 8))], TASK)  # begins and ends on a space
    # Characters 3 and 7 are each nearest to two positions.
    assert float(found) == pytest.approx(-math.log(2 / 3))


def test_features_without_a_second_text_are_refused():
    positions = laid_out([((0, 3), 0, 0)])
    with pytest.raises(SuperbLiteError, match=r"Features\.segment"):
        Span().loss(torch.zeros(1, 1, 2), positions, [asked(answer(0, 3))], TASK)


@pytest.mark.parametrize(
    ("label", "item", "message"),
    [
        (1, ("who", DOCUMENT), "a tuple of answers"),
        ((), ("who", DOCUMENT), "a tuple of answers"),
        ((Unit(0, 3, 0),), ("who", DOCUMENT), "a tuple of answers"),
        ((answer(0, 3),), DOCUMENT, "a pair"),
        ((answer(0, 3),), ("who", 3), "a pair"),
        ((Answer(0.0, 3, "the"),), ("who", DOCUMENT), "not ints"),
        ((Answer(0, 0, ""),), ("who", DOCUMENT), "outside its document"),
        ((Answer(20, 30, "river"),), ("who", DOCUMENT), "outside its document"),
        ((Answer(0, 3, "red"),), ("who", DOCUMENT), "'the' stands at"),
    ],
)
def test_bad_labels_are_refused_by_name(label, item, message):
    with pytest.raises(SuperbLiteError, match=message) as refused:
        Span().check(Example("q1", ("item",), label), TASK, {"item": item})
    assert "'q1'" in str(refused.value)


def test_good_labels_pass():
    Span().check(asked(answer(0, 3), answer(4, 7)), TASK, {"item": ("who", DOCUMENT)})
