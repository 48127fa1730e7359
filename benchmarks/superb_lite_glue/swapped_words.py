"""The data of clue-lite/order: are two neighbouring words of a newspaper sentence swapped?

It is the bigram shift of Conneau et al. (2018, arXiv 1805.01070), with the words that the newspaper's annotators
marked, but asked of marked pairs of words rather than of whole sentences: one swap in a sentence is lost in the mean of
frozen features, where small encoders are at chance whatever they know of the pair itself.

Every sentence stands there twice. In its second version those pairs are swapped that are not in the first, so that
words, characters, lengths and places say nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from superb_lite.tasks.labels import Example, TaskData, Unit
from superb_lite_glue.clue_lite import fits, sample
from superb_lite_sources import chinese
from superb_lite_sources.chinese import TaggedSentence

TESTED = 500
"""Sentences of the test, each in both versions."""

BETWEEN = 2
"""Words between two pairs, at least, so that each has neighbours of its own that stand where they were written."""

WRITTEN, SWAPPED = 0, 1


def order(root: Path | None) -> TaskData:
    """A unit is two neighbouring words.

    The sentences are of the parts that `clue-lite/pos` takes its own from; both versions are in their document's
    cluster. `root` is not needed.
    """
    train = [s for s in chinese.news("train") if fits(s.text) and places(s)]
    test = sample([s for s in chinese.news("test") if fits(s.text) and places(s)], TESTED)
    items: dict[str, str] = {}
    parts: list[tuple[Example, ...]] = []
    for sentences in (train, test):
        examples = []
        for sentence in sentences:
            for key, (text, units) in zip("ab", versions(sentence), strict=True):
                name = f"{sentence.id}-{key}"
                items[name] = text
                examples.append(Example(name, (name,), units, cluster=sentence.block))
        parts.append(tuple(examples))
    return TaskData(items, *parts)


def places(sentence: TaggedSentence) -> list[int]:
    """The words that can be swapped with the next one: neither is a punctuation mark, and the text becomes another."""
    pairs = zip(sentence.words, sentence.words[1:], strict=False)
    return [
        place
        for place, ((first, first_tag), (second, second_tag)) in enumerate(pairs)
        if "w" not in (first_tag, second_tag) and first + second != second + first
    ]


def versions(sentence: TaggedSentence) -> tuple[tuple[str, tuple[Unit, ...]], tuple[str, tuple[Unit, ...]]]:
    """Two texts with the same pairs of words as units; each pair is as it was written in one of them, and swapped in
    the other. Which pairs, and in which text, the id of the sentence decides."""
    digest = hashlib.sha256(f"clue-lite/order/{sentence.id}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    pairs = _apart(places(sentence), rng)
    first = [bool(rng.integers(2)) for _ in pairs]
    return _version(sentence, pairs, first), _version(sentence, pairs, [not swap for swap in first])


def _apart(found: list[int], rng: np.random.Generator) -> list[int]:
    """Of the places as many as there is room for, from a random one on in both directions."""
    start = int(rng.integers(len(found)))
    chosen = [found[start]]
    for place in found[start + 1 :]:
        if place >= chosen[-1] + 2 + BETWEEN:
            chosen.append(place)
    for place in reversed(found[:start]):
        if place + 2 + BETWEEN <= chosen[0]:
            chosen.insert(0, place)
    return chosen


def _version(sentence: TaggedSentence, pairs: list[int], swaps: list[bool]) -> tuple[str, tuple[Unit, ...]]:
    words = [word for word, _ in sentence.words]
    units = []
    for place, swap in zip(pairs, swaps, strict=True):
        start = sum(map(len, words[:place]))
        end = start + len(words[place]) + len(words[place + 1])
        if swap:
            words[place], words[place + 1] = words[place + 1], words[place]
        units.append(Unit(start, end, SWAPPED if swap else WRITTEN))
    return "".join(words), tuple(units)
