"""Phone recognition and speech recognition: what is said, as a sequence of symbols."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sources.sentences import ADJECTIVES, NOUNS, words_of
from superb_lite_sources.utterance import Speech, Utterance
from superb_lite_superb import PHONES
from superb_lite_superb.phones import phone_label
from superb_lite_superb.spoken import Part, clear, labelled, openings, speakers
from superb_lite_superb.vocabularies import LETTERS

SPOKEN_PHONES = tuple(phone for phone in PHONES if phone != "SIL")
"""The symbols of phone recognition: silence is the business of CTC's blank."""

ADJECTIVES_AND_NOUNS = (words_of(ADJECTIVES, "test")[:16], words_of(NOUNS, "test")[:20])
"""The words of speech recognition. They are words of test sentences, so no encoder was pretrained on them."""

TESTED = 120
"""Phrases of the test."""


def pr_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part says openings of sentences."""
    rng = random.Random(f"pr/{part}")
    voices = speakers(part, {"train": 160, "test": 400}[part])
    said = openings(part, {"train": 640, "test": 800}[part], seed=3)
    return [clear(rng, text, voices[i % len(voices)]) for i, text in enumerate(said)]


def asr_recipe(part: Part) -> list[Utterance]:
    """Every phrase is said by several voices of the part, in test by voices of its own; test phrases are not labelled
    ones."""
    rng = random.Random(f"asr/{part}")
    voices = speakers(part, {"train": 160, "test": 3 * TESTED}[part])
    said = phrases(part) * {"train": 2, "test": 3}[part]
    return [clear(rng, text, voices[i % len(voices)]) for i, text in enumerate(said)]


def phrases(part: Part) -> list[str]:
    """An adjective and a noun each, in an order drawn once."""
    everything = [" ".join(words) for words in itertools.product(*ADJECTIVES_AND_NOUNS)]
    random.Random("asr").shuffle(everything)
    return everything[:TESTED] if part == "test" else everything[TESTED:]


def pr(root: Path | None = None) -> TaskData:
    """Phone recognition. The embedded data needs no `root`."""
    return labelled("pr", pr_recipe, phones)


def asr(root: Path | None = None) -> TaskData:
    """Speech recognition, by characters. A phrase is a cluster."""
    return labelled(
        "asr",
        asr_recipe,
        lambda speech: spelt(speech.utterance.text),
        cluster=lambda speech: speech.utterance.text,
    )


def phones(speech: Speech) -> tuple[int, ...]:
    """The phones of an utterance as indices of `SPOKEN_PHONES`."""
    return tuple(SPOKEN_PHONES.index(PHONES[phone_label(phone.name)]) for phone in speech.phones if phone.name)


def spelt(text: str) -> tuple[int, ...]:
    """The characters of a text as indices of `LETTERS`."""
    return tuple(LETTERS.index(character) for character in text)
