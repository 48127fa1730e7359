"""Spoken commands: intent classification, and slot filling."""

from __future__ import annotations

import functools
import itertools
import random
import string
from collections.abc import Sequence
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sources.utterance import Utterance, varied
from superb_lite_superb.spoken import PARTS, VOICES, Part, clear, labelled
from superb_lite_superb.vocabularies import INTENTS, SLOT_SYMBOLS

VERBS = {
    "activate": ("switch", "on"),
    "deactivate": ("switch", "off"),
    "increase": ("turn", "up"),
    "decrease": ("turn", "down"),
}

PHRASINGS: dict[Part, tuple[str, ...]] = {
    "train": (
        "{verb} {particle} the {object} in the {location}",
        "{verb} the {location} {object} {particle}",
        "please {verb} {particle} the {location} {object}",
    ),
    "test": (
        "in the {location} {verb} the {object} {particle}",
        "{location} {object} {particle} please",
    ),
}
"""How an intent may be put; test phrasings hold the same words in orders that no labelled command has."""

FILLERS = {
    "name": ("Alice", "Brian", "Carol", "Frank", "Irene", "Jack", "Louis", "Simon"),
    "item": ("bread", "coffee", "paper", "shoes", "milk", "flowers"),
    "count": ("two", "three", "five", "six", "nine", "twelve"),
    "place": ("Paris", "Cairo", "Berlin", "Oxford", "Tokyo", "Madrid"),
}

ORDERS = (
    "bring {count} {item}",
    "buy {item} for {name}",
    "call {name} in {place}",
    "send {item} to {place}",
    "wake {name} at {count}",
    "ask {name} for {item}",
)
"""Every command of slot filling has two slots."""


def ic_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part utters every intent, each time in a phrasing of its part."""
    rng = random.Random(f"ic/{part}")
    return [
        varied(rng, text=command(intent, rng.choice(PHRASINGS[part])), voice=voice, snr=(10.0, 30.0))
        for voice in VOICES[part]
        for intent in INTENTS
        for _ in range({"train": 2, "test": 1}[part])
    ]


def command(intent: str, phrasing: str) -> str:
    """An intent put into words."""
    action, thing, location = intent.split("|")
    verb, particle = VERBS[action]
    return phrasing.format(verb=verb, particle=particle, object=thing, location=location)


def sf_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part gives orders; no order of a test voice is a labelled one."""
    rng = random.Random(f"sf/{part}")
    given = sorted(orders())
    random.Random("sf").shuffle(given)
    given = given[slice(0, 180) if part == "train" else slice(180, None)]
    return [
        clear(rng, rng.choice(given), voice) for voice in VOICES[part] for _ in range({"train": 20, "test": 8}[part])
    ]


@functools.cache
def orders() -> dict[str, tuple[str, ...]]:
    """Every order in words, and its symbols: characters, with a marker at both ends of what fills a slot."""
    found = {}
    for order in ORDERS:
        slots = [field for _, field, _, _ in string.Formatter().parse(order) if field]
        for fillers in itertools.product(*(FILLERS[slot] for slot in slots)):
            values = dict(zip(slots, fillers, strict=True))
            symbols: list[str] = []
            for text, slot, _, _ in string.Formatter().parse(order):
                symbols += text
                if slot:
                    symbols += [f"B-{slot}", *values[slot].lower(), f"E-{slot}"]
            found[order.format(**values)] = tuple(symbols)
    return found


def ic(root: Path | None = None) -> TaskData:
    """Intent classification. The embedded data needs no `root`."""
    intents = {command(i, phrasing): i for i in INTENTS for part in PARTS for phrasing in PHRASINGS[part]}
    return labelled("ic", ic_recipe, lambda speech: INTENTS.index(intents[speech.utterance.text]), by_voice=True)


def sf(root: Path | None = None) -> TaskData:
    """Slot filling, by characters and slot markers."""
    return labelled("sf", sf_recipe, lambda speech: marked(orders()[speech.utterance.text]), by_voice=True)


def marked(symbols: Sequence[str]) -> tuple[int, ...]:
    """Symbols as indices of `SLOT_SYMBOLS`."""
    return tuple(SLOT_SYMBOLS.index(symbol) for symbol in symbols)
