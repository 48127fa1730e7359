"""The small world: an exact dictionary, parallel sentences that are in no document, languages that share nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_sources import english, world
from superb_lite_sources.world import LANGUAGES, in_english, things
from superb_lite_sources.world.propositions import Act, Ask, Be, Lie, Live, part_of

ACT = Act("Anna", "eat", "pear", "", "kitchen", "Monday")
COUNTED = Act("nurse", "buy", "violin", "three", "Paris", "noon")


@pytest.mark.parametrize("a", LANGUAGES)
@pytest.mark.parametrize("b", LANGUAGES)
def test_the_dictionary_is_one_to_one(a: str, b: str) -> None:
    words = world.dictionary(a, b)
    assert len(words) == len(world.CONCEPTS) > 850
    assert len({one for one, _ in words}) == len({other for _, other in words}) == len(words)
    assert world.dictionary(b, a) == [(other, one) for one, other in words]
    assert all(re.fullmatch(r"\w+", word) for pair in words for word in pair)


def test_words_are_translated() -> None:
    both = zip(world.dictionary("en", "fake"), world.dictionary("en", "zh"), strict=True)
    found = {en: (fake, zh) for (en, fake), (_, zh) in both}
    assert found["owl"] == ("оцл", "猫头鹰")
    assert (found["hospital"][1], found["three"][1], found["Paris"][1]) == ("医院", "三", "巴黎")


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        (ACT, "Anna ate the pear in the kitchen on Monday.", "星期一安娜在厨房里吃了梨。"),
        (COUNTED, "The nurse bought three violins in Paris at noon.", "中午护士在巴黎买了三件小提琴。"),
        (Be("gift", "owl", "Anna"), "The gift of Anna is an owl.", "安娜的礼物是猫头鹰。"),
        (Be("gift", "sweet", "Anna", True), "The gift of Anna is not sweet.", "安娜的礼物不是甜的。"),
        (Be("Anna", "nurse"), "Anna is a nurse.", "安娜是护士。"),
        (Be("prize", "furniture", "Max"), "The prize of Max is furniture.", "麦克斯的奖品是家具。"),
        (Live("Anna", "Japan"), "Anna lives in Japan.", "安娜住在日本。"),
        (Lie("Osaka", "Japan"), "Osaka is in Japan.", "大阪在日本。"),
        (Ask(ACT, "where"), "Where did Anna eat the pear?", "安娜在哪里吃了梨？"),
        (Ask(ACT, "who"), "Who ate the pear?", "谁吃了梨？"),
        (Ask(COUNTED, "what"), "What did the nurse buy?", "护士买了什么？"),
        (Ask(ACT, "when"), "When did Anna eat the pear?", "安娜什么时候吃了梨？"),
    ],
)
def test_what_is_said(said: Act | Be | Live | Lie | Ask, en: str, zh: str) -> None:
    assert world.write("en", said).text == en
    assert world.write("zh", said).text == zh
    assert world.write("fake", said).text == in_english.shifted(en)
    assert in_english.unshifted(in_english.shifted(en)) == en


def test_our_own_language_puts_the_verb_last_and_marks_the_object() -> None:
    words = dict(world.dictionary("en", "own"))
    said = world.write("own", ACT).text.removesuffix("।").split()
    stems = [words[concept] for concept in ("Monday", "Anna", "kitchen", "pear", "eat")]
    assert all(word.startswith(stem) for word, stem in zip(said, stems, strict=True))
    assert said[1] == stems[1]
    assert said[3] == stems[3] + "ი" != stems[3]


def test_held_out_sentences_are_parallel() -> None:
    told = {language: world.marked(language) for language in LANGUAGES}
    assert len({len(sentences) for sentences in told.values()}) == 1
    for together in zip(*told.values(), strict=True):
        concepts = [Counter(found.concept for found in sentence.occurrences) for sentence in together]
        assert all(one == concepts[0] for one in concepts)
    counts = Counter(found.concept for sentence in told["en"] for found in sentence.occurrences)
    assert min(counts[concept] for concept in world.CONCEPTS) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_occurrences_are_where_the_word_stands(language: str) -> None:
    words = {concept: word for concept, (_, word) in zip(world.CONCEPTS, world.dictionary("en", language), strict=True)}
    as_it_is = total = 0
    for text, occurrences in world.marked(language)[:2000]:
        assert [o.start for o in occurrences] == sorted(o.start for o in occurrences)
        for concept, start, end in occurrences:
            assert text[start:end].strip() == text[start:end] != ""
            as_it_is += text[start:end] == words[concept]
            total += 1
            if language in ("own", "zh"):
                assert text[start:end].startswith(words[concept])
    # English has plurals and the past, our own language endings; Chinese has no forms.
    assert as_it_is == total if language == "zh" else total / 5 < as_it_is < total


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_held_out_is_in_a_document(language: str) -> None:
    held = world.sentences(language, "held_out")
    assert len(set(held)) == len(held) > 5000
    documents = "\n".join(world.documents(language))
    assert set(held).isdisjoint(world.sentences(language, "pretrain"))
    assert not any(sentence in documents for sentence in held[:500])
    assert not set(world.documents(language, part="held_out")) & set(world.documents(language))


def test_no_language_translates_the_documents_of_another() -> None:
    real = set(map(in_english.shifted, world.sentences("en", "pretrain")))
    fake = world.sentences("fake", "pretrain")
    # Short ones (answers, general truths) are said by chance.
    assert sum(sentence in real for sentence in fake) < 0.2 * len(fake)
    assert not set(map(in_english.shifted, world.documents("en"))) & set(world.documents("fake"))
    parallel = world.documents("en", parallel=True)[:20]
    assert world.documents("fake", parallel=True)[:20] == tuple(map(in_english.shifted, parallel))


def test_languages_share_no_character() -> None:
    used = [set("".join(world.documents(language)[:2000])) - {" "} for language in LANGUAGES]
    for number, one in enumerate(used):
        assert all(one.isdisjoint(other) for other in used[number + 1 :])


def test_sentences_are_split_where_they_end() -> None:
    from superb_lite_text.corpus import split_sentences

    for language in LANGUAGES:
        document = world.documents(language)[0]
        parts = [part.strip() for part in split_sentences(document)]
        assert len(parts) >= 3
        assert set(parts) <= set(world.sentences(language, "pretrain"))


def test_fake_english_is_a_bijection() -> None:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.?, "
    assert len(set(in_english.shifted(letters))) == len(letters)
    with pytest.raises(SuperbLiteError, match="fake English has letters"):
        in_english.shifted("7")


def test_most_english_words_are_those_of_the_grammar() -> None:
    known = set(re.findall(r"[\w']+", " ".join(english.corpus()).lower()))
    assert sum(concept.lower() in known for concept in world.CONCEPTS) > 0.8 * len(world.CONCEPTS)


def test_what_is_done_to_a_thing_goes_by_its_category() -> None:
    for document in world.documents("en")[:300]:
        for verb, thing in re.findall(r"\w+ (ate|melted|drove) the (\w+)", document):
            category = things.CATEGORY_OF[thing].name
            allowed = {"ate": ("fruit", "vegetable", "dish"), "melted": ("metal",), "drove": ("vehicle",)}
            assert category in allowed[verb]


def test_parts_go_by_what_is_said() -> None:
    gift = Be("gift", "owl", "Anna")
    assert part_of(gift) == part_of(gift._replace(value="sweet", negative=True))
    parts = Counter(part_of(ACT._replace(what=thing)) for thing in things.CATEGORY_OF)
    assert parts["pretrain"] > 5 * parts["task"] > 0


def test_unknown_names() -> None:
    with pytest.raises(SuperbLiteError, match="unknown language 'de': the world is told in en, fake, own, zh"):
        world.dictionary("de", "en")
    with pytest.raises(SuperbLiteError, match="not 'task'"):
        world.sentences("en", "task")


def test_another_process_writes_the_same() -> None:
    program = (
        "from superb_lite_sources import world; import hashlib;"
        "from superb_lite_sources.world.stories import stories;"
        "said = [one for story in stories('x', 200, 'task') for one in story];"
        "told = [world.write(language, one) for language in world.LANGUAGES for one in said];"
        "print(hashlib.sha256(str(told).encode()).hexdigest())"
    )
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in "ab"]
    assert runs[0].stdout == runs[1].stdout
