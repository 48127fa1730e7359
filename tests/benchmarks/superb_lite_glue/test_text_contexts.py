"""Words in context: the sources of texts give what they promise."""

from collections import Counter

from superb_lite import plugins
from superb_lite_sources import chinese, english

SOURCES = {source.name: source for source in plugins.contexts("text")}


def test_every_word_stands_where_it_is_said_to_stand():
    assert {"english-homographs", "chinese-characters", "lecture", "english-things"} <= set(SOURCES)
    for source in SOURCES.values():
        for each in source.occurrences():
            start, end = each.where
            assert each.item[start:end].lower() == each.word, each


def test_at_least_twenty_words_have_two_senses_of_equal_size():
    for name in ("english-homographs", "chinese-characters"):
        counts = Counter((each.word, each.sense) for each in SOURCES[name].occurrences())
        words = Counter(word for word, _ in counts)
        assert len(words) >= 20
        assert set(words.values()) == {2}
        assert len(set(counts.values())) == 1


def test_no_sentence_was_pretrained_on():
    held = {s.text for part in ("train", "test") for s in chinese.news(part)}
    seen = {s.text for s in chinese.news("pretrain")}
    for each in SOURCES["chinese-characters"].occurrences():
        assert each.item in held - seen
        assert each.group.startswith("news-block-")
    assert not any(english.quotes_corpus(each.item) for each in SOURCES["english-homographs"].occurrences())


def test_a_character_is_met_once_in_a_sentence():
    found = [(each.word, each.sense, each.item) for each in SOURCES["chinese-characters"].occurrences()]
    assert len(set(found)) == len(found)


def test_the_lecture_has_five_and_five():
    counts = Counter(each.sense for each in SOURCES["lecture"].occurrences())
    assert counts == {"水果": 5, "公司": 5, "fruit": 5, "company": 5}


def test_things_are_of_one_kind_in_sentences_that_do_not_say_it():
    found = SOURCES["english-things"].occurrences()
    kinds = {(each.word, each.sense) for each in found}
    assert len({word for word, _ in kinds}) == len(kinds) > 300
    for each in found[::13]:
        rest = each.item[: each.where[0]] + each.item[each.where[1] :]
        assert each.sense not in rest
    frames = Counter(each.item.replace(f" an {each.word}", " X").replace(f" a {each.word}", " X").replace(
        f" {each.word}", " X") for each in found)  # fmt: skip
    assert len(frames) == 6
    assert len(set(frames.values())) == 1
