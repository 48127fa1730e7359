"""Which letter of its codon a letter is: what `frame` asks of a whole window, asked of its letters.

An encoder that is the same wherever an item begins can know where codons begin and yet lose it in the mean of a window:
that mean is the same for all three answers of `frame`. Of single letters it can say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from superb_lite.tasks.labels import Example, TaskData, Unit
from superb_lite_sequence_lite.coding import WINDOW, frame
from superb_lite_sequence_lite.labelled import Part

ASKED = range(WINDOW // 3, WINDOW - WINDOW // 3)
"""The letters that are asked for, which have as many on either side to be read with."""


def codon(root: Path | None, part: Part = "test") -> TaskData:
    """Of each gene one window of `frame`; each letter of its middle third is the first, second or third of a codon."""
    windows = frame(root, part)
    train, test = tuple(_tagged(windows.train)), tuple(_tagged(windows.test))
    return TaskData({e.id: windows.items[e.id] for e in (*train, *test)}, train, test)


def _tagged(examples: Iterable[Example]) -> Iterator[Example]:
    seen: set[str | tuple[str, ...]] = set()
    for example in examples:
        begins = example.label
        # The frames come by turns, so that where a window begins tells nothing.
        if example.cluster not in seen and begins == len(seen) % 3:
            seen.add(example.cluster)
            assert isinstance(begins, int)
            units = tuple(Unit(place, place + 1, (place - begins) % 3) for place in ASKED)
            yield Example(example.id, example.items, units, example.cluster)
