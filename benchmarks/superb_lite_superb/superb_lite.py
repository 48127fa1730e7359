"""The data of the superb-lite tasks of the core board: voices and test words that no encoder was pretrained on."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from superb_lite.tasks.labels import TaskData, Unit
from superb_lite_sources import espeak
from superb_lite_sources.sentences import sentences
from superb_lite_sources.utterance import Speech, Utterance, varied
from superb_lite_superb import KEYWORDS, SPEAKERS
from superb_lite_superb.phones import phone_label
from superb_lite_superb.spoken import PARTS, VOICES, Part, Recipe, labelled, openings

HOP = 160
"""Samples in a unit of the phone task: 10 ms."""


def ks_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part says every keyword several times."""
    rng = random.Random(f"ks/{part}")
    return [
        varied(rng, text=word, voice=voice, snr=(0.0, 20.0))
        for voice in VOICES[part]
        for word in KEYWORDS
        for _ in range({"train": 5, "test": 3}[part])
    ]


def sid_recipe(part: Part) -> list[Utterance]:
    """Every voice says openings of sentences at one rate and pitch; test channels are duller or brighter.

    The pool holds three times the labels that a system may use, so that a supervised reference can learn from more.
    """
    rng = random.Random(f"sid/{part}")
    each = {"train": 60, "test": 20}[part]
    utterances = []
    for i, text in enumerate(openings(part, each * len(SPEAKERS), seed=1)):
        bound = (-0.3, 0.3) if part == "train" else rng.choice(((-0.8, -0.3), (0.3, 0.8)))
        voice = SPEAKERS[i % len(SPEAKERS)]
        utterances.append(varied(rng, text=text, voice=voice, rate=(175, 175), pitch=(50, 50), tilt=bound))
    return utterances


def phone_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part says sentences, none of them twice."""
    rng = random.Random(f"phone/{part}")
    voices = VOICES[part]
    said = sentences(part, len(voices) * {"train": 15, "test": 6}[part], seed=2)
    return [varied(rng, text=text, voice=voices[i % len(voices)]) for i, text in enumerate(said)]


def ks(root: Path | None = None) -> TaskData:
    """Keyword spotting. The embedded data needs no `root`."""
    return labelled("ks", ks_recipe, lambda speech: KEYWORDS.index(speech.utterance.text), by_voice=True)


def sid(root: Path | None = None) -> TaskData:
    """Speaker identification: train and test share their voices, so an example is a cluster of its own."""
    return labelled("sid", sid_recipe, lambda speech: SPEAKERS.index(speech.utterance.voice), by_voice=False)


def phone(root: Path | None = None) -> TaskData:
    """Phone classification in units of 10 ms."""
    return labelled("phone", phone_recipe, phone_units, by_voice=True)


def phone_units(speech: Speech) -> tuple[Unit, ...]:
    """One unit for each whole 10 ms, labelled with the phone at its middle."""
    units = []
    segments = iter(speech.phones)
    current = next(segments)
    for start in range(0, len(speech.samples) - HOP + 1, HOP):
        while current.end <= start + HOP // 2:
            current = next(segments)
        units.append(Unit(start, start + HOP, phone_label(current.name)))
    return tuple(units)


def prepare(progress: Callable[[int, int], None] | None = None) -> None:
    """Synthesise the data of these tasks into the cache; that of the others is made at first use.

    progress: called with (utterances done, all utterances).
    """
    espeak.synthesise_all(
        {f"{name}-{part}": recipe(part) for name, recipe in _RECIPES.items() for part in PARTS}, progress=progress
    )


_RECIPES: dict[str, Recipe] = {
    "ks": ks_recipe,
    "sid": sid_recipe,
    "phone": phone_recipe,
}
