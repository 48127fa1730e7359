"""xtreme-lite: parallel in all languages, balanced, right by the rules of the world, and in no corpus."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from superb_lite.tasks.labels import Answer, Example, TaskData
from superb_lite_glue.xtreme_lite import XTREME_LITE, held_out, nli, qa
from superb_lite_sources import world
from superb_lite_sources.world import qualities, things
from superb_lite_text.corpus import split_sentences

TASKS = {task.name.removeprefix("xtreme-lite/"): task for task in XTREME_LITE}
EVERY = tuple(TASKS)


def answer(example: Example) -> Answer:
    (found,) = example.label  # type: ignore[misc]
    return found  # type: ignore[return-value]


def data(name: str) -> TaskData:
    return TASKS[name].data()


def test_each_language_has_both_tasks() -> None:
    assert set(EVERY) == {f"{kind}-{language}" for kind in ("qa", "nli") for language in world.LANGUAGES}
    assert TASKS["qa-zh"].language == "zh"
    assert TASKS["qa-own"].language == ""


@pytest.mark.parametrize("name", EVERY)
def test_sizes_and_ids(name: str) -> None:
    train, test = data(name).train, data(name).test
    assert len(test) >= 800
    assert len({e.id for e in (*train, *test)}) == len(train) + len(test)
    if name.startswith("nli"):
        for part in (train, test):
            assert len(set(Counter(e.label for e in part).values())) == 1
        assert len(train) // 3 >= 300
    else:
        assert len(train) >= 1000


@pytest.mark.parametrize("name", EVERY)
def test_no_sentence_is_in_a_corpus_or_held_out(name: str) -> None:
    language = name.split("-")[1]
    known = {*world.sentences(language, "pretrain"), *world.sentences(language, "held_out")}
    items = [data(name).items[i] for e in data(name).test for i in e.items]
    texts = [text for item in items for text in (item if isinstance(item, tuple) else (item,))]
    said = {sentence.strip() for text in texts for sentence in split_sentences(text)}
    assert len(said) > 600
    assert said.isdisjoint(known)


@pytest.mark.parametrize("kind", ["qa", "nli"])
def test_all_languages_say_the_same(kind: str) -> None:
    english, fake = data(f"{kind}-en"), data(f"{kind}-fake")
    for one, other in zip(english.test[:100], fake.test[:100], strict=True):
        for mine, theirs in zip(one.items, other.items, strict=True):
            told, shifted = english.items[mine], fake.items[theirs]
            whole, whole_shifted = (" ".join(x) if isinstance(x, tuple) else x for x in (told, shifted))
            assert whole_shifted == world.in_english.shifted(whole)
    for language in world.LANGUAGES:
        assert [e.id for e in data(f"{kind}-{language}").test] == [e.id for e in english.test]
        if kind == "nli":
            assert [e.label for e in data(f"nli-{language}").test] == [e.label for e in english.test]


def test_answers_are_the_same_concept_in_every_language() -> None:
    for language in ("zh", "own"):
        words = dict(world.dictionary("en", language))
        for one, other in zip(data("qa-en").test, data(f"qa-{language}").test, strict=True):
            assert answer(other).text.startswith(words[answer(one).text])


@pytest.mark.parametrize("language", world.LANGUAGES)
def test_answers_stand_where_they_are_said_to(language: str) -> None:
    found = data(f"qa-{language}")
    for example in found.test:
        question, document = found.items[example.items[0]]
        start, end, text = answer(example)
        assert document[start:end] == text != ""
        assert text not in question


def test_an_english_question_is_answered_by_the_sentence_that_it_asks_about() -> None:
    found = data("qa-en")
    for example in found.test:
        question, document = found.items[example.items[0]]
        sentences = [sentence.strip() for sentence in split_sentences(document)]
        start, _, text = answer(example)
        told = next(s for s in sentences if document.index(s) <= start < document.index(s) + len(s))
        who, thing, place, time = re.fullmatch(r"(\w+) \w+ the (\w+) \w+ the (\w+) \w+ (\w+)\.", told).groups()  # type: ignore[union-attr]
        asked = question.split()[0]
        assert text == {"Who": who, "What": thing, "Where": place, "When": time}[asked]
        if asked != "What":
            assert f"the {thing}?" in question
            assert sum(f"the {thing} " in sentence for sentence in sentences) == 1
        if asked != "Who":
            assert f"did {who} " in question
        # The person alone, and the kind of answer alone, say nothing.
        assert sum(sentence.startswith(who) for sentence in sentences) == 2
        assert len(sentences) == 4


def test_every_kind_of_question_is_asked() -> None:
    asked = Counter(ask.asked for _, ask in qa._asked("test"))
    assert min(asked.values()) > 100


def test_the_label_of_a_pair_follows_by_the_world() -> None:
    found = data("nli-en")
    pattern = r"The (\w+) of (\w+) is (not )?(?:an? )?(\w+)\."
    for example in found.test:
        premise, hypothesis = (found.items[i] for i in example.items)
        told = {owner: value for _, owner, _, value in re.findall(pattern, premise)}
        ((_, owner, negative, value),) = re.findall(pattern, hypothesis)
        assert len(told) == 2
        known = told[owner]
        if value in qualities.OPPOSITE:
            same, excluded = value == known, qualities.OPPOSITE.get(known) == value
        else:
            same = known in things.CATEGORY_OF and things.CATEGORY_OF[known].name == value
            excluded = known in things.CATEGORY_OF and not same
        wanted = nli.NEUTRAL
        if same or excluded:
            wanted = nli.ENTAILMENT if same != bool(negative) else nli.CONTRADICTION
        assert example.label == wanted


def test_no_hypothesis_says_its_label() -> None:
    counts: dict[str, Counter[int]] = {}
    for example in data("nli-en").test:
        value = data("nli-en").items[example.items[1]].split(" is ")[1]
        counts.setdefault(value, Counter())[example.label] += 1  # type: ignore[index]
    assert all(len(set(labels.values())) == 1 and len(labels) == 3 for labels in counts.values())


def test_words_of_the_test_have_no_label_in_training() -> None:
    def names(example: Example, found: TaskData) -> set[str]:
        return set(re.findall(r"\w+", " ".join(str(found.items[i]) for i in example.items)))

    for name, words in (
        ("qa-en", {*held_out.names("test"), *(m for of in held_out.members("test").values() for m in of)}),
        ("nli-en", {*held_out.names("test"), *(m for of in held_out.members("test").values() for m in of)}),
    ):
        found = data(name)
        assert set().union(*(names(e, found) for e in found.train)).isdisjoint(words)
        assert len(set().union(*(names(e, found) for e in found.test)) & words) > 50
    assert not {a for a, _ in held_out.scales("train")} & {a for a, _ in held_out.scales("test")}
