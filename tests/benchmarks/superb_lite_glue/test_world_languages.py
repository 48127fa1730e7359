"""What the analysis of many languages is told of the small world."""

from superb_lite.analysis.crosslingual.sources import kinds_of, registered
from superb_lite_glue.world_languages import WORLD


def test_sentences_say_the_same_in_the_same_order():
    english, chinese = (WORLD.sentences(name) for name in ("en", "zh"))
    assert len(english) == len(chinese) > 8000
    to_chinese = dict(WORLD.dictionary("en", "zh"))
    for one, other in list(zip(english, chinese, strict=True))[:200]:
        assert sorted(to_chinese[place.word] for place in one.places) == sorted(place.word for place in other.places)


def test_words_are_marked_in_whatever_form_they_have():
    forms = {
        (place.word, text[place.start : place.end])
        for text, places in WORLD.sentences("en")
        for place in places
        if place.word in ("hunt", "lynx")
    }
    assert ("hunt", "hunted") in forms
    assert ("lynx", "lynx") in forms


def test_nearly_every_word_of_the_dictionary_is_met_in_both_halves():
    for name in WORLD.names:
        met = [{place.word for _, places in WORLD.sentences(name)[half::2] for place in places} for half in (0, 1)]
        words = {word for word, _ in WORLD.dictionary(name, "en" if name != "en" else "zh")}
        assert met[0] | met[1] == words
        assert len(met[0] & met[1]) > 0.99 * len(words)


def test_the_set_names_its_languages_and_their_tasks():
    assert registered("xtreme-lite") is WORLD
    assert [(kind.name, list(kind.tasks)) for kind in kinds_of(WORLD.tasks, WORLD.names)] == [
        ("qa", list(WORLD.names)),
        ("nli", list(WORLD.names)),
    ]
