"""Nearest neighbours against scikit-learn and a slow loop."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.metrics import METRICS, WholeMetric
from superb_lite.protocols import knn as module
from superb_lite.protocols.knn import Knn, KnnSettings, votes
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

UNIFORM = 1e9
"""A temperature at which all neighbours weigh the same."""


def numbers_data(*, train=60, test=60, noise=0.0, seed=0, shuffle=False):
    """Items whose direction says their number."""
    rng = np.random.default_rng(seed)
    items, parts = {}, {}
    for part, size in (("train", train), ("test", test)):
        angle = rng.uniform(0.2, 1.2, size)
        shown = rng.permutation(angle) if shuffle else angle
        x = np.stack([np.cos(shown), np.sin(shown), np.zeros(size)], axis=1) + noise * rng.standard_normal((size, 3))
        items.update({f"{part}{i}": row[None].astype(np.float32) for i, row in enumerate(x)})
        parts[part] = tuple(Example(f"{part}{i}", (f"{part}{i}",), float(a)) for i, a in enumerate(angle))
    return TaskData(items, parts["train"], parts["test"])


def pairs_data(*, seed=0, size=60):
    """Pairs of items, labelled by whether both are of one class."""
    rng = np.random.default_rng(seed)
    items = {f"i{i}": np.eye(3, dtype=np.float32)[[i % 3]] for i in range(30)}
    parts = {}
    for part in ("train", "test"):
        chosen = [rng.choice(30, 2, replace=False) for _ in range(size)]
        parts[part] = tuple(
            Example(f"{part}{n}", (f"i{a}", f"i{b}"), int(a % 3 == b % 3)) for n, (a, b) in enumerate(chosen)
        )
    return TaskData(items, parts["train"], parts["test"])


def regress_task(data):
    return toy_task(data, form="regress", metrics=("pearson",))


def run(task, config, seeds=2):
    problem = make_problem(task, seeds=range(seeds), limit=None, root=None)
    return problem, Knn(config).run(FeatureStore(ToyEncoder(), None), problem)


def unit_rows(problem, examples, train):
    """L2-normalised means, standardised on the training items."""
    means = {k: x.mean(axis=0) for k, x in problem.data.items.items()}
    reference = np.array([means[e.items[0]] for e in train])
    std = np.where(reference.std(axis=0) > 1e-6, reference.std(axis=0), 1.0)
    x = (np.array([means[e.items[0]] for e in examples]) - reference.mean(axis=0)) / std
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("k", [1, 5])
def test_equal_weights_give_scikit_learns_classes(k):
    data = classify_data(noise=0.5)
    problem, outcomes = run(toy_task(data), KnnSettings(neighbours=(k,), temperature=UNIFORM))
    for number, outcome in enumerate(outcomes):
        labelled = problem.labels_of(number)
        reference = KNeighborsClassifier(k, metric="cosine", algorithm="brute")
        reference.fit(unit_rows(problem, labelled, labelled), [e.label for e in labelled])
        expected = reference.predict(unit_rows(problem, data.test, labelled))
        assert [outcome.predictions[e.id] for e in data.test] == expected.tolist()


def test_equal_weights_give_scikit_learns_means():
    data = numbers_data(noise=0.2)
    problem, outcomes = run(regress_task(data), KnnSettings(neighbours=(7,), temperature=UNIFORM))
    labelled = problem.labels_of(0)
    reference = KNeighborsRegressor(7, metric="cosine", algorithm="brute")
    reference.fit(unit_rows(problem, labelled, labelled), [e.label for e in labelled])
    expected = reference.predict(unit_rows(problem, data.test, labelled))
    assert [outcomes[0].predictions[e.id] for e in data.test] == pytest.approx(expected, abs=1e-4)


def test_votes_are_those_of_a_loop():
    rng = np.random.default_rng(0)
    similarities, says = rng.uniform(-1, 1, (6, 9)), rng.uniform(0, 1, (9, 4))
    found = votes(torch.tensor(similarities), torch.tensor(says), (1, 3, 50), 0.07)
    for number, k in enumerate((1, 3, 9)):
        for row, of_row in enumerate(similarities):
            nearest = sorted(range(9), key=lambda i: -of_row[i])[:k]
            weights = [math.exp(of_row[i] / 0.07) for i in nearest]
            expected = sum(w * says[i] for w, i in zip(weights, nearest, strict=True)) / sum(weights)
            assert found[number, row].numpy() == pytest.approx(expected)


def test_chunks_change_nothing(monkeypatch):
    task = toy_task(classify_data(noise=0.8))
    (whole,) = evaluate(ToyEncoder(), task, protocol="knn", seeds=1)
    monkeypatch.setattr(module, "SIMILARITIES", 100)
    (chunked,) = evaluate(ToyEncoder(), task, protocol="knn", seeds=1)
    assert whole.predictions == chunked.predictions


def test_an_oracle_reaches_the_ceiling():
    for task in (
        toy_task(classify_data()),
        toy_task(pairs_data(), labels=("other", "same")),
        regress_task(numbers_data()),
    ):
        (result,) = evaluate(ToyEncoder(), task, protocol="knn", seeds=2)
        assert result.score == pytest.approx(1.0, abs=0.01)
        assert result.seeds[0].parameters == {"encoder": 0, "head": 0}


def test_shuffled_labels_give_chance():
    (classes,) = evaluate(
        ToyEncoder(), toy_task(classify_data(noise=1.0, test=150, shuffle=True)), protocol="knn", seeds=3
    )
    assert classes.ci[0] <= 1 / 3 <= classes.ci[1]
    (numbers,) = evaluate(ToyEncoder(), regress_task(numbers_data(noise=0.2, shuffle=True)), protocol="knn", seeds=3)
    assert numbers.score < 0.3


def test_the_number_of_neighbours_and_the_layer_are_the_best_on_validation():
    data = classify_data(noise=0.9)
    _, outcomes = run(toy_task(data), KnnSettings(neighbours=(1, 20)))
    alone = [run(toy_task(data), KnnSettings(neighbours=(k,)))[1] for k in (1, 20)]
    for number, outcome in enumerate(outcomes):
        rated = [(o[number].chosen["validation_score"], -o[number].chosen["validation_loss"]) for o in alone]
        best = max(range(2), key=rated.__getitem__)
        assert outcome.chosen["neighbours"] == (1, 20)[best]
        assert outcome.predictions == alone[best][number].predictions


def test_the_test_labels_decide_nothing_but_the_score():
    data = classify_data(noise=1.0)
    wrong = tuple(dataclasses.replace(e, label=(e.label + 1) % 3) for e in data.test)
    (right,) = evaluate(ToyEncoder(), toy_task(data), protocol="knn", seeds=2)
    (other,) = evaluate(ToyEncoder(), toy_task(dataclasses.replace(data, test=wrong)), protocol="knn", seeds=2)
    assert right.predictions == other.predictions


def test_numbers_that_never_vary_and_mixed_arity_are_refused():
    data = numbers_data()
    same = tuple(dataclasses.replace(e, label=1.0) for e in data.train)
    with pytest.raises(SuperbLiteError, match="fewer than two numbers in its training examples"):
        evaluate(ToyEncoder(), regress_task(dataclasses.replace(data, train=same)), protocol="knn", seeds=1)
    data = pairs_data()
    mixed = (*data.train, Example("one", ("i0",), 1))
    with pytest.raises(SuperbLiteError, match="'one' has 1 items, but 'test0' has 2"):
        evaluate(
            ToyEncoder(), toy_task(dataclasses.replace(data, train=mixed), labels=("x", "y")), protocol="knn", seeds=1
        )


def test_a_negative_validation_score_is_recorded_as_it_is(monkeypatch):
    low = WholeMetric("low", frozenset({"number"}), True, lambda *_: -0.25, bounds=(-1.0, 1.0))
    monkeypatch.setitem(METRICS, "low", low)
    _, outcomes = run(toy_task(numbers_data(), form="regress", metrics=("low",)), KnnSettings())
    assert [outcome.chosen["validation_score"] for outcome in outcomes] == [-0.25, -0.25]
