from __future__ import annotations

import pytest

from superb_lite_sources import sentences as grammar
from superb_lite_sources.sentences import Split, sentences

LISTS = (grammar.NOUNS, grammar.VERBS, grammar.ADJECTIVES, grammar.ADVERBS, grammar.NAMES, grammar.PLACES)
SHARED = {
    *grammar.DETERMINERS,
    *grammar.PREPOSITIONS,
    *grammar.NUMBERS,
    "and",
    "but",
    "because",
    "when",
    "while",
    "who",
}


def words(split: Split, seed: int) -> set[str]:
    return {word.strip(",") for sentence in sentences(split, 400, seed=seed) for word in sentence.split()}


@pytest.mark.parametrize("split", ["pretraining", "train", "test"])
def test_sentences_are_different_and_depend_on_the_seed_alone(split: Split):
    first = sentences(split, 300, seed=0)
    assert len(set(first)) == 300
    assert first == sentences(split, 300, seed=0)
    assert first != sentences(split, 300, seed=1)


def test_no_sentence_is_in_two_splits_whatever_the_seed():
    splits: tuple[Split, ...] = ("pretraining", "train", "test")
    pools = [{s for seed in range(3) for s in sentences(split, 500, seed=seed)} for split in splits]
    assert sum(map(len, pools)) == len(set.union(*pools))


def test_content_words_of_the_test_split_are_never_heard_before():
    heard = words("pretraining", 0) | words("train", 1)
    tested = words("test", 2)
    common = tested & heard - SHARED
    # A plural of one list may be a word of another ("loves" is a verb); none may be a word of the test lists.
    listed = {word for words_ in LISTS for word in grammar.words_of(words_, "test")}
    assert common & listed == set()
    assert len(tested & listed) > 60


def test_every_split_has_words_of_every_kind():
    for words_ in LISTS:
        for split in ("pretraining", "test"):
            assert len(grammar.words_of(words_, split)) >= 5, words_[0]
