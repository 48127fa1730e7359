"""Words as means over sentences, each sentence encoded once."""

import torch

from superb_lite.analysis.crosslingual.contexts import MOST, find_occurrences, word_vectors
from superb_lite.analysis.crosslingual.occurrences import mark
from superb_lite.features.store import FeatureStore
from tests.superb_lite.analysis.tiny_texts import tiny_bert

WORDS = ("fox", "dog", "hen", "lazy")
SENTENCES = ("the fox", "a dog and a fox", "the dog", "the lazy fox", "no dog", "dog fox")


def test_every_other_sentence_is_of_the_other_half():
    found = find_occurrences(mark(SENTENCES, WORDS), ["fox", "dog", "hen"])
    assert found.counts == {"fox": (1, 3), "dog": (2, 2)}
    assert found.halves == (0, 1, 0, 1, 0, 1)
    assert find_occurrences(mark(("a fox", "a hen"), WORDS), ["fox", "hen"]).counts == {"fox": (1, 0), "hen": (0, 1)}


def test_only_so_many_occurrences_are_used():
    found = find_occurrences(mark(["the fox"] * 100, WORDS), ["fox"])
    assert found.counts == {"fox": (MOST, MOST)}
    assert len(found.sentences) == 2 * MOST


def test_vectors_are_means_of_the_positions_of_a_word():
    encoder = tiny_bert()
    store = FeatureStore(encoder, None, batch_size=2)
    vectors = word_vectors(store, find_occurrences(mark(SENTENCES, WORDS), ["fox", "dog"]))
    assert store.forward_items == len(SENTENCES)
    with torch.no_grad():
        for layer in range(2):
            for word, half, where in (("fox", 0, [0]), ("fox", 1, [1, 3, 5]), ("dog", 0, [2, 4])):
                slow = []
                for number in where:
                    text = SENTENCES[number]
                    features = encoder(encoder.collate([text]))
                    start = text.index(word)
                    inside = [
                        place
                        for place, (first, last) in enumerate(features.spans[0].tolist())
                        if start <= first < last <= start + len(word)
                    ]
                    slow.append(features.layers[layer][0, inside].mean(dim=0))
                assert torch.allclose(vectors.rows([word], layer, half)[0], torch.stack(slow).mean(dim=0), atol=2e-3)


def test_a_word_of_one_half_is_left_out():
    vectors = word_vectors(FeatureStore(tiny_bert(), None), find_occurrences(mark(SENTENCES, WORDS), ["fox", "lazy"]))
    assert list(vectors.number) == ["fox"]
