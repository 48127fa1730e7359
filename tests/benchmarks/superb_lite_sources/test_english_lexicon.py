"""The lexicon: relations exclude each other where they must, and forms are spelt right."""

from collections import Counter

import pytest

from superb_lite_sources.english import inflection, opinions, people, places, senses, taxonomy


def repeated(words):
    return {word for word, n in Counter(words).items() if n > 1}


@pytest.mark.parametrize("contrasts", [senses.ADJECTIVES, senses.VERBS, senses.NOUNS], ids=["adj", "verbs", "nouns"])
def test_a_word_has_one_sense_and_every_sense_a_synonym_and_cues_of_its_own(contrasts):
    all_senses = [sense for contrast in contrasts for sense in (contrast.left, contrast.right)]
    assert repeated(word for sense in all_senses for word in sense.words) == set()
    assert all(len(sense.words) >= 2 and len(sense.cues) >= 2 for sense in all_senses)
    assert repeated(cue for sense in all_senses for cue in sense.cues) == set()
    assert all(len(contrast.about) >= 3 for contrast in contrasts)


def test_a_thing_is_of_one_category():
    assert repeated(noun for category in taxonomy.CATEGORIES for noun in category.members) == set()
    assert repeated(category.name for category in taxonomy.CATEGORIES) == set()
    assert all(len(category.members) >= 10 for category in taxonomy.CATEGORIES)
    known = {noun for category in taxonomy.CATEGORIES for noun in category.members}
    assert known >= taxonomy.UNCOUNTABLE


def test_a_city_lies_in_one_country_and_a_profession_has_one_place():
    assert repeated(city for country in places.COUNTRIES for city in country.cities) == set()
    assert repeated(country.name for country in places.COUNTRIES) == set()
    assert repeated(job.name for job in people.PROFESSIONS) == set()
    assert repeated(job.place for job in people.PROFESSIONS) == set()


def test_praise_is_no_blame_and_neither_is_on_a_scale():
    scales = {word for c in senses.ADJECTIVES for sense in (c.left, c.right) for word in sense.words}
    assert repeated((*opinions.PRAISE, *opinions.BLAME, *scales)) == set()
    assert min(len(opinions.PRAISE), len(opinions.BLAME)) >= 70


def test_roles_and_names_have_one_gender():
    assert repeated(role for couple in people.COUPLES for role in couple) == set()
    assert set(people.MEN).isdisjoint(people.WOMEN)


def test_as_many_places_as_times_stand_with_each_preposition():
    for phrases in (places.SPOTS, places.TIMES):
        assert repeated(phrases) == set()
        assert Counter(phrase.split()[0] for phrase in phrases) == {"in": 16, "on": 16, "at": 16}


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("dog", "dogs"), ("fox", "foxes"), ("lady", "ladies"), ("boy", "boys"), ("child", "children"),
        ("policeman", "policemen"), ("saleswoman", "saleswomen"), ("piece of furniture", "pieces of furniture"),
        ("sheep", "sheep"), ("church", "churches"), ("potato", "potatoes"), ("actress", "actresses"), ("ox", "oxen"),
        ("wild beast", "wild beasts"), ("radish", "radishes"), ("calf", "calves"), ("knife", "knives"),
    ],
)  # fmt: skip
def test_plurals(noun, plural):
    assert inflection.plural(noun) == plural


@pytest.mark.parametrize(
    ("verb", "third", "past", "participle", "ing"),
    [
        ("walk", "walks", "walked", "walked", "walking"),
        ("carry", "carries", "carried", "carried", "carrying"),
        ("stop", "stops", "stopped", "stopped", "stopping"),
        ("smile", "smiles", "smiled", "smiled", "smiling"),
        ("swim", "swims", "swam", "swum", "swimming"),
        ("sleep", "sleeps", "slept", "slept", "sleeping"),
        ("catch", "catches", "caught", "caught", "catching"),
        ("tie", "ties", "tied", "tied", "tying"),
        ("write", "writes", "wrote", "written", "writing"),
        ("free", "frees", "freed", "freed", "freeing"),
        ("undo", "undoes", "undid", "undone", "undoing"),
        ("travel", "travels", "travelled", "travelled", "travelling"),
        ("rob", "robs", "robbed", "robbed", "robbing"),
        ("begin", "begins", "began", "begun", "beginning"),
        ("give back", "gives back", "gave back", "given back", "giving back"),
        ("enjoy", "enjoys", "enjoyed", "enjoyed", "enjoying"),
        ("remember", "remembers", "remembered", "remembered", "remembering"),
        ("beg", "begs", "begged", "begged", "begging"),
        ("read", "reads", "read", "read", "reading"),
        ("fix", "fixes", "fixed", "fixed", "fixing"),
    ],
)
def test_verb_forms(verb, third, past, participle, ing):
    forms = (inflection.third, inflection.past, inflection.participle, inflection.ing)
    assert tuple(form(verb) for form in forms) == (third, past, participle, ing)


def test_the_articles():
    phrases = "owl hour unicorn umbrella horse honest_man heir eel union untidy_room useful_map old_lady European"
    found = [inflection.article(phrase.replace("_", " ")).split()[0] for phrase in phrases.split()]
    assert found == ["an", "an", "a", "an", "a", "an", "an", "an", "a", "an", "a", "an", "a"]
