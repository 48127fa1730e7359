import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef, r2_score

from superb_lite.errors import UnknownNameError
from superb_lite.metrics import metric
from superb_lite.metrics.rows import influence_on_rank_correlation
from superb_lite.metrics.units import bio_spans
from superb_lite.tasks.labels import Example, Unit

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


def examples_of(labels):
    return [Example(f"e{i}", (f"i{i}",), label) for i, label in enumerate(labels)]


@given(st.integers(2, 4).flatmap(lambda c: st.lists(st.tuples(*[st.integers(0, c - 1)] * 2), min_size=1, max_size=30)))
def test_class_metrics_are_scikit_learns(pairs):
    gold, predicted = ([pair[side] for pair in pairs] for side in (0, 1))
    names = tuple("abcd")
    assert metric("accuracy").score(examples_of(gold), predicted, names) == pytest.approx(
        accuracy_score(gold, predicted)
    )
    assert metric("mcc").score(examples_of(gold), predicted, names) == pytest.approx(matthews_corrcoef(gold, predicted))
    binary = [[min(v, 1) for v in side] for side in (gold, predicted)]
    expected = f1_score(*binary, zero_division=0.0)
    assert metric("f1").score(examples_of(binary[0]), binary[1], names[:2]) == pytest.approx(expected)


numbers = st.integers(-20, 20).map(lambda n: n / 4)


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=30))
def test_correlations_are_scipys_and_0_for_a_constant(pairs):
    gold, predicted = ([pair[side] for pair in pairs] for side in (0, 1))
    constant = len(set(gold)) == 1 or len(set(predicted)) == 1
    for name, reference in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr)):
        expected = 0.0 if constant else reference(gold, predicted).statistic
        assert metric(name).score(examples_of(gold), predicted, ()) == pytest.approx(expected, abs=1e-7)


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=30))
def test_the_share_of_explained_variance_is_scikit_learns_and_0_for_labels_that_do_not_vary(pairs):
    gold, predicted = ([pair[side] for pair in pairs] for side in (0, 1))
    expected = 0.0 if len(set(gold)) == 1 else r2_score(gold, predicted)
    assert metric("r2").score(examples_of(gold), predicted, ()) == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("classes", [3, 5])
def test_macro_f1_is_scikit_learns(classes):
    """Of the classes that occur: the last of five never does."""
    rng = np.random.default_rng(classes)
    gold, predicted = (rng.integers(0, min(classes, 4), 200).tolist() for _ in range(2))
    names = tuple(map(str, range(classes)))
    expected = f1_score(gold, predicted, average="macro")
    assert metric("macro_f1").score(examples_of(gold), predicted, names) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "mcc", "pearson", "r2", "spearman"])
def test_pseudo_values_are_those_of_leaving_each_cluster_out(name):
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 24).tolist()
    predicted = [g if rng.random() < 0.6 else int(rng.integers(0, 3)) for g in gold]
    clusters = np.arange(24) // 3
    examples = examples_of(gold)
    value, pseudo = metric(name).jackknife(examples, predicted, tuple("abc"), clusters)
    assert value == pytest.approx(metric(name).score(examples, predicted, tuple("abc")))
    for cluster in range(8):
        kept = [i for i in range(24) if clusters[i] != cluster]
        without = metric(name).score([examples[i] for i in kept], [predicted[i] for i in kept], tuple("abc"))
        assert pseudo[cluster] == pytest.approx(8 * value - 7 * without)


def test_the_influence_on_a_rank_correlation_is_what_leaving_a_pair_out_changes():
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    y = np.round(x + rng.normal(size=400))  # with ties
    value = stats.spearmanr(x, y).statistic
    left_out = [stats.spearmanr(np.delete(x, i), np.delete(y, i)).statistic for i in range(400)]
    influence = influence_on_rank_correlation(x, y)
    assert influence.mean() == pytest.approx(0, abs=1e-12)
    assert influence == pytest.approx(399 * (value - np.array(left_out)), abs=0.05)
    assert not influence_on_rank_correlation(x, np.ones(400)).any()


def test_of_many_pairs_none_is_left_out_for_a_rank_correlation():
    rng = np.random.default_rng(0)
    gold, clusters = rng.normal(size=200), np.arange(200) // 2
    predicted = gold + rng.normal(size=200)
    metric_of = metric("spearman")
    few = metric_of.jackknife(examples_of(gold.tolist()), predicted.tolist(), (), clusters)
    many = dataclasses.replace(metric_of, left_out_up_to=99)
    value, pseudo = many.jackknife(examples_of(gold.tolist()), predicted.tolist(), (), clusters)
    assert value == few[0]
    assert pseudo.std() == pytest.approx(few[1].std(), rel=0.05)
    assert not np.array_equal(pseudo, few[1])
