"""`clue-lite/order`: were two consecutive newspaper sentences swapped? (Lan et al. 2020, ALBERT, section 3.1)

A pair is taken only where its order cannot be read off its form: both sentences end in a full stop, question or
exclamation mark and open every quotation mark and bracket that they close, and the first is not the first of its
paragraph, since that one often begins with a dateline. A paragraph gives every other pair, so that no sentence is
in two pairs, and a coin that is thrown by content swaps half of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from superb_lite.tasks.labels import Example, TaskData
from superb_lite_glue.clue_lite import fits, sample
from superb_lite_glue.newspaper import paragraphs
from superb_lite_sources.chinese import Part, TaggedSentence

TEST = 1000
_LABELLED: tuple[Part, ...] = ("train", "pretrain")

_ENDS = frozenset("。！？")
_CLOSING = dict(zip("”’）》〉］】)", "“‘（《〈［【(", strict=True))
_OPENING = frozenset(_CLOSING.values())


def order(root: Path | None) -> TaskData:
    """Two sentences; class 0 as they stood, class 1 swapped.

    Labelled pairs may be in the pretraining corpus, since a supervised reference needs thousands of them and the
    objective of sentence order makes the same labels of that corpus itself. Test pairs are not.
    """
    train = [pair for part in _LABELLED for pair in pairs(part)]
    test = sample(pairs("test"), TEST)
    items = {s.id: s.text for pair in (*train, *test) for s in (pair.first, pair.second)}
    return TaskData(items, tuple(p.example() for p in train), tuple(p.example() for p in test))


class Pair(NamedTuple):
    """Two sentences as they stood."""

    first: TaggedSentence
    second: TaggedSentence

    @property
    def id(self) -> str:
        """The ids of both."""
        return f"{self.first.id}+{self.second.id}"

    def example(self) -> Example:
        """The labelled example, swapped or not as the content says."""
        content = f"{self.first.text}\n{self.second.text}"
        swapped = hashlib.sha256(content.encode()).digest()[0] % 2
        items = (self.first.id, self.second.id)
        return Example(self.id, items[::-1] if swapped else items, swapped, cluster=self.first.block)


def pairs(part: Part) -> Iterator[Pair]:
    """The pairs of one part."""
    for sentences in paragraphs(part).values():
        taken = 0  # the first position that may begin a pair: the first sentence of a paragraph never does
        for position, first in sorted(sentences.items()):
            second = sentences.get(position + 1)
            if position > taken and second is not None and _is_whole(first.text) and _is_whole(second.text):
                taken = position + 1
                yield Pair(first, second)


def _is_whole(text: str) -> bool:
    """Whether the text ends as a sentence does and its quotation marks and brackets match."""
    open_marks: list[str] = []
    for character in text:
        if character in _OPENING:
            open_marks.append(character)
        elif character in _CLOSING and (not open_marks or open_marks.pop() != _CLOSING[character]):
            return False
    return fits(text) and not open_marks and text[-1] in _ENDS
