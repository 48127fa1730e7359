"""Homographs: two meanings each, told apart by their company alone, and sentences that the corpus has not."""

import random
import re
from collections import Counter
from itertools import chain

import pytest

from superb_lite_sources import english
from superb_lite_sources.english import opinions, people, places, senses, taxonomy
from superb_lite_sources.english.about_homographs import held_out_sentences, homograph_documents
from superb_lite_sources.english.documents import documents
from superb_lite_sources.english.homographs import HOMOGRAPHS
from superb_lite_sources.english.inflection import plural
from superb_lite_text.corpus import lite_tokenizer
from superb_lite_text.tokenizer import TextTokenizer

WORDS = [homograph.word for homograph in HOMOGRAPHS]
MEANINGS = [meaning for homograph in HOMOGRAPHS for meaning in homograph.meanings]


def test_there_are_twenty_and_no_meaning_says_anything_of_another():
    assert len(set(WORDS)) == len(WORDS) >= 20
    assert all(len(set(meaning.predicates)) == 10 for meaning in MEANINGS)
    repeated = Counter(chain.from_iterable(meaning.predicates for meaning in MEANINGS))
    assert max(repeated.values()) == 1
    for homograph in HOMOGRAPHS:
        first, second = homograph.meanings
        assert first.gloss != second.gloss
    for predicate in chain.from_iterable(meaning.predicates for meaning in MEANINGS):
        assert not set(re.findall(r"\w+", predicate)) & {*WORDS, *map(plural, WORDS)}, predicate


def test_no_task_of_glue_lite_asks_for_them():
    contrasts = (*senses.ADJECTIVES, *senses.VERBS, *senses.NOUNS)
    asked = {
        *(word for c in contrasts for sense in (c.left, c.right) for word in sense.words),
        *(word for contrast in contrasts for word in contrast.about),
        *(noun for category in taxonomy.CATEGORIES for noun in (category.name, *category.members)),
        *chain.from_iterable(people.COUPLES),
        *(word for job in people.PROFESSIONS for word in f"{job.name} {job.place} {job.tool}".split()),
        *(word for phrase in (*places.SPOTS, *places.TIMES) for word in phrase.split()),
        *opinions.PRAISE,
        *opinions.BLAME,
    }
    assert asked & set(WORDS) == set()


def test_their_documents_come_last_and_leave_the_others_as_they_were():
    written = list(documents(0))
    about_them = list(homograph_documents(random.Random(0)))
    assert all(any(f" {word} " in " ".join(d) for word in WORDS) for d in written[-len(about_them) :])
    before = written[: -len(about_them)]
    uses = Counter(re.findall(r"\w+", " ".join(chain.from_iterable(before))))
    assert all(uses[word] < 30 for word in WORDS)


def test_a_document_has_one_word_in_one_meaning():
    for document in homograph_documents(random.Random(3)):
        text = " ".join(document)
        (word,) = set(re.findall(r"\w+", text)) & set(WORDS)
        meanings = next(homograph for homograph in HOMOGRAPHS if homograph.word == word).meanings
        assert sum(any(predicate in text for predicate in meaning.predicates) for meaning in meanings) == 1
        assert 3 <= len(document) <= 4


def test_held_out_sentences_are_not_in_the_corpus_nor_are_their_pairs_of_predicates():
    corpus: dict[str, list[str]] = {word: [] for word in WORDS}
    for sentence in english.sentences(" ".join(english.corpus())):
        for word in set(re.findall(r"\w+", sentence)) & set(WORDS):
            corpus[word].append(sentence)
    held = held_out_sentences()
    assert Counter((s.word, s.sense) for s in held) == {(h.word, m.gloss): 5 for h in HOMOGRAPHS for m in h.meanings}
    assert len({s.text for s in held}) == len(held)
    for sentence in held[::3]:
        (homograph,) = (h for h in HOMOGRAPHS if h.word == sentence.word)
        (meaning,) = (m for m in homograph.meanings if m.gloss == sentence.sense)
        both = [predicate for predicate in meaning.predicates if predicate in sentence.text]
        assert len(both) == 2
        others = corpus[sentence.word]
        assert not [other for other in others if all(predicate in other for predicate in both)]
        assert all(any(predicate in other for other in others) for predicate in both)
        assert len(re.findall(rf"\b{sentence.word}\b", sentence.text)) == 1
    assert not any(english.quotes_corpus(sentence.text) for sentence in held)


def test_both_meanings_have_the_same_frames_and_no_predicate_twice():
    held = held_out_sentences()
    for homograph in HOMOGRAPHS:
        frames = []
        for meaning in homograph.meanings:
            texts = [s.text for s in held if (s.word, s.sense) == (homograph.word, meaning.gloss)]
            frames.append(sorted(re.sub(r"[A-Z]\w+", "N", text.split(homograph.word)[0]) for text in texts))
            assert {sum(predicate in text for text in texts) for predicate in meaning.predicates} == {1}
        assert frames[0] == frames[1]


@pytest.mark.parametrize("word", WORDS)
def test_the_lite_tokeniser_leaves_them_whole(word):
    assert len(TextTokenizer(lite_tokenizer()).encode([word])[0]) == 1
