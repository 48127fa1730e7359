"""The language vector, planted in an encoder and found again."""

import numpy as np
import pytest
import torch

from superb_lite.analysis.crosslingual.alignment import reciprocal_ranks, without_mean
from superb_lite.analysis.crosslingual.contexts import find_occurrences, word_vectors
from superb_lite.analysis.crosslingual.vector import (
    converted,
    draw_questions,
    first_tokens,
    language_means,
    likeliest,
    token_owners,
    translated,
)
from superb_lite.encoders.layer_stack import LayerStack
from superb_lite.features.store import FeatureStore
from superb_lite.tasks.languages import Marked, Place
from tests.superb_lite.analysis.crosslingual.planted import LANGUAGES, WORDS, Planted, dictionary, sentences, word


def texts(language):
    return [sentence.text for sentence in sentences(language)]


@pytest.fixture(params=[False, True], ids=["tensors", "tuples"])
def encoder(request):
    return Planted(tuples=request.param)


def test_translations_are_first_once_the_mean_is_taken_away(encoder):
    store = FeatureStore(encoder, None)
    own = {
        each: word_vectors(store, find_occurrences(sentences(each), [word(each, n) for n in range(WORDS)]))
        for each in LANGUAGES[:2]
    }
    pairs = dictionary("a", "b")
    for layer in range(3):
        a = own["a"].rows([x for x, _ in pairs], layer, 0)
        b = own["b"].rows([y for _, y in pairs], layer, 1)
        assert reciprocal_ranks(without_mean(a), without_mean(b)).mean() == 1.0
        assert reciprocal_ranks(a, b).mean() < 0.9


def test_means_are_those_of_all_positions(encoder):
    stack = LayerStack(encoder, "a1 a1", name="planted")
    means = language_means(encoder, stack, ["a0 a1 a2", "a3"], batch_size=1)
    expected = encoder.embedding.weight[:4].double().mean(dim=0)
    assert means.shape == (3, 3 * WORDS)
    assert torch.allclose(means, expected.expand(3, -1), atol=1e-6)
    assert torch.allclose(means, language_means(encoder, stack, ["a0 a1 a2", "a3"]), atol=1e-6)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_at_alpha_one_everything_is_converted_and_translated(encoder, layer):
    stack = LayerStack(encoder, "a1 a1", name="planted")
    a, b = (language_means(encoder, stack, texts(each))[layer] for each in "ab")
    questions = draw_questions(sentences("a"), [word("a", n) for n in range(WORDS)], 12)
    assert len({q.text for q in questions}) == 12
    owners, right = token_owners(encoder, texts("a"), texts("b")), first_tokens(encoder, dictionary("a", "b"), ())
    shares = {}
    for alpha in (0.0, 0.2, 1.0):
        said = likeliest(encoder, stack, questions, layer=layer, shift=alpha * (b - a), batch_size=5)
        hits, guesses = translated(said, questions, right)
        shares[alpha] = (converted(said, owners).mean(), hits.mean(), guesses.mean())
    assert shares[0.0][:2] == shares[0.2][:2] == (0.0, 0.0)
    assert shares[1.0] == (1.0, 1.0, pytest.approx(1 / 12))


def test_a_vector_elsewhere_converts_nothing(encoder):
    stack = LayerStack(encoder, "a1 a1", name="planted")
    questions = draw_questions(sentences("a"), [word("a", n) for n in range(WORDS)], 8)
    a, b = (language_means(encoder, stack, texts(each))[0] for each in "ab")
    other = torch.nn.functional.normalize(torch.ones(3 * WORDS), dim=0) * (b - a).norm()
    said = likeliest(encoder, stack, questions, layer=0, shift=other)
    assert converted(said, token_owners(encoder, texts("a"), texts("b"))).mean() < 0.5


def test_tokens_that_both_languages_have_are_nobodys():
    encoder = Planted()
    owners = token_owners(encoder, ["a0 a1 c0", "a0 c0"], ["b0 b1 c0"])
    names = {name: owners[number] for number, name in enumerate(encoder.vocabulary)}
    assert (names["a0"], names["b1"], names["c0"], names["a9"]) == (0, 1, -1, -1)


def test_a_token_that_is_ten_times_as_frequent_is_of_its_language():
    owners = token_owners(Planted(), ["a0 " * 200 + "b0"], ["b0 " * 200 + "a0"])
    assert (owners[0], owners[WORDS]) == (0, 1)


def test_inflected_forms_of_a_translation_are_right_too():
    seen = (Marked("b5 b7", (Place("b2", 0, 2),)),)
    right = first_tokens(Planted(), [("a2", "b2"), ("a3", "b3")], seen)
    assert right == {"a2": {WORDS + 2, WORDS + 5}, "a3": {WORDS + 3}}


def test_questions_have_one_word_each_and_are_drawn_alike():
    first = draw_questions(sentences("a"), ["a1", "a2"], 10)
    assert sorted(q.place.word for q in first) == ["a1", "a2"]
    assert first == draw_questions(sentences("a"), ["a2", "a1"], 10)
    assert np.array([q.text[q.place.start : q.place.end] == q.place.word for q in first]).all()
