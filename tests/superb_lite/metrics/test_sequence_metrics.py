import functools
import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite.metrics import metric
from superb_lite.metrics.sequences import frames, normalise_answer, speakers
from superb_lite.tasks.labels import Answer, Diarization, Example, Turn

NAMES = ("a", "b", " ", "ch")


def value(name, label, prediction, labels=NAMES):
    return metric(name).score([Example("x", ("x",), label)], [prediction], labels)


def answered(name, golds, text):
    return value(name, tuple(Answer(0, len(g), g) for g in golds), Answer(0, len(text), text))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Eiffel-Tower, in an “old” town.", "eiffeltower in old town"),
        ("《红楼梦》。", "红楼梦"),
        ("$5 < a = b", "5 b"),
        ("Theatre and another", "theatre and another"),
        ("the", ""),
    ],
)
def test_normalised_answers(text, normal):
    assert normalise_answer(text) == normal


def test_answers_are_compared_with_the_best_of_the_right_ones():
    assert answered("exact_match", ["a red house", "house"], "The house!") == 1.0
    assert answered("exact_match", ["a red house"], "house") == 0.0
    # "red house" against "house": precision 1, recall 1/2.
    assert answered("word_f1", ["a red house", "garden"], "house") == pytest.approx(2 / 3)
    # 红楼梦 and 石头红楼: two common characters of 3 and 4.
    assert answered("char_f1", ["红楼梦"], "石头红楼") == pytest.approx(4 / 7)
    assert answered("char_f1", ["the"], "a") == 1.0
    assert answered("char_f1", ["the"], "b") == 0.0


def slow_f1(gold, predicted):
    """F1 of bags, striking out one equal pair after the other."""
    left, common = list(gold), 0
    for part in predicted:
        if part in left:
            left.remove(part)
            common += 1
    if not common:
        return float(not gold and not predicted)
    precision, recall = common / len(predicted), common / len(gold)
    return 2 * precision * recall / (precision + recall)


@settings(deadline=None, max_examples=40)
@given(st.text("xyz ", max_size=8), st.text("xyz ", max_size=8))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(gold, predicted):
    words = gold.split(), predicted.split()
    assert answered("word_f1", [gold], predicted) == pytest.approx(slow_f1(*words))
    assert answered("char_f1", [gold], predicted) == pytest.approx(slow_f1(*map("".join, words)))
    assert answered("exact_match", [gold], predicted) == float(words[0] == words[1])


def slow_distance(a, b):
    """Edit distance by its recursion."""

    @functools.cache
    def distance(i, j):
        if not i or not j:
            return i + j
        return min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return distance(len(a), len(b))


TRANSCRIPTION = st.lists(st.integers(0, len(NAMES) - 1), max_size=7).map(tuple)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(TRANSCRIPTION.filter(len), TRANSCRIPTION), min_size=1, max_size=4))
def test_error_rates_are_edits_over_the_length_of_all_references(pairs):
    def joined(symbols):
        return "".join(NAMES[s] for s in symbols)

    examples = [Example(str(n), ("x",), gold) for n, (gold, _) in enumerate(pairs)]
    for name, split in (("per", tuple), ("cer", joined), ("wer", lambda s: joined(s).split())):
        edits = sum(slow_distance(split(gold), split(predicted)) for gold, predicted in pairs)
        length = sum(len(split(gold)) for gold, _ in pairs)
        found = metric(name).score(examples, [predicted for _, predicted in pairs], NAMES)
        assert found == pytest.approx(edits / length if length else 0.0)


def test_error_rates_by_hand():
    assert value("per", (0, 1, 2, 1), (0, 2, 3, 1)) == 0.5
    assert value("cer", (3, 0), (0,)) == pytest.approx(2 / 3)  # "cha" against "a"
    assert value("wer", (0, 1, 2, 1), (0, 1, 2, 0)) == 0.5  # "ab b" against "ab a"
    assert value("per", (0,), (0, 1, 1)) == 2.0  # insertions have no bound


def test_units_of_a_diarization_belong_to_whoever_talks_at_their_middle():
    label = Diarization(10, 35, (Turn(0, 15, 0), Turn(16, 35, 1), Turn(5, 6, 1), Turn(30, 32, 0), Turn(32, 33, 0)))
    assert list(frames(label)) == [(0, 10), (10, 20), (20, 30), (30, 35)]
    # The middles are 5, 15, 25 and 32.5; a turn ends before its end.
    assert speakers(label) == [{0, 1}, set(), {1}, {0, 1}]


def slow_der(label, predicted, count):
    """Errors and speech, sample by sample, under each mapping of predicted speakers."""
    units, gold = frames(label), speakers(label)
    best = None
    for order in itertools.permutations(range(count)):
        miss = false_alarm = confusion = speech = 0
        for (start, end), true, found in zip(units, gold, predicted, strict=True):
            mapped = {order[s] for s in found}
            for _ in range(start, end):
                right = len(true & mapped)
                miss += max(0, len(true) - len(mapped))
                false_alarm += max(0, len(mapped) - len(true))
                confusion += min(len(true), len(mapped)) - right
                speech += len(true)
        errors = miss + false_alarm + confusion
        best = errors if best is None else min(best, errors)
    return best, speech


@st.composite
def diarizations(draw):
    length = draw(st.integers(1, 20))
    frame = draw(st.integers(1, 6))
    edges = st.tuples(st.integers(0, length - 1), st.integers(1, length), st.integers(0, 2))
    turns = draw(st.lists(edges.filter(lambda t: t[0] < t[1]), max_size=4))
    label = Diarization(frame, length, tuple(Turn(*t) for t in turns))
    unit = st.sets(st.integers(0, 2)).map(lambda s: tuple(sorted(s)))
    count = len(frames(label))
    return label, tuple(draw(st.lists(unit, min_size=count, max_size=count)))


@settings(deadline=None, max_examples=40)
@given(diarizations())
def test_der_is_the_lowest_over_all_mappings(pair):
    label, predicted = pair
    found = metric("der").counts(Example("x", ("x",), label), predicted, ("a", "b", "c"))
    assert tuple(found) == slow_der(label, predicted, 3)


def test_who_is_who_is_free_in_each_example():
    label = Diarization(1, 4, (Turn(0, 2, 0), Turn(2, 4, 1)))
    swapped = ((1,), (1,), (0,), (0,))
    examples = [Example(name, ("x",), label) for name in "xy"]
    assert metric("der").score(examples, [swapped, ((0,), (0,), (1,), (1,))], ("a", "b")) == 0.0
    assert metric("der").score(examples[:1], [((),) * 4], ("a", "b")) == 1.0  # silence misses everything


@pytest.mark.parametrize(
    ("name", "label", "prediction"),
    [
        ("exact_match", (Answer(0, 2, "ab"),), Answer(0, 2, "ab")),
        ("per", (0, 1, 1), (0, 1)),
        ("der", Diarization(2, 4, (Turn(0, 4, 0),)), ((0, 1), (0,))),
    ],
)
def test_predictions_that_were_read_back_from_json_score_the_same(name, label, prediction):
    def tuples(x):
        return tuple(map(tuples, x)) if isinstance(x, list) else x

    again = tuples(json.loads(json.dumps(prediction)))
    assert value(name, label, again, ("a", "b")) == value(name, label, prediction, ("a", "b"))


@pytest.mark.parametrize(
    ("name", "label", "prediction"),
    [
        ("char_f1", (Answer(0, 2, "ab"),), (0, 2)),
        ("char_f1", (0, 1), Answer(0, 2, "ab")),
        ("wer", (0, 1), 1),
        ("wer", (0, 1), ("a",)),
        ("der", (0, 1), ((0,),)),
        ("der", Diarization(2, 2, ()), (0,)),
        ("der", Diarization(2, 2, ()), ((0, 0),)),
    ],
)
def test_predictions_of_another_form_are_refused(name, label, prediction):
    with pytest.raises(TypeError):
        value(name, label, prediction)


def test_a_der_with_too_few_units_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        value("der", Diarization(2, 4, ()), ((0,),))


def test_lower_error_rates_are_better():
    assert [metric(n).higher_is_better for n in ("per", "cer", "wer", "der")] == [False] * 4
    assert [metric(n).higher_is_better for n in ("exact_match", "char_f1", "word_f1")] == [True] * 3


def test_pseudo_values_leave_one_cluster_out():
    examples = [Example(str(n), ("x",), gold) for n, gold in enumerate([(0, 1), (1,), (0, 0, 1)])]
    predictions = [(0,), (1,), (1, 1, 1)]
    clusters = np.array([0, 1, 0])
    whole, pseudo = metric("per").jackknife(examples, predictions, NAMES, clusters)
    without = [metric("per").score([examples[1]], [(1,)], NAMES), 3 / 5]
    assert whole == pytest.approx(3 / 6)
    assert pseudo.tolist() == pytest.approx([2 * whole - left for left in without])
