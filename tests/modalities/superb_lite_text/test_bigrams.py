import itertools
import zlib
from collections import Counter

import pytest
import torch

from superb_lite.encoders.references import load_encoder
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite_text.bigrams import BigramsEncoder

TEXTS = {
    "x": (["a", "dog", "barks", "."], "A dog barks."),
    "y": (["\u5929", "\u6c14", "very", "\u597d", "\uff01"], "\u5929\u6c14 very\u597d\uff01"),
    "z": (["dog"], "dog"),
}


def hashed(gram, size):
    return zlib.crc32(gram.encode()) % size


def test_the_mean_feature_counts_words_and_their_bigrams():
    encoder = BigramsEncoder(size=64)
    texts = {key: text for key, (_, text) in TEXTS.items()}
    store = FeatureStore(encoder, None)
    layer = store.table({key: ItemView(texts, key, View("mean")) for key in texts}).stack(list(texts), 0)
    for row, (words, _) in zip(layer, TEXTS.values(), strict=True):
        padded = ["", *words, ""]
        bigrams = [f"{a} {b}" for a, b in itertools.pairwise(padded)]
        # A bigram of two tokens belongs to both of them, one with an end of the text to its one token.
        grams = Counter([*words, *bigrams, *bigrams[1:-1]])
        expected = torch.zeros(64)
        for gram, n in grams.items():
            expected[hashed(gram, 64)] += n / len(words)
        torch.testing.assert_close(row, expected)


def test_positions_cover_their_words_and_a_text_without_words_has_one():
    encoder = BigramsEncoder()
    found = encoder(encoder.collate(["A dog!", "\u5929 x", "\u200b"]))
    assert found.spans[0].tolist() == [[0, 1], [2, 5], [5, 6]]
    assert found.spans[1, :2].tolist() == [[0, 1], [2, 3]]
    assert found.mask.tolist() == [[True] * 3, [True, True, False], [True, False, False]]


def test_it_is_registered_and_has_no_weights():
    encoder = load_encoder("raw:bigrams")
    assert not list(encoder.parameters())
    assert BigramsEncoder(**encoder.config()).content_hash() == encoder.content_hash()
    assert BigramsEncoder(size=8).content_hash() != encoder.content_hash()


@pytest.mark.parametrize("other", ["the cat sat", "sat the cat"])
def test_word_order_shows(other):
    encoder = BigramsEncoder()
    means = [encoder(encoder.collate([text])).layers[0].sum(1) for text in ("the cat sat", other)]
    assert torch.equal(*means) == (other == "the cat sat")
