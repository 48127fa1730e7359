"""Patches in context: the middle is the same, pixel by pixel, whatever the shape around it."""

from collections import Counter, defaultdict

import numpy as np

from superb_lite import plugins
from superb_lite_vision.contexts import EACH, PATCHES
from superb_lite_vision.rendering import SIZE


def test_the_patch_is_the_same_and_its_surroundings_differ():
    assert PATCHES in plugins.contexts("image")
    found = PATCHES.occurrences()
    by_word = defaultdict(list)
    for each in found:
        (top, bottom), (left, right) = each.where
        rows, columns = (slice(*(end * SIZE // 1000 + (end * SIZE % 1000 > 0) for end in ends)) for ends in
                         ((top, bottom), (left, right)))  # fmt: skip
        by_word[each.word].append(each.item[:, rows, columns])
    assert len(by_word) >= 20
    for patches in by_word.values():
        assert patches[0].shape == (3, 4, 4)
        assert all(np.array_equal(patch, patches[0]) for patch in patches)
    assert set(Counter((each.word, each.sense) for each in found).values()) == {EACH}
    assert len({each.item.tobytes() for each in found}) == len(found)
