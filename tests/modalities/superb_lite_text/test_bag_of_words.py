from collections import Counter

import pytest

from superb_lite.encoders.references import load_encoder
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite_text.bag_of_words import BagOfWordsEncoder
from tests.modalities.superb_lite_text.text_models import SPECIFICATION, ids


def test_the_mean_feature_is_the_share_of_each_word():
    kept = [*ids("dogs"), *ids("天")]
    texts = {"x": "dogs 天 dogs 地", "y": "天", "z": "地 dogs" * 200}
    store = FeatureStore(BagOfWordsEncoder(SPECIFICATION, kept), None)
    layer = store.table({key: ItemView(texts, key, View("mean")) for key in texts}).stack(list(texts), 0)
    for row, text in zip(layer, texts.values(), strict=True):
        counts = Counter(ids(text))
        known = [counts[i] for i in kept]
        total = sum(counts.values())
        assert row.tolist() == pytest.approx([n / total for n in (total - sum(known), *known)])


def test_it_has_a_fixed_size_and_no_weights():
    encoder = load_encoder("raw:bag-of-words")
    assert not list(encoder.parameters())
    features = encoder(encoder.collate(["天地", "the"]))
    assert features.layers[0].shape[-1] == 1001
    again = BagOfWordsEncoder(**encoder.config())
    assert again.content_hash() == encoder.content_hash()
