"""An encoder that is not what it was, or not what its hash says, is found by the features of a few items."""

import numpy as np
import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Evaluator, evaluate
from superb_lite.features.spot_check import SAMPLES, Smallest
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite.results.store import ResultStore
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(60)}


def views(items, *kinds):
    return {f"{kind} {key}": ItemView(items, key, View(kind)) for kind in kinds or ("mean",) for key in items}


class ReadsAFile(ToyEncoder):
    """What it does stands in a file, of which neither its weights nor its config say anything."""

    path = None

    def forward(self, batch):
        scale = float(self.path.read_text())
        return super().forward({**batch, "x": batch["x"] * scale})


@pytest.fixture
def encoder(tmp_path, monkeypatch):
    monkeypatch.setattr(ReadsAFile, "path", tmp_path / "scale.txt")
    ReadsAFile.path.write_text("1")
    return ReadsAFile()


@pytest.mark.parametrize("kind", ["mean", "positions"])
def test_an_encoder_that_stays_what_it_is_passes(items, encoder, kind, tmp_path):
    for _ in range(2):  # the second time the features are there
        store = FeatureStore(encoder, tmp_path / "features")
        store.fetch(views(items, kind).values())
        store.check_encoder()
        store.fetch(views(items, "mean", "positions").values())
        store.check_encoder()


def test_features_that_are_too_large_for_half_precision_pass(items):
    for item in items.values():
        item *= 1e6
    FeatureStore(ToyEncoder(), None).fetch(views(items, "positions").values())


def test_behaviour_that_changes_after_the_features_were_computed_is_found(items, encoder):
    store = FeatureStore(encoder, None, name="mine")
    store.fetch(views(items).values())
    ReadsAFile.path.write_text("1.01")
    with pytest.raises(SuperbLiteError, match=r"encoder mine: item 'i\d+' has other features than before"):
        store.check_encoder()


def test_features_of_another_behaviour_are_not_taken_from_the_cache(items, encoder, tmp_path):
    FeatureStore(encoder, tmp_path / "features").fetch(views(items).values())
    ReadsAFile.path.write_text("-1")
    store = FeatureStore(encoder, tmp_path / "features", name="mine")
    assert not store.forward_items
    with pytest.raises(
        SuperbLiteError, match=r"encoder mine: the features kept of item 'i\d+' are not those"
    ) as caught:
        store.fetch(views(items).values())
    assert "superb-lite cache clear" in str(caught.value)


def test_weights_that_change_are_found(items):
    encoder = ToyEncoder()
    store = FeatureStore(encoder, None, name="mine")
    store.fetch(views(items).values())
    with torch.no_grad():
        encoder.map.bias += 1e-6
    with pytest.raises(SuperbLiteError, match="mine: its weights or buffers changed"):
        store.check_encoder()


def test_few_items_are_encoded_again_however_many_there_are(items):
    seen = []

    class Counting(ToyEncoder):
        def collate(self, items):
            seen.append(len(items))
            return super().collate(items)

    store = FeatureStore(Counting(), None)
    store.fetch(views(items).values())
    assert seen == [32, 28, SAMPLES]
    store.fetch(views(items).values())
    store.check_encoder()
    assert seen == [32, 28, SAMPLES, SAMPLES]
    assert store.forward_items == 60


def test_a_store_that_was_asked_for_nothing_has_nothing_to_check():
    FeatureStore(ToyEncoder(), None).check_encoder()


class ChangesAfterAWhile(ToyEncoder):
    """Behaves until its preflight and its features are behind it."""

    calls = 0

    def forward(self, batch):
        type(self).calls += 1
        return super().forward({**batch, "x": batch["x"] + (type(self).calls > 5)})


def test_results_of_an_encoder_that_changes_are_neither_given_nor_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(ChangesAfterAWhile, "calls", 0)
    monkeypatch.setattr(Evaluator, "_measure_cost", lambda self, problems: None)  # which calls it, too
    task = toy_task(classify_data(train=20, test=9))
    results = ResultStore(tmp_path / "results")
    evaluator = Evaluator(ChangesAfterAWhile(), reference="liar", seeds=1, results=results)
    with pytest.raises(SuperbLiteError, match=r"encoder liar: item '.*' has other features than before"):
        list(evaluator.evaluate([(task, "frozen")]))
    assert not list(tmp_path.rglob("*.json"))


def test_an_encoder_cannot_be_served_the_results_of_another_one(tmp_path):
    """Class, config and weights are those of the victim, and so would be the hash that it gives itself."""
    task = toy_task(classify_data(train=30, test=30, noise=0.3))
    options = {"seeds": 1, "feature_dir": tmp_path}
    (honest,) = evaluate(ToyEncoder(), task, **options)

    class Thief(ToyEncoder):
        def content_hash(self):
            return honest.encoder_hash

        def forward(self, batch):
            return super().forward({**batch, "x": torch.zeros_like(batch["x"])})

    Thief.__qualname__, Thief.__module__ = ToyEncoder.__qualname__, ToyEncoder.__module__
    (found,) = evaluate(Thief(), task, **options)
    assert found.encoder_hash != honest.encoder_hash
    assert found.score < honest.score


def test_the_items_of_the_smallest_hashes_are_sampled_with_all_of_their_views():
    order = np.random.default_rng(0).permutation(50)
    smallest = Smallest()
    for kind in ("mean", "positions"):
        for n in order:
            smallest.show(f"{n:02}", {}, str(n), f"{n:02}/{kind}", View(kind))
    assert sorted(smallest) == [f"{n:02}" for n in range(SAMPLES)]
    assert all(list(s.views) == [f"{content}/mean", f"{content}/positions"] for content, s in smallest.items())
