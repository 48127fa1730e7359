import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite_text.corruption import (
    CORRUPTIONS,
    IGNORE,
    bart,
    document_rotation,
    mass,
    sentence_permutation,
    t5,
    text_infilling,
    token_deletion,
    token_masking,
)
from superb_lite_text.tokenizer import CLS, FIRST_SENTINEL, MASK, ORDINARY, SENTINELS, SEP

SENTENCES = st.lists(st.lists(st.integers(ORDINARY, ORDINARY + 40), min_size=1, max_size=12), min_size=1, max_size=5)
SEEDS = st.integers(0, 2**32 - 1)
TEXT = [[100 + n for n in range(start, start + 25)] for start in range(0, 100, 25)]


def flat(sentences):
    return [t for sentence in sentences for t in sentence]


def rng(seed):
    return np.random.default_rng(seed)


@given(SENTENCES, SEEDS)
def test_masking_keeps_every_place(sentences, seed):
    tokens = flat(sentences)
    found = token_masking(sentences, rng(seed))
    assert all(a in (b, MASK) for a, b in zip(found, tokens, strict=True))
    chance = rng(seed).random(len(tokens))
    assert [t == MASK for t in found] == [c < 0.3 for c in chance]


@given(SENTENCES, SEEDS)
def test_deletion_keeps_the_order(sentences, seed):
    tokens, found = flat(sentences), token_deletion(sentences, rng(seed))
    rest = iter(tokens)
    assert all(t in rest for t in found)
    assert 1 <= len(found) <= len(tokens)


@given(SENTENCES, SEEDS)
def test_permutation_keeps_the_sentences(sentences, seed):
    found = sentence_permutation(sentences, rng(seed))
    pieces = [tuple(sentences[i]) for i in rng(seed).permutation(len(sentences))]
    assert sorted(pieces) == sorted(map(tuple, sentences))
    assert found == flat(pieces)


@given(SENTENCES, SEEDS)
def test_rotation_is_a_rotation(sentences, seed):
    tokens, found = flat(sentences), document_rotation(sentences, rng(seed))
    assert any(found == tokens[n:] + tokens[:n] for n in range(len(tokens)))


@given(SENTENCES, SEEDS)
def test_infilling_leaves_the_rest_in_order(sentences, seed):
    tokens, found = flat(sentences), text_infilling(sentences, rng(seed))
    kept = [t for t in found if t != MASK]
    rest = iter(tokens)
    assert all(t in rest for t in kept)
    assert len(tokens) - len(kept) == max(1, round(0.3 * len(tokens)))
    assert MASK in found


def test_the_spans_of_infilling_are_poisson_distributed_and_fall_anywhere():
    spans, places = [], []
    for seed in range(2000):
        found, at = text_infilling(TEXT, rng(seed)), 100
        for token in found:
            if token == MASK:
                spans.append(0)
                places.append(at)
            else:
                spans[-1:] = [token - at] if spans and token != at else spans[-1:]
                at = token + 1
    # Neighbouring spans look like one here, and the last of a text is cut, so the mean is near 3, not 3.
    assert np.mean(spans) == pytest.approx(3.0, abs=0.4)
    assert np.percentile(places, 25) < 140 < 160 < np.percentile(places, 75)


def test_bart_permutes_and_fills_in():
    found = bart(TEXT, rng(3))
    assert MASK in found
    assert sorted(t for t in found if t != MASK) != [t for t in found if t != MASK]


@given(SENTENCES, SEEDS)
def test_what_is_rebuilt_is_the_original_text(sentences, seed):
    tokens = flat(sentences)
    for name in ("masking", "deletion", "permutation", "rotation", "infilling", "bart"):
        made = CORRUPTIONS[name](sentences, rng(seed))
        assert made.given == [CLS, *tokens]
        assert made.target == [*tokens, SEP]
        assert (made.source[0], made.source[-1]) == (CLS, SEP)


@given(SENTENCES, SEEDS)
def test_mass_asks_for_one_span_of_half_the_tokens(sentences, seed):
    tokens, made = flat(sentences), mass(sentences, rng(seed))
    asked = [i for i, t in enumerate(made.target) if t != IGNORE]
    assert asked == list(range(asked[0], asked[-1] + 1))
    assert len(asked) == max(1, round(len(tokens) / 2))
    for i, token in enumerate(tokens):
        assert made.source[i + 1] == (MASK if i in asked else token)
        assert made.given[i] == (tokens[i - 1] if i - 1 in asked else MASK)
        assert made.target[i] == (token if i in asked else IGNORE)


@given(SENTENCES, SEEDS)
def test_t5_says_what_each_sentinel_stands_for(sentences, seed):
    tokens, made = flat(sentences), t5(sentences, rng(seed))
    assert made.given == [CLS, *made.target[:-1]]
    assert made.target[-1] == SEP
    meaning, key = {}, None
    for token in made.target[:-1]:
        if FIRST_SENTINEL <= token < FIRST_SENTINEL + len(SENTINELS):
            key = token
            meaning[key] = []
        else:
            meaning[key].append(token)
    assert list(meaning) == list(range(FIRST_SENTINEL, FIRST_SENTINEL + len(meaning)))
    assert meaning.pop(key) == []  # the last one ends the answer
    assert flat([meaning.get(t, [t]) for t in made.source[1:-1]]) == tokens


def test_t5_has_sentinels_for_the_longest_text():
    long = [list(range(ORDINARY, ORDINARY + 500))]
    made = t5(long, rng(0))
    assert max(t for t in made.source if t < ORDINARY) == FIRST_SENTINEL + len(SENTINELS) - 2


def test_a_generator_decides_everything():
    for corrupt in CORRUPTIONS.values():
        assert corrupt(TEXT, rng(1)) == corrupt(TEXT, rng(1))
        assert any(corrupt(TEXT, rng(1)) != corrupt(TEXT, rng(s)) for s in range(2, 6))
