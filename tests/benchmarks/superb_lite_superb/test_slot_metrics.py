"""Slot filling: what fills a slot, and how much of it is right. Random cases: test_metrics_agree.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.metrics import higher_is_better, metric
from superb_lite.tasks.labels import Example
from superb_lite_superb.slots import filled

NAMES = (" ", "a", "b", "B-x", "E-x", "B-y", "E-y")


def symbols(text):
    """ "a [x ab] [y b" -> symbols: a bracket and a name begin a slot, a bracket ends the one that was begun last."""
    found, opened, rest = [], [], iter(text)
    for sign in rest:
        if sign == "[":
            opened.append(next(rest))
            found.append(f"B-{opened[-1]}")
            next(rest)
        else:
            found.append(f"E-{opened.pop()}" if sign == "]" else sign)
    return tuple(map(NAMES.index, found))


def value(name, gold, predicted):
    return metric(name).score([Example("e", ("i",), symbols(gold))], [symbols(predicted)], NAMES)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("ab a", {}),
        ("a [x ab] b", {"x": ["ab"]}),
        ("[x a] [y b] [x b]", {"x": ["a", "b"], "y": ["b"]}),
        ("[x  a  b ]", {"x": ["a b"]}),
        ("[x ab", {}),
        ("[x ]a", {}),
        ("[x a[y b]a]", {"x": ["aba"]}),
        ("[y [x ab]", {"x": ["ab"]}),
    ],
)
def test_what_fills_a_slot(text, slots):
    assert filled([NAMES[s] for s in symbols(text)]) == slots


@given(st.lists(st.sampled_from(NAMES), max_size=12))
def test_any_symbols_are_read_and_no_filler_is_empty_or_holds_a_marker(found):
    for name, values in filled(found).items():
        assert f"B-{name}" in found
        assert f"E-{name}" in found
        assert all(value and value == value.strip() and set(value) <= set(" ab") for value in values)


@pytest.mark.parametrize(
    ("gold", "predicted", "f1", "accuracy"),
    [
        ("a [x ab] [y b]", "b [x ab] [y b]", 1.0, 1.0),
        ("[x ab] [y bb]", "[x aa]", 2 / 3, 1 - 3 / 4),  # one letter wrong, two of the missing slot
        ("[x ab]", "[y ab]", 0.0, 0.0),
        ("[x ab]", "[x bb] [x ab]", 1.0, 1.0),  # the nearest filler of the slot counts
        ("[x a]", "[x bbb]", 1.0, -2.0),
        ("ab", "ab", 1.0, 1.0),  # no slot on either side
        ("ab", "[x a]", 0.0, 1.0),
    ],
)
def test_values_by_hand(gold, predicted, f1, accuracy):
    assert value("slot_f1", gold, predicted) == pytest.approx(f1)
    assert value("slot_accuracy", gold, predicted) == pytest.approx(accuracy)


def test_f1_is_averaged_over_examples_and_characters_are_added_up():
    examples = [Example(str(n), ("i",), symbols(gold)) for n, gold in enumerate(["[x aaaa]", "[y b]"])]
    predictions = [symbols("[x aaaa]"), symbols("[x b]")]
    assert metric("slot_f1").score(examples, predictions, NAMES) == pytest.approx(0.5)
    assert metric("slot_accuracy").score(examples, predictions, NAMES) == pytest.approx(4 / 5)
    whole, pseudo = metric("slot_accuracy").jackknife(examples, predictions, NAMES, np.array([0, 1]))
    assert pseudo.tolist() == pytest.approx([2 * whole - 0.0, 2 * whole - 1.0])


def test_both_point_upwards_and_belong_to_transcriptions():
    assert higher_is_better(["slot_f1", "slot_accuracy"])
    assert all(metric(name).predictions == {"symbols"} for name in ("slot_f1", "slot_accuracy"))
    with pytest.raises(TypeError, match="a slot metric needs"):
        metric("slot_f1").score([Example("e", ("i",), 1)], [(0,)], NAMES)
