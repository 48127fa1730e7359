"""Sequences that find no room on disk are encoded again, and give the same predictions as those that are kept."""

import numpy as np
import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.budget import VARIABLE
from superb_lite.features.export import export_features
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite.heads.training import SequenceSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from tests.superb_lite.heads.test_matching import search_task, utterances
from tests.superb_lite.toy_sequences import PairEncoder, sequence_data, sequence_task
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import ToyEncoder

SHORT = SequenceSettings(
    learning_rates=(1e-2,), linear_rates=(1e-1,), linear_steps=20, steps=20, epochs=1, looks=2, width=8
)


@pytest.fixture(autouse=True)
def _short_training(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(sequence=SHORT))


def tasks():
    small = {"train": 20, "test": 10}
    yield "transcribe", ToyEncoder(width=24), sequence_task("transcribe", sequence_data("transcribe", **small))
    yield "span", PairEncoder(), sequence_task("span", sequence_data("span", **small))
    yield "xvector", ToyEncoder(width=6), verify_task(speakers(copies=2, train=20, pairs=20, noise=0.5), head="xvector")


@pytest.mark.parametrize("limit", ["0", "2KB"])
@pytest.mark.parametrize(("encoder", "task"), [found[1:] for found in tasks()], ids=[found[0] for found in tasks()])
def test_predictions_are_those_of_features_that_are_kept(encoder, task, limit, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    (kept,) = evaluate(encoder, task, seeds=2, device="cpu")
    monkeypatch.setenv(VARIABLE, limit)
    (recomputed,) = evaluate(encoder, task, seeds=2, device="cpu")
    assert recomputed.predictions_sha256 == kept.predictions_sha256
    assert recomputed.score == kept.score
    used = {item for e in (*task.data().train, *task.data().validation, *task.data().test) for item in e.items}
    for row in recomputed.seeds:
        again = row.chosen["recomputed_items"]
        assert again == len(used) if limit == "0" else 0 < again < len(used)
        assert {**row.chosen, "recomputed_items": 0} == {
            **kept.seeds[row.seed].chosen,
            "recomputed_items": 0,
        }
    assert not any("recomputed_items" in row.chosen for row in kept.seeds)
    assert recomputed.summary()["recomputed_items"] == recomputed.seeds[0].chosen["recomputed_items"]


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(11)}


def test_the_table_reads_what_it_would_if_all_were_kept(items, tmp_path, monkeypatch):
    views = {key: ItemView(items, key, View("positions")) for key in items}
    kept = FeatureStore(ToyEncoder(), tmp_path / "kept").table(views)
    monkeypatch.setenv(VARIABLE, "400")
    store = FeatureStore(ToyEncoder(), tmp_path / "small")
    table = store.table(views)
    assert 0 < table.recomputed < 11
    assert store.forward_items == 11
    assert store.recomputed_items == 0
    assert (table.widths, table.depth) == (kept.widths, kept.depth)
    keys = ["i4", "i0", "i9", "i4"]
    for layer in (0, 1):
        assert table.counts(keys, layer).tolist() == kept.counts(keys, layer).tolist()
        assert torch.equal(table.stack(keys, layer), kept.stack(keys, layer))
    for key, one, other in zip(items, table.items(list(items)), kept.items(list(items)), strict=True):
        assert all(map(torch.equal, table.layers(key), kept.layers(key)))
        for name in ("layers", "spans", "segment", "window"):
            for x, y in zip(getattr(one, name), getattr(other, name), strict=True):
                assert x.dtype == y.dtype
                assert torch.equal(x, y)
    assert store.recomputed_items > 0
    before = store.recomputed_items
    assert store.table(views).recomputed == table.recomputed  # asked again, nothing is encoded
    assert (store.forward_items, store.recomputed_items) == (11, before)
    store.check_encoder()


def test_views_of_a_few_numbers_are_kept_whatever_the_budget(items, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "0")
    store = FeatureStore(ToyEncoder(), tmp_path)
    for view in (View("mean"), View("units", ((0, 2),))):
        assert not store.table({key: ItemView(items, key, view) for key in items}).recomputed
    assert store.recomputed_items == 0


def test_features_that_are_not_finite_are_found_in_the_first_pass(items, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "0")
    items["i3"][0, 0] = np.nan
    with pytest.raises(SuperbLiteError, match="not finite for item 'i3'"):
        FeatureStore(ToyEncoder(), tmp_path).table({k: ItemView(items, k, View("positions")) for k in items})


def test_a_search_is_refused_in_one_line(monkeypatch):
    monkeypatch.setenv(VARIABLE, "0")
    with pytest.raises(SuperbLiteError, match=f"reads every item once a query, and .* raise {VARIABLE}"):
        evaluate(ToyEncoder(width=8), search_task(utterances()), seeds=2)


def test_an_export_needs_no_room_in_the_cache(items, tmp_path, monkeypatch):
    encoder = ToyEncoder()
    export_features(encoder, items, tmp_path / "a", reference="toy", view="positions")
    monkeypatch.setenv(VARIABLE, "0")
    export_features(encoder, items, tmp_path / "b", reference="toy", view="positions")
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
