"""shots-lite: what its examples are, by rules written here anew."""

import re
from collections import Counter

import numpy as np

from superb_lite_glue.shots_lite import SHOTS_LITE
from superb_lite_sources import english
from superb_lite_sources.english.taxonomy import CATEGORIES, indefinite

TASKS = {task.name.split("/")[1]: task for task in SHOTS_LITE}


def number(text):
    return int(re.sub(r"[ .]", "", text))


def test_the_right_choice_is_the_sum_and_the_choices_alone_do_not_tell():
    data = TASKS["arithmetic"].data()
    ranks = Counter()
    for example in (*data.train, *data.test):
        question, *choices = (data.items[name] for name in example.items)
        a, b = map(number, question.removesuffix("=").split("+"))
        values = [number(choice) for choice in choices]
        assert values[example.label] == a + b
        low, *_ = ordered = sorted(values)
        units = ordered[1] - low if ordered[1] - low != 10 else ordered[2] - low
        assert set(values) == {low, low + 10, low + units, low + units + 10}
        assert len(set(values)) == 4
        ranks[ordered.index(a + b)] += 1
    assert np.allclose([ranks[r] / 2000 for r in range(4)], 0.25, atol=0.04)
    assert np.allclose(list(Counter(e.label for e in data.test).values()), 200, atol=40)


def test_tested_sums_are_in_no_order_those_of_training():
    data = TASKS["arithmetic"].data()
    pairs = {part: {e.cluster for e in getattr(data, part)} for part in ("train", "test")}
    assert not pairs["train"] & pairs["test"]


def test_three_things_are_of_one_category_whose_kind_is_the_label():
    task = TASKS["kinds"]
    data = task.data()
    known = {indefinite(noun): category for category in CATEGORIES for noun in category.members}
    seen = {"train": set(), "test": set()}
    for part in seen:
        for example in getattr(data, part):
            text = data.items[example.items[0]]
            things = re.split(", | and ", text[0].lower() + text[1:])
            (category,) = {known[thing].name for thing in things}
            assert known[things[0]].kin == task.labels[example.label]
            assert not any(text in document for document in english.corpus()[:500])
            seen[part].add(category)
    assert not seen["train"] & seen["test"]
    assert set(Counter(e.label for e in data.test).values()) == {200}
