"""Phones in context: their kinds, and that a phone stands where it is said to stand."""

from collections import Counter

import pytest

from superb_lite import plugins
from superb_lite_superb import PHONES
from superb_lite_superb.contexts import EACH, KIND, PHONE_KINDS, PHONES_IN_CONTEXT


def test_every_phone_but_silence_has_one_kind():
    assert set(KIND) == set(PHONES[1:])
    assert plugins.contexts("speech") == (PHONE_KINDS, PHONES_IN_CONTEXT)


@pytest.mark.slow
def test_phones_stand_in_their_utterances():
    senses = PHONES_IN_CONTEXT.occurrences()
    counts = Counter((each.word, each.sense) for each in senses)
    assert set(counts.values()) == {EACH}
    assert len(counts) >= 2 * 14
    for each in senses:
        start, end = each.where
        assert 0 <= start < end <= len(each.item)
        assert 160 <= end - start < 16000
    assert all(len({e.group for e in senses if (e.word, e.sense) == key}) == EACH for key in counts)
    kinds = {(each.word, each.sense) for each in PHONE_KINDS.occurrences()}
    assert kinds <= set(KIND.items())
    assert len(kinds) > 35
