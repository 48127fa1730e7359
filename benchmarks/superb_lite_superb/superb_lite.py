"""The data of the superb-lite tasks: voices and test words that no encoder was pretrained on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from superb_lite.sources import espeak
from superb_lite.sources.sentences import sentences
from superb_lite.sources.utterance import Speech, Utterance, varied
from superb_lite.task import Example, Label, TaskData, Unit
from superb_lite_superb import KEYWORDS, SPEAKERS
from superb_lite_superb.phones import phone_label

HOP = 160
"""Samples in a unit of the phone task: 10 ms."""

_VOICES = {"train": espeak.TRAIN_VOICES, "test": espeak.TEST_VOICES}
_Part = Literal["train", "test"]
_PARTS: tuple[_Part, _Part] = ("train", "test")


def ks_recipe(part: _Part) -> list[Utterance]:
    """Every voice of the part says every keyword several times."""
    rng = random.Random(f"ks/{part}")
    return [
        varied(rng, text=word, voice=voice, snr=(0.0, 20.0))
        for voice in _VOICES[part]
        for word in KEYWORDS
        for _ in range({"train": 5, "test": 3}[part])
    ]


def sid_recipe(part: _Part) -> list[Utterance]:
    """Every voice says openings of sentences at one rate and pitch; test channels are duller or brighter.

    The pool holds three times the labels that a system may use, so that a supervised reference can learn from more.
    """
    rng = random.Random(f"sid/{part}")
    each = {"train": 60, "test": 20}[part]
    said = [" ".join(s.replace(",", "").split()[:3]) for s in sentences(part, each * len(SPEAKERS), seed=1)]
    utterances = []
    for i, text in enumerate(said):
        bound = (-0.3, 0.3) if part == "train" else rng.choice(((-0.8, -0.3), (0.3, 0.8)))
        voice = SPEAKERS[i % len(SPEAKERS)]
        utterances.append(varied(rng, text=text, voice=voice, rate=(175, 175), pitch=(50, 50), tilt=bound))
    return utterances


def phone_recipe(part: _Part) -> list[Utterance]:
    """Every voice of the part says sentences, none of them twice."""
    rng = random.Random(f"phone/{part}")
    voices = _VOICES[part]
    said = sentences(part, len(voices) * {"train": 15, "test": 6}[part], seed=2)
    return [varied(rng, text=text, voice=voices[i % len(voices)]) for i, text in enumerate(said)]


def ks(root: Path | None = None) -> TaskData:
    """Keyword spotting. The embedded data needs no `root`."""
    return _task_data("ks", ks_recipe, lambda speech: KEYWORDS.index(speech.utterance.text), by_voice=True)


def sid(root: Path | None = None) -> TaskData:
    """Speaker identification: train and test share their voices, so an example is a cluster of its own."""
    return _task_data("sid", sid_recipe, lambda speech: SPEAKERS.index(speech.utterance.voice), by_voice=False)


def phone(root: Path | None = None) -> TaskData:
    """Phone classification in units of 10 ms."""
    return _task_data("phone", phone_recipe, phone_units, by_voice=True)


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
    """Synthesise the data of all tasks into the cache. `progress` is called with (utterances done, all utterances)."""
    espeak.synthesise_all(
        {f"{name}-{part}": recipe(part) for name, recipe in _RECIPES.items() for part in _PARTS}, progress=progress
    )


def _task_data(
    name: str,
    recipe: Callable[[_Part], Sequence[Utterance]],
    label: Callable[[Speech], Label],
    *,
    by_voice: bool,
) -> TaskData:
    items = {}
    examples: dict[str, tuple[Example, ...]] = {}
    for part in _PARTS:
        spoken = {f"{part}-{i}": s for i, s in enumerate(espeak.synthesise(recipe(part), name=f"{name}-{part}"))}
        items.update({key: speech.waveform for key, speech in spoken.items()})
        examples[part] = tuple(
            Example(id=key, items=(key,), label=label(speech), cluster=speech.utterance.voice if by_voice else "")
            for key, speech in spoken.items()
        )
    return TaskData(items=items, train=examples["train"], test=examples["test"])


_RECIPES: dict[str, Callable[[_Part], Sequence[Utterance]]] = {
    "ks": ks_recipe,
    "sid": sid_recipe,
    "phone": phone_recipe,
}
