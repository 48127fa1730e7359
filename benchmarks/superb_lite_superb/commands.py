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
from superb_lite_superb.spoken import PARTS, Part, clear, labelled, speakers
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
    """Every voice of the part utters some of the intents, each time in a phrasing of its part."""
    rng = random.Random(f"ic/{part}")
    count, each = {"train": (112, 6), "test": (240, 3)}[part]
    return [
        varied(
            rng,
            text=command(INTENTS[(each * i + k) % len(INTENTS)], rng.choice(PHRASINGS[part])),
            voice=voice,
            snr=(10.0, 30.0),
        )
        for i, voice in enumerate(speakers(part, count))
        for k in range(each)
    ]


def command(intent: str, phrasing: str) -> str:
    """An intent put into words."""
    action, thing, location = intent.split("|")
    verb, particle = VERBS[action]
    return phrasing.format(verb=verb, particle=particle, object=thing, location=location)


def sf_recipe(part: Part) -> list[Utterance]:
    """Voices of the part give orders, each of test a single one; no order of a test voice is a labelled one."""
    rng = random.Random(f"sf/{part}")
    given = sorted(orders())
    random.Random("sf").shuffle(given)
    given = given[slice(0, 180) if part == "train" else slice(180, None)]
    voices = speakers(part, {"train": 160, "test": 4 * len(given)}[part])
    count = {"train": 2 * len(voices), "test": len(voices)}[part]
    return [clear(rng, given[i % len(given)], voices[i % len(voices)]) for i in range(count)]


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
    return labelled("ic", ic_recipe, lambda speech: INTENTS.index(intents[speech.utterance.text]))


def sf(root: Path | None = None) -> TaskData:
    """Slot filling, by characters and slot markers. In test an order is a cluster: no voice gives two."""
    return labelled(
        "sf",
        sf_recipe,
        lambda speech: marked(orders()[speech.utterance.text]),
        cluster=lambda speech: speech.utterance.text,
    )


def marked(symbols: Sequence[str]) -> tuple[int, ...]:
    """Symbols as indices of `SLOT_SYMBOLS`."""
    return tuple(SLOT_SYMBOLS.index(symbol) for symbol in symbols)
