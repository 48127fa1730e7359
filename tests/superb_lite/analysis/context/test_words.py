"""Which words and sentences are looked at, and what is refused in one line."""

import pytest

from superb_lite import plugins
from superb_lite.analysis.context.words import FEWEST, find_word, for_map, make_word, named_word, own_word, table_words
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.occurrences import ContextSource, Occurrence

FOUND = [
    Occurrence(f"{sense}{n}", f"x{'bank' if n else 'Bank'} {sense} {n}", (1, 5), "bank", sense)
    for sense in ("money", "river")
    for n in range(4)
]


def given():
    return FOUND


def nothing():
    return ()


def twice():
    return [FOUND[0], FOUND[0]]


def source(load="given", kind="senses"):
    return ContextSource("s", "text", kind, "title", f"{__name__}:{load}")


def test_the_words_of_a_source_come_sense_after_sense():
    (word,) = table_words([source(), source(kind="example"), source(kind="categories")])
    assert (word.name, word.source) == ("bank", "title")
    assert word.senses == ("money",) * 4 + ("river",) * 4
    assert for_map(word, 3) == (0, 1, 2, 4, 5, 6)


@pytest.mark.parametrize(
    ("load", "why"), [("nothing", "no occurrences"), ("twice", "one id"), ("missing", "no attribute")]
)
def test_a_source_that_gives_nothing_good_is_one_line(load, why):
    with pytest.raises(SuperbLiteError, match=why):
        source(load).occurrences()


def test_a_word_is_found_by_name_and_an_unknown_one_offers_what_is_near():
    assert len(named_word("bank", [source(kind="example")]).occurrences) == 8
    with pytest.raises(
        SuperbLiteError, match=r"no sentences with 'bnak' are built in \(near: bank\): give --sentences"
    ):
        named_word("bnak", [source()])
    with pytest.raises(SuperbLiteError, match="near: bank"):
        named_word("ban", [source()])  # no part of a word in letters


def test_a_part_of_a_word_without_spaces_is_found():
    (lecture,) = (each for each in plugins.contexts("text") if each.name == "lecture")
    part = named_word("果", [lecture])
    assert {each.item[slice(*each.where)] for each in part.occurrences} == {"果"}
    assert len(part.occurrences) == 10


@pytest.mark.parametrize(
    ("word", "sentence", "where"),
    [
        ("bank", "Riverbanks. The Bank is near a bank.", (16, 20)),
        ("bank", "riverbanks", None),
        ("果", "吃苹果", (2, 3)),
        ("a.b", "aXb a.b", (4, 7)),
        ("", "anything", None),
    ],
)
def test_a_word_in_a_sentence(word, sentence, where):
    assert find_word(word, sentence) == where


def write(tmp_path, text):
    path = tmp_path / "own.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_sentences(tmp_path):
    lines = [f"{sense}\tthe bank {n} of {sense}\n" for n in range(FEWEST) for sense in ("money", "river")]
    word = own_word("bank", write(tmp_path, "\n".join(lines)), "text")
    assert word.senses == ("money",) * FEWEST + ("river",) * FEWEST
    assert {each.item[slice(*each.where)] for each in word.occurrences} == {"bank"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("money the bank\n", "line 1: write a sense, a tab"),
        ("money\ta bank\n\triver\n", "line 2: write a sense"),
        ("money\ta bank\nmoney\triverbanks\n", "line 2: the sentence has no 'bank'"),
        ("money\tbank\n" * 3, "met in 1 sense: at least two"),
        ("money\tbank\n" * 3 + "river\tbank\n" * 2, "2 sentences of sense 'river': 3 are needed"),
        ("", "met in 0 senses"),
    ],
)
def test_own_sentences_that_do_not_fit_are_one_line(tmp_path, text, why):
    with pytest.raises(SuperbLiteError, match=why) as error:
        own_word("bank", write(tmp_path, text), "text")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) <= 300


def test_own_sentences_are_texts(tmp_path):
    with pytest.raises(SuperbLiteError, match="--sentences holds texts, and the encoder takes speech"):
        own_word("bank", write(tmp_path, "money\tbank\n"), "speech")


def test_too_few_of_a_sense_are_refused():
    with pytest.raises(SuperbLiteError, match="1 sentence of sense 'river'"):
        make_word("bank", "s", FOUND[:5])
