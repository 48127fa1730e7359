"""`clue-lite/qa`: cloze questions with one answer that nothing but the text gives away."""

from __future__ import annotations

import random

import pytest

from superb_lite.metrics import metric
from superb_lite.tasks.labels import Answer
from superb_lite_glue.cloze import BLANK, CANDIDATES, LONGEST, TEST, clozes, names_and_nouns, qa
from superb_lite_glue.clue_lite import sample
from superb_lite_sources import chinese


@pytest.fixture(scope="module")
def questions():
    return sample(clozes("test"), TEST)


def test_the_answer_fills_the_blank_of_a_sentence_that_the_document_does_not_hold(questions):
    sentences = {s.text for s in chinese.news("test")}
    for cloze in questions:
        assert cloze.question.count(BLANK) == 1
        sentence = cloze.question.replace(BLANK, cloze.answer)
        assert sentence in sentences
        assert sentence not in cloze.document


def test_the_answer_is_unique_in_the_document_and_not_in_the_question(questions):
    for cloze in questions:
        assert cloze.document.count(cloze.answer) == 1
        assert cloze.document[cloze.start :].startswith(cloze.answer)
        assert cloze.answer not in cloze.question
        assert len(cloze.document) <= LONGEST


def test_other_words_could_as_well_be_the_answer(questions):
    for cloze in questions:
        assert len(cloze.others) >= CANDIDATES
        for word, start in cloze.others.items():
            assert cloze.document.find(word) == start == cloze.document.rfind(word)
            assert word not in cloze.question + cloze.answer


def test_documents_are_made_of_sentences_of_their_own_part():
    """What is tested is in no other part: neither a question nor any sentence of a document."""
    seen = {s.text for part in ("train", "pretrain") for s in chinese.news(part)}
    for block, documents in _documents("test").items():
        sentences = {s.text for s in chinese.news("test") if s.block == block}
        assert sentences.isdisjoint(seen)
        for document in documents:
            left = document
            for sentence in sorted(sentences, key=len, reverse=True):
                left = left.replace(sentence, "")
            assert not left


def _documents(part):
    found: dict[str, set[str]] = {}
    for cloze in list(clozes(part))[:200]:
        found.setdefault(cloze.block, set()).add(cloze.document)
    return found


def test_trivial_answers_are_mostly_wrong(questions):
    """The baselines that docs/data.md names, exact match: a random candidate, the first and the last one."""
    draw = random.Random(0)

    def exact_match(choose):
        predictions = []
        for cloze in questions:
            word, start = choose(
                sorted({**cloze.others, cloze.answer: cloze.start}.items(), key=lambda found: found[1])
            )
            predictions.append(Answer(start, start + len(word), word))
        return metric("exact_match").score([cloze.example() for cloze in questions], predictions, ())

    assert exact_match(draw.choice) < 0.08
    assert exact_match(lambda found: found[0]) < 0.15
    assert exact_match(lambda found: found[-1]) < 0.1


def test_the_answer_stands_anywhere_in_the_document(questions):
    place = [cloze.start / len(cloze.document) for cloze in questions]
    for fifth in range(5):
        assert 0.15 < sum(fifth <= 5 * p < fifth + 1 for p in place) / len(place) < 0.3


def test_a_name_is_one_word_and_single_characters_are_none():
    words = (("李", "nr"), ("鹏", "nr"), ("在", "p"), ("北京", "ns"), ("邓小平", "nr"), ("人", "n"), ("说", "v"))
    assert names_and_nouns(words) == [(0, "李鹏"), (3, "北京"), (5, "邓小平")]


def test_a_paragraph_has_at_most_one_question_and_the_task_holds_a_thousand():
    data = qa(None)
    assert len(data.test) == TEST
    lines = [example.id.split("-")[1] for example in (*data.train, *data.test)]
    assert len(set(lines)) == len(lines)
    assert all(example.cluster.startswith("news-block-") for example in data.test)
