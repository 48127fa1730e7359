"""classify and regress, on items and on pairs, through the whole evaluation."""

import dataclasses

import numpy as np
import pytest

from superb_lite.evaluation.run import evaluate
from superb_lite.heads import fit_rows
from superb_lite.heads.linear import ProbeSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, tag_data, toy_task

PROBE = ProbeSettings(learning_rate=3e-2, weight_decays=(1e-3,), steps=300)


@pytest.fixture(autouse=True)
def short_probe(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(PROBE))


def regress_data(*, pairs, shuffle=False, noise=0.0, seed=0):
    """Numbers that are linear in the mean features of one item, or in |u - v| of two."""
    rng = np.random.default_rng(seed)
    items, parts = {}, {}
    for part, size in (("train", 200), ("test", 150)):
        examples, labels = [], []
        for i in range(size):
            keys = tuple(f"{part}-{i}-{n}" for n in range(2 if pairs else 1))
            for key in keys:
                items[key] = rng.standard_normal((1 + i % 3, 3)).astype(np.float32)
            means = [items[key].mean(axis=0) for key in keys]
            x = np.abs(means[0] - means[1]) if pairs else means[0]
            labels.append(float(50 + 10 * (x @ [1.0, -2.0, 0.5]) + noise * rng.standard_normal()))
            examples.append(Example(f"{part}-{i}", keys, 0.0))
        if shuffle:
            rng.shuffle(labels)
        parts[part] = tuple(dataclasses.replace(e, label=y) for e, y in zip(examples, labels, strict=True))
    return TaskData(items, parts["train"], parts["test"])


def regress_task(data):
    return dataclasses.replace(toy_task(data), form="regress", metrics=("pearson", "spearman"))


@pytest.mark.parametrize("pairs", [False, True])
def test_a_linear_truth_is_found_and_shuffled_numbers_are_not(pairs):
    (found,) = evaluate(ToyEncoder(), regress_task(regress_data(pairs=pairs)), seeds=2)
    assert found.metrics["pearson"] > 0.98
    assert found.metrics["spearman"] > 0.97
    (chance,) = evaluate(ToyEncoder(), regress_task(regress_data(pairs=pairs, shuffle=True)), seeds=3)
    assert chance.ci[0] < 0 < chance.ci[1]  # and intervals of correlations reach below 0


def test_predictions_are_on_the_scale_of_the_labels():
    data = regress_data(pairs=False)
    (found,) = evaluate(ToyEncoder(), regress_task(data), seeds=1)
    truth = np.array([e.label for e in data.test])
    predicted = np.array([found.predictions[e.id][0] for e in data.test])
    assert np.sqrt(np.mean((truth - predicted) ** 2)) < 0.25 * truth.std()


def pair_data(*, shuffle=False):
    """Whether two items show the same class: nothing that u or v says alone."""
    rng = np.random.default_rng(0)
    items, parts = {}, {}
    for part, size in (("train", 300), ("test", 200)):
        examples = []
        for i in range(size):
            shown = rng.integers(0, 3, 2)
            for n, c in enumerate(shown):
                items[f"{part}-{i}-{n}"] = np.eye(3, dtype=np.float32)[[c] * (1 + i % 2)]
            label = int(rng.integers(0, 2)) if shuffle else int(shown[0] == shown[1])
            examples.append(Example(f"{part}-{i}", (f"{part}-{i}-0", f"{part}-{i}-1"), label))
        parts[part] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


def test_pairs_are_compared():
    task = dataclasses.replace(toy_task(pair_data()), labels=("different", "same"))
    assert evaluate(ToyEncoder(), task, seeds=1)[0].score > 0.97
    shuffled = dataclasses.replace(toy_task(pair_data(shuffle=True)), labels=("different", "same"))
    (chance,) = evaluate(ToyEncoder(), shuffled, seeds=3)
    assert chance.ci[0] < 0.56
    assert chance.ci[1] > 0.44


def test_passes_over_tagged_data_are_counted_in_units_unless_labels_are_few(monkeypatch):
    seen = []
    train = fit_rows.train_heads
    monkeypatch.setattr(fit_rows, "train_heads", lambda *a, **k: seen.append(k["steps"]) or train(*a, **k))
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(dataclasses.replace(PROBE, steps=10, epochs=3, batch_size=16)))
    data = tag_data(train=100, test=20)
    whole, few = (toy_task(data, form="tag", budget=budget) for budget in (None, 100))
    for task in (whole, few):
        evaluate(ToyEncoder(), task, seeds=1)
    train_part, _ = whole.train(0)
    units = sum(len(example.label) for example in train_part)
    assert units > 4 * len(train_part)
    full = [3 * -(-rows // 16) for rows in (units, len(train_part))]
    assert seen == [full[0], full[0], full[1], full[1]]  # to compare the grid, and to train again
