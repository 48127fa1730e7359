"""Which words of the world training and test may use: half each, so that whoever is tested saw no label of a word."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import Literal, TypeVar

from superb_lite_sources.world import qualities
from superb_lite_sources.world.propositions import Be, part_of
from superb_lite_sources.world.stories import HEADS, MEMBERS, NAMES

T = TypeVar("T")
Split = Literal["train", "test"]


def half(words: Sequence[T], split: Split) -> tuple[T, ...]:
    """Every other one in an order that follows from the words."""
    order = sorted(words, key=lambda word: hashlib.sha256(f"xtreme-lite/{word}".encode()).digest())
    return tuple(order[split == "test" :: 2])


@functools.cache
def names(split: Split) -> tuple[str, ...]:
    return half(NAMES, split)


@functools.cache
def members(split: Split) -> dict[str, tuple[str, ...]]:
    """Half of the things of each category."""
    return {category: half(things, split) for category, things in MEMBERS.items()}


@functools.cache
def scales(split: Split) -> tuple[tuple[str, str], ...]:
    """Half of the pairs of opposites that are said of things."""
    return half(qualities.THINGS, split)


@functools.cache
def owners(split: Split) -> dict[str, tuple[str, ...]]:
    """Gift (prize, ...) -> those whose gift no corpus tells about; only where there are two."""
    found = {head: tuple(name for name in names(split) if part_of(Be(head, "", name)) == "task") for head in HEADS}
    return {head: named for head, named in found.items() if len(named) > 1}
