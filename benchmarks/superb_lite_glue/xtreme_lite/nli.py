"""nli: does the second text follow from the first, contradict it, or neither?

The first text says what the gift (prize, ...) of one owner is, and of what quality that of another one. The second says
of one of them a category, a quality, or that it is not of one. What is said of the wrong owner is neutral. In a family
each second text stands once under every label, with either first text, so that no bag of words says anything.
"""

from __future__ import annotations

import functools
import random
from pathlib import Path
from typing import NamedTuple

from superb_lite.tasks.labels import Example, TaskData
from superb_lite_glue.xtreme_lite import held_out
from superb_lite_glue.xtreme_lite.held_out import Split
from superb_lite_sources import world
from superb_lite_sources.world.propositions import Be

FAMILIES: dict[Split, int] = {"train": 60, "test": 40}
ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)


class Pair(NamedTuple):
    """An example in no language."""

    premise: tuple[Be, Be]
    hypothesis: Be
    label: int
    family: int


def en(root: Path | None) -> TaskData:
    return _data("en")


def fake(root: Path | None) -> TaskData:
    return _data("fake")


def own(root: Path | None) -> TaskData:
    return _data("own")


def zh(root: Path | None) -> TaskData:
    return _data("zh")


def _data(language: str) -> TaskData:
    items: dict[str, str] = {}
    parts: dict[Split, tuple[Example, ...]] = {}
    space = "" if language == "zh" else " "
    for split in FAMILIES:
        examples = []
        for number, pair in enumerate(pairs(split)):
            first, second = f"{split}-{number}-first", f"{split}-{number}-second"
            items[first] = space.join(world.write(language, said).text for said in pair.premise)
            items[second] = world.write(language, pair.hypothesis).text
            examples.append(Example(f"{split}-{number}", (first, second), pair.label, f"{split}-{pair.family}"))
        parts[split] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


@functools.cache
def pairs(split: Split) -> tuple[Pair, ...]:
    """The examples of a split, shuffled."""
    rng = random.Random(f"xtreme-lite/nli/{split}")
    found = [pair for number in range(FAMILIES[split]) for pair in _family(rng, split, number)]
    rng.shuffle(found)
    return tuple(found)


def _family(rng: random.Random, split: Split, number: int) -> list[Pair]:
    """Twenty-four examples: eight hypotheses, each entailed, contradicted and neither."""
    owners = held_out.owners(split)
    head = rng.choice(tuple(owners))
    holder, other = rng.sample(owners[head], 2)
    kinds = rng.sample(tuple(held_out.members(split)), 2)
    things = [rng.choice(held_out.members(split)[kind]) for kind in kinds]
    scale = rng.choice(held_out.scales(split))
    told = [(Be(head, things[n], holder), Be(head, scale[n], other)) for n in range(2)]
    found = []
    for owner, stranger, values in ((holder, other, kinds), (other, holder, scale)):
        for value in range(2):
            for negative in (False, True):
                said = Be(head, values[value], owner, negative)
                for n in range(2):
                    label = ENTAILMENT if (n == value) != negative else CONTRADICTION
                    found.append(Pair(_shuffled(rng, told[n]), said, label, number))
                of_stranger = _shuffled(rng, rng.choice(told))
                found.append(Pair(of_stranger, said._replace(owner=stranger), NEUTRAL, number))
    return found


def _shuffled(rng: random.Random, told: tuple[Be, Be]) -> tuple[Be, Be]:
    return told if rng.random() < 0.5 else (told[1], told[0])
