"""The English corpus: what is in it, and that it is English."""

import re
import subprocess
import sys
from collections import Counter
from itertools import chain

import pytest

from superb_lite_sources import english
from superb_lite_sources.english import opinions, people, places, senses, taxonomy
from superb_lite_sources.english.documents import documents
from superb_lite_sources.english.inflection import plural

CONTRASTS = (*senses.ADJECTIVES, *senses.VERBS, *senses.NOUNS)
LEXICON = (
    *(word for contrast in CONTRASTS for sense in (contrast.left, contrast.right) for word in sense.words),
    *(noun for category in taxonomy.CATEGORIES for noun in (category.name, *category.members)),
    *(word for country in places.COUNTRIES for word in (country.name, country.people, *country.cities)),
    *places.SPOTS,
    *places.TIMES,
    *opinions.PRAISE,
    *opinions.BLAME,
    *chain.from_iterable(people.COUPLES),
    *people.MEN,
    *people.WOMEN,
    *people.DEEDS,
    *(word for job in people.PROFESSIONS for word in (job.name, job.place)),
)


@pytest.fixture(scope="module")
def corpus():
    return english.corpus()


def test_it_is_of_the_size_announced_and_each_document_has_several_sentences(corpus):
    assert 2_000_000 < sum(map(len, corpus)) < 2_600_000
    lengths = Counter(len(english.sentences(document)) for document in corpus)
    assert min(lengths) >= 2
    assert sum(n for length, n in lengths.items() if length >= 3) > len(corpus) / 2


def test_it_is_the_same_in_every_process(corpus):
    code = "from superb_lite_sources import english; import hashlib; "
    code += "print(hashlib.sha256('|'.join(english.corpus()).encode()).hexdigest())"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, **PATH},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


PATH = {"PYTHONPATH": ":".join(sys.path)}


def test_another_seed_writes_other_documents():
    assert next(iter(documents(0))) == next(iter(documents(0)))
    assert next(iter(documents(0))) != next(iter(documents(1)))


def test_every_word_of_the_lexicon_occurs_often_enough_to_be_learnt(corpus):
    text = " ".join(corpus).lower()
    words = Counter(re.findall(r"[\w'-]+", text))

    def occurrences(word):
        return text.count(word) if " " in word else words[word] + words[plural(word)]

    rare = {word: occurrences(word.lower()) for word in LEXICON if occurrences(word.lower()) < 8}
    assert rare == {}


def test_sentences_are_written_as_english_is(corpus):
    for document in corpus:
        for sentence in english.sentences(document):
            assert re.fullmatch(r"[A-Z][^{}|_]*[\w)][.?!]", sentence.strip()), document
    text = " ".join(corpus)
    assert "  " not in text
    assert re.findall(r"\ba [aeio]\w+", text) == []
    assert set(re.findall(r"\ban ([^aeio\W]\w*)", text)) <= silent(text)


def silent(text):
    """Words with a silent h, or a u that is spoken as a vowel."""
    return {w for w in re.findall(r"\ban (\w+)", text) if w.startswith(("hon", "hour", "heir", "un", "ug", "up", "um"))}


def test_number_agrees_wherever_a_demonstrative_shows_it(corpus):
    """Read back by another rule than the one it was written by: a plural is not in the lexicon of singulars."""
    singular = {noun for category in taxonomy.CATEGORIES for noun in category.members}
    singular |= {role for couple in people.COUPLES for role in couple} | {job.name for job in people.PROFESSIONS}
    same = {"sheep", "salmon", "trout", "cod"}
    text = " ".join(corpus).lower()
    assert len(re.findall(r"\bthese (\w+)", text)) > 50
    assert set(re.findall(r"\bthese (\w+)", text)) & singular <= same
    assert set(re.findall(r"\bevery (\w+) \w+s\b", text)) & singular
    for noun, verb in re.findall(r"\bthis (\w+) (\w+) (?:in|on|at) the", text):
        assert noun in singular
        assert verb.endswith("s")


def test_pronouns_have_the_gender_of_their_role(corpus):
    he = {he for he, _ in people.COUPLES}
    she = {she for _, she in people.COUPLES}
    found = re.findall(
        r"\b[Tt]he (\w+) (?:was proud of|looked at|hurt|kept the \w+ for) (himself|herself)", " ".join(corpus)
    )
    assert len(found) > 100
    assert all(role in (he if pronoun == "himself" else she) for role, pronoun in found)


def test_praise_stands_with_pleased_people_and_blame_with_cross_ones(corpus):
    pleased = [d for d in corpus if "gave it five stars" in d]
    praised = sum(len(set(re.findall(r"[\w-]+", d)) & set(opinions.PRAISE)) for d in pleased)
    blamed = sum(len(set(re.findall(r"[\w-]+", d)) & set(opinions.BLAME)) for d in pleased)
    assert praised > 100
    assert praised > 5 * blamed


def test_a_quotation_is_found_whatever_its_case_and_punctuation(corpus):
    sentence = english.sentences(corpus[0])[1].strip()
    assert english.quotes_corpus(sentence)
    assert english.quotes_corpus(f"Something else was said. {sentence.upper()}")
    assert not english.quotes_corpus("Something else was said.")
