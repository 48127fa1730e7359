import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import UnknownNameError
from superb_lite.metrics import bio_spans, metric
from superb_lite.task import Example, Unit

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def slow_spans(tags):
    """Every (start, end, type) that is a span by definition, found by trying all of them."""

    def starts(i, kind):
        return tags[i] == f"B-{kind}" or (tags[i] == f"I-{kind}" and (i == 0 or tags[i - 1][2:] != kind))

    found = set()
    for kind in ("PER", "LOC"):
        for start in range(len(tags)):
            for end in range(start + 1, len(tags) + 1):
                inside = all(tags[i] == f"I-{kind}" for i in range(start + 1, end))
                stops = end == len(tags) or tags[end] != f"I-{kind}"
                if starts(start, kind) and inside and stops:
                    found.add((start, end, kind))
    return found


@given(st.lists(st.sampled_from(TAGS), max_size=9))
def test_bio_spans_are_those_of_the_definition(tags):
    assert bio_spans(tags) == slow_spans(tags)


def tagged(name, classes):
    return Example(name, (name,), tuple(Unit(i, i + 1, c) for i, c in enumerate(classes)))


@st.composite
def tagged_sentences(draw):
    sentence = st.lists(st.integers(0, len(TAGS) - 1), min_size=1, max_size=6)
    gold = draw(st.lists(sentence, min_size=1, max_size=4))
    same = st.integers(0, len(TAGS) - 1)
    return gold, [draw(st.lists(same, min_size=len(g), max_size=len(g))) for g in gold]


@given(tagged_sentences())
def test_span_f1_is_twice_the_hits_over_both_numbers_of_spans(pair):
    gold, predicted = pair
    found = np.sum(
        [
            metric("span_f1").counts(tagged(f"s{i}", g), tuple(p), TAGS)
            for i, (g, p) in enumerate(zip(gold, predicted, strict=True))
        ],
        axis=0,
    )
    a = {(i, *span) for i, g in enumerate(gold) for span in slow_spans([TAGS[c] for c in g])}
    b = {(i, *span) for i, p in enumerate(predicted) for span in slow_spans([TAGS[c] for c in p])}
    expected = 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0
    assert float(metric("span_f1").value(found)) == pytest.approx(expected)


def test_accuracies():
    accuracy, units = metric("accuracy"), metric("unit_accuracy")
    rows = [
        accuracy.counts(Example(str(i), ("x",), label), guess, TAGS)
        for i, (label, guess) in enumerate([(1, 1), (2, 0), (0, 0)])
    ]
    assert float(accuracy.value(np.sum(rows, axis=0))) == pytest.approx(2 / 3)
    # Units are counted, not sentences: 1 of 3 and 1 of 1 is 2 of 4.
    rows = [units.counts(tagged("a", [0, 1, 2]), (0, 0, 0), TAGS), units.counts(tagged("b", [3]), (3,), TAGS)]
    assert float(units.value(np.sum(rows, axis=0))) == pytest.approx(0.5)


def test_values_broadcast_over_leading_dimensions():
    counts = np.array([[[1.0, 2.0], [0.0, 0.0]]])
    assert metric("accuracy").value(counts).tolist() == [[0.5, 0.0]]


def test_a_unit_metric_needs_units():
    with pytest.raises(TypeError, match="'x'"):
        metric("span_f1").counts(Example("x", ("x",), 1), 1, TAGS)


def test_unknown_metric():
    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        metric("acuracy")
