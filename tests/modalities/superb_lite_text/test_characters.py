from collections import Counter

import pytest
import torch

from superb_lite.encoders.references import load_encoder
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite_text.characters import CharactersEncoder


def test_the_mean_feature_is_the_share_of_each_character():
    texts = {"x": "aabc?", "y": "c", "z": "??bb" * 200}
    store = FeatureStore(CharactersEncoder(["a", "b", "c"]), None)
    layer = store.table({key: ItemView(texts, key, View("mean")) for key in texts}).stack(list(texts), 0)
    for row, text in zip(layer, texts.values(), strict=True):
        counts = Counter(text)
        expected = [counts["?"], counts["a"], counts["b"], counts["c"]]
        assert row.tolist() == pytest.approx([n / len(text) for n in expected])


def test_units_are_single_characters():
    view = View("units", ((0, 1), (2, 3), (0, 2)))
    table = FeatureStore(CharactersEncoder(["a", "b"]), None).table({"x": ItemView({"x": "ab?"}, "x", view)})
    layer = table.stack(["x"], 0)
    assert layer.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0.5, 0.5]]


def test_it_has_a_fixed_size_and_no_weights():
    encoder = load_encoder("raw:characters")
    assert not list(encoder.parameters())
    features = encoder(encoder.collate(["天地", "的"]))
    assert features.layers[0].shape == (2, 2, 1001)
    assert features.mask.tolist() == [[True, True], [True, False]]
    again = CharactersEncoder(**encoder.config())
    assert torch.equal(again(again.collate(["天地"])).layers[0], encoder(encoder.collate(["天地"])).layers[0])
