from collections import Counter

import pytest

from superb_lite_glue import CLUE_LITE
from superb_lite_glue.swapped_words import BETWEEN, SWAPPED, WRITTEN, places, versions
from superb_lite_sources import chinese
from superb_lite_sources.chinese import TaggedSentence

(ORDER,) = (task for task in CLUE_LITE if task.name == "clue-lite/order")


def sentence(*words, name="x"):
    return TaggedSentence(name, "b", tuple(tuple(word.rsplit("/", 1)) for word in words))


def test_places_of_a_sentence_read_by_hand():
    """Neither a punctuation mark nor two words that read the same in both orders."""
    assert places(sentence("我/r", "看/v", "看/v", "，/w", "天天/d", "天/n", "海/n", "。/w")) == [0, 5]
    assert places(sentence("好/a", "。/w")) == []


@pytest.mark.parametrize("name", [str(number) for number in range(20)])
def test_two_versions_of_a_sentence_read_by_hand(name):
    found = versions(sentence("他/r", "昨天/t", "去/v", "了/u", "北京/ns", "。/w", name=name))
    where = {"他昨天": "昨天他", "昨天去": "去昨天", "去了": "了去", "了北京": "北京了"}
    texts = []
    for text, units in found:
        for unit in units:
            pair = text[unit.start : unit.end]
            assert pair in (where.keys() if unit.label == WRITTEN else where.values())
        texts.append(text)
    assert texts[0] != texts[1]
    assert {len(units) for _, units in found} == {1}  # one pair and the words between leave no room for another


def swap_back(text, units, of):
    """The text with every swapped pair as it was written, by a slow search over where the first word may end."""
    for unit in units:
        if unit.label == SWAPPED:
            pair = text[unit.start : unit.end]
            (back,) = {pair[cut:] + pair[:cut] for cut in range(1, len(pair))} & {of[unit.start : unit.end]}
            text = text[: unit.start] + back + text[unit.end :]
    return text


def test_every_pair_is_two_neighbouring_words_once_as_written_and_once_swapped():
    data = ORDER.data()
    sources = {s.id: s for part in ("train", "test") for s in chinese.news(part)}
    for part in (data.train, data.test):
        for a, b in zip(part[::2], part[1::2], strict=True):
            assert (a.id[-2:], b.id[-2:]) == ("-a", "-b")
            assert a.id[:-2] == b.id[:-2]
            source = sources[a.id[:-2]]
            assert a.cluster == b.cluster == source.block
            starts = [sum(len(word) for word, _ in source.words[:place]) for place in range(len(source.words) + 1)]
            assert [(u.start, u.end, 1 - u.label) for u in a.label] == list(b.label)
            for example in (a, b):
                text = data.items[example.items[0]]
                assert swap_back(text, example.label, source.text) == source.text
                last = None
                for unit in example.label:
                    place = starts.index(unit.start)
                    assert unit.end == starts[place + 2]
                    (first, _), (second, _) = source.words[place : place + 2]
                    expected = first + second if unit.label == WRITTEN else second + first
                    assert text[unit.start : unit.end] == expected
                    assert first != second
                    assert last is None or place - last >= 2 + BETWEEN
                    last = place


def test_labels_are_balanced_and_neither_words_nor_places_tell_them():
    data = ORDER.data()
    for part in (data.train, data.test):
        labels = Counter(unit.label for example in part for unit in example.label)
        assert labels[WRITTEN] == labels[SWAPPED]
        by_place = Counter((unit.start, unit.label) for example in part for unit in example.label)
        assert all(by_place[start, 1 - label] == count for (start, label), count in by_place.items())
        for a, b in zip(part[::2], part[1::2], strict=True):
            assert Counter(data.items[a.items[0]]) == Counter(data.items[b.items[0]])


def test_both_versions_of_a_sentence_are_in_one_part_and_in_one_fold():
    data = ORDER.data()
    assert {e.cluster for e in data.train}.isdisjoint({e.cluster for e in data.test})
    assert len(data.test) == 1000
    train, validation = ORDER.train(0)
    assert len(train) + len(validation) == ORDER.budget
    assert {e.cluster for e in train}.isdisjoint({e.cluster for e in validation})


def test_tested_sentences_are_those_that_parts_of_speech_are_tested_on():
    (pos,) = (task for task in CLUE_LITE if task.name == "clue-lite/pos")
    others = {e.id for e in pos.data().test}
    assert len({e.id[:-2] for e in ORDER.data().test} - others) < 5
