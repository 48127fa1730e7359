"""Masked accuracy by part of speech, with a model that knows what it is told."""

import pytest
import torch

from superb_lite.analysis.embryology.masked import accuracies, right_words
from superb_lite.encoders.masked import MaskedTokens
from superb_lite.tasks.tagged_words import TaggedWord, WordSource

SOURCE = WordSource(
    name="toy",
    modality="text",
    language="en",
    tags={"noun": "content", "verb": "content", "article": "function"},
    load="tests.superb_lite.analysis.embryology.test_masked_words:words",
    description="words",
    source="made up",
)
SENTENCES = ("the dog sleeps", "the cat eats", "a dog eats", "a cow sleeps")


def words(each):
    found = []
    for number, text in enumerate(SENTENCES):
        start = 0
        for word, tag in zip(text.split(), ("article", "noun", "verb"), strict=True):
            found.append(TaggedWord(text, start, start + len(word), tag, f"document {number // 2}"))
            start += len(word) + 1
    return [word for tag in SOURCE.tags for word in [w for w in found if w.tag == tag][:each]]


class Knows:
    """Predicts some words, letter by letter; a letter that it does not know is taken for "?"."""

    vocabulary = ("?", *"abcdefghijklmnopqrstuvwxyz")

    def __init__(self, *known):
        self.known = known

    def token_ids(self, texts):
        raise NotImplementedError

    def predict_masked(self, texts, spans):
        return [self._one(text, *its[0]) for text, its in zip(texts, spans, strict=True)]

    def _one(self, text, start, end):
        word = text[start:end]
        token = torch.tensor([self.vocabulary.index(letter) for letter in word])
        # Of a word that it does not know all letters but the last are right.
        said = token.clone()
        if word not in self.known:
            said[-1] = 0
        scores = torch.zeros(len(word), len(self.vocabulary))
        scores[torch.arange(len(word)), said] = 1.0
        places = torch.arange(start, end)
        return MaskedTokens(token, torch.stack([places, places + 1], 1), torch.zeros(len(word)).long(), scores)


@pytest.mark.parametrize("batch_size", [1, 5, 100])
def test_a_word_is_right_where_all_of_its_pieces_are(batch_size):
    asked = words(10)
    right = right_words(Knows("the", "a", "dog"), asked, batch_size=batch_size)
    assert [word.text[word.start : word.end] in ("the", "a", "dog") for word in asked] == right


def test_accuracies_are_shares_of_words_by_tag_and_by_class():
    asked = SOURCE.words(10)
    found = accuracies(SOURCE, asked, right_words(Knows("the", "dog", "eats"), asked))
    assert {name: sample.estimate for name, sample in found.items()} == {
        "toy:noun": 0.5,
        "toy:verb": 0.5,
        "toy:article": 0.5,
        "toy:all content": 0.5,
    }
    assert set(found) == set(SOURCE.questions)
    # the, the | a, a: everything of one document is right, nothing of the other; nouns are half and half.
    assert found["toy:article"].values.tolist() == [[1.0, 0.0]]
    assert found["toy:noun"].values.tolist() == [[0.5, 0.5]]
    assert found["toy:noun"].clusters == ("document 0", "document 1")


def test_a_tag_of_one_document_says_nothing():
    assert "toy:noun" not in accuracies(SOURCE, words(2), [True] * 6)
