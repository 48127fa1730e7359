"""The data of the superb-lite tasks of the core board: voices and test words that no encoder was pretrained on."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

from superb_lite.tasks.labels import TaskData, Unit
from superb_lite_sources import espeak
from superb_lite_sources.sentences import sentences
from superb_lite_sources.utterance import Speech, Utterance, varied
from superb_lite_superb import KEYWORDS
from superb_lite_superb.commands import ic_recipe
from superb_lite_superb.phones import phone_label
from superb_lite_superb.spoken import PARTS, Part, Recipe, labelled, openings, speakers
from superb_lite_superb.vocabularies import SPEAKERS

HOP = 160
"""Samples in a unit of the phone task: 10 ms."""

PAUSE = 0.7
"""The longest pause before and after a keyword, in seconds."""


def ks_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part says some of the keywords, each as often as the others in all.

    A word lies anywhere between two pauses: quarters of a clip that a word fills would be a template of it.
    """
    rng = random.Random(f"ks/{part}")
    count, each = {"train": (120, 6), "test": (240, 3)}[part]
    return [
        varied(rng, text=KEYWORDS[(each * i + k) % len(KEYWORDS)], voice=voice, snr=(0.0, 20.0), pause=PAUSE)
        for i, voice in enumerate(speakers(part, count))
        for k in range(each)
    ]


def sid_recipe(part: Part) -> list[Utterance]:
    """Every voice says openings of sentences at one rate and pitch; test channels are duller or brighter."""
    rng = random.Random(f"sid/{part}")
    each = {"train": 7, "test": 5}[part]
    utterances = []
    for i, text in enumerate(openings(part, each * len(SPEAKERS), seed=1)):
        bound = (-0.3, 0.3) if part == "train" else rng.choice(((-0.8, -0.3), (0.3, 0.8)))
        voice = SPEAKERS[i % len(SPEAKERS)]
        utterances.append(varied(rng, text=text, voice=voice, rate=(175, 175), pitch=(50, 50), tilt=bound))
    return utterances


def phone_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part says sentences, none of them twice."""
    rng = random.Random(f"phone/{part}")
    voices = speakers(part, 100)
    said = sentences(part, {"train": 200, "test": 100}[part], seed=2)
    return [varied(rng, text=text, voice=voices[i % len(voices)]) for i, text in enumerate(said)]


def ks(root: Path | None = None) -> TaskData:
    """Keyword spotting. The embedded data needs no `root`."""
    return labelled("ks", ks_recipe, lambda speech: KEYWORDS.index(speech.utterance.text))


def sid(root: Path | None = None) -> TaskData:
    """Speaker identification. Training and test share their voices, so training utterances are no clusters: each class
    has to be on both sides of the validation split."""
    data = labelled("sid", sid_recipe, lambda speech: SPEAKERS.index(speech.utterance.voice))
    return dataclasses.replace(data, train=tuple(dataclasses.replace(e, cluster="") for e in data.train))


def phone(root: Path | None = None) -> TaskData:
    """Phone classification in units of 10 ms."""
    return labelled("phone", phone_recipe, phone_units)


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
    """Synthesise the data of the core board's tasks into the cache; that of the others is made at first use.

    progress: called with (utterances done, all utterances).
    """
    espeak.synthesise_all(
        {f"{name}-{part}": recipe(part) for name, recipe in _RECIPES.items() for part in PARTS}, progress=progress
    )


_RECIPES: dict[str, Recipe] = {
    "ks": ks_recipe,
    "sid": sid_recipe,
    "phone": phone_recipe,
    "ic": ic_recipe,
}
