"""Features do not depend, beyond rounding, on how items are batched or in what order they come.

docs/evaluation.md publishes the tolerance that is checked here.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from superb_lite.encoders.references import load_encoder
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite.heads.linear import ProbeSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

TOLERANCE = 1e-5
"""Largest difference of a feature, as a share of the largest feature of its layer."""

HALF_TOLERANCE = 1e-3
"""The same for what is kept in half precision: one vector per unit, or every position."""


@pytest.fixture(autouse=True)
def _short_probes(monkeypatch):
    probe = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3,), steps=20)
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(probe))


def texts(rng):
    letters = list("我们的机器学习很好天气今日明新闻报道,。ab12")
    return ["".join(rng.choice(letters, size=size)) for size in rng.integers(1, 80, 40)]


def waves(rng):
    return [(0.1 * rng.standard_normal(size)).astype(np.float32) for size in rng.integers(1600, 24000, 40)]


def images(rng):
    return [rng.integers(0, 256, (3, 32, 32)).astype(np.uint8) for _ in range(40)]


ENCODERS = {
    "random:text-bert": texts,
    "raw:characters": texts,
    "random:speech-masked": waves,
    "raw:log-mel": waves,
    "random:image-simclr": images,
    "raw:pixels": images,
    "majority": texts,
}


def features(encoder, items, *, batch_size=32, units=False):
    """Per layer the features of all items, in the order of their names."""
    views = {key: View("units", tuple((i, i + 1) for i in range(len(items[key])))) for key in items} if units else {}
    store = FeatureStore(encoder, None, batch_size=batch_size)
    table = store.table({key: ItemView(items, key, views.get(key, View("mean"))) for key in items})
    return [table.stack(sorted(items), layer) for layer in range(table.depth)]


def largest_difference(one, other):
    """Over layers, as a share of the largest feature of the layer."""
    return max(float((a - b).abs().max() / a.abs().max().clamp(min=1e-12)) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("reference", ENCODERS)
def test_batch_size_and_row_order_change_features_by_rounding_only(reference):
    made = ENCODERS[reference](np.random.default_rng(0))
    items = {f"item-{number:02}": item for number, item in enumerate(made)}
    encoder = load_encoder(reference)
    alone = features(encoder, items, batch_size=1)
    found = {f"batches of {size}": features(encoder, items, batch_size=size) for size in (7, 32)}
    found["reversed"] = features(encoder, dict(reversed(items.items())))
    # With other items around it, an item shares its batch with others.
    half = dict(list(items.items())[::2])
    some = [torch.cat([layer[i : i + 1] for i in range(0, len(items), 2)]) for layer in found["batches of 32"]]
    differences = {name: largest_difference(alone, layers) for name, layers in found.items()}
    differences["half of them"] = largest_difference(some, features(encoder, half))
    print(reference, {name: f"{value:.1e}" for name, value in differences.items()})
    assert max(differences.values()) < TOLERANCE


def test_units_are_kept_in_half_precision_and_differ_by_that():
    made = texts(np.random.default_rng(1))
    items = {f"item-{number:02}": item for number, item in enumerate(made)}
    encoder = load_encoder("random:text-bert")
    alone, *others = [features(encoder, items, batch_size=size, units=True) for size in (1, 7, 32)]
    assert max(largest_difference(alone, layers) for layers in others) < HALF_TOLERANCE


def test_the_order_of_tasks_changes_no_prediction():
    tasks = [toy_task(classify_data(noise=1.0, test=30)), toy_task(tag_data(noise=1.0, test=20), form="tag")]
    forward = evaluate(ToyEncoder(), tasks, seeds=2)
    backward = evaluate(ToyEncoder(), tasks[::-1], seeds=2)
    assert [r.predictions_sha256 for r in forward] == [r.predictions_sha256 for r in backward[::-1]]


@pytest.mark.parametrize("protocol", ["frozen", "finetune"])
def test_the_state_of_the_random_generators_changes_no_prediction(protocol):
    task = toy_task(classify_data(noise=1.0, test=30))
    found = set()
    for seed in (1, 2):
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        found.add(evaluate(ToyEncoder(), task, protocol=protocol, seeds=1)[0].predictions_sha256)
    assert len(found) == 1


def test_the_published_tolerance_is_the_one_that_is_checked():
    page = Path(__file__).parents[3] / "docs" / "evaluation.md"
    published = re.findall(r"at most (\S+) of the largest feature", page.read_text(encoding="utf-8"))
    halved = re.findall(r"half precision\D+(\S+\d)", page.read_text(encoding="utf-8"))
    assert [float(number) for number in published] == [TOLERANCE]
    assert [float(number) for number in halved] == [HALF_TOLERANCE]
