"""What the tasks on synthetic voices share: who speaks, what is said, and the way from utterances to `TaskData`."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Literal

from superb_lite.tasks.labels import Example, Label, TaskData
from superb_lite_sources import espeak, voices
from superb_lite_sources.sentences import sentences
from superb_lite_sources.utterance import Speech, Utterance, varied

Part = Literal["train", "test"]
PARTS: tuple[Part, Part] = ("train", "test")

VOICES: dict[Part, tuple[str, ...]] = {
    "train": (*voices.drawn("train", "low", 120), *voices.drawn("train", "high", 40)),
    "test": (*voices.drawn("test", "low", 300), *voices.drawn("test", "high", 100)),
}
"""Disjoint from each other and from the voices of pretraining."""


def speakers(part: Part, count: int) -> list[str]:
    """`count` voices of a part, a quarter of them high-pitched, in a mixed order."""
    high = count // 4
    chosen = [*low_pitched(part)[: count - high], *_of_register(part, "high")[:high]]
    random.Random(f"speakers/{part}").shuffle(chosen)
    return chosen


def low_pitched(part: Part) -> list[str]:
    """The low-pitched voices of a part."""
    return _of_register(part, "low")


def _of_register(part: Part, register: voices.Register) -> list[str]:
    return [voice for voice in VOICES[part] if voices.register_of(voice) == register]


Recipe = Callable[[Part], Sequence[Utterance]]


def openings(part: Part, count: int, *, seed: int, words: int = 3) -> list[str]:
    """The first words of `count` different sentences; the content words of test sentences are their own."""
    return [" ".join(s.replace(",", "").split()[:words]) for s in sentences(part, count, seed=seed)]


def clear(rng: random.Random, text: str, voice: str) -> Utterance:
    """What a few labelled sequences are enough for: little noise, and channels that differ less than in other tasks."""
    narrow, level = (-0.2, 0.2), (-25.0, -21.0)
    return varied(rng, text=text, voice=voice, rate=(140, 180), snr=(15.0, 30.0), tilt=narrow, level=level)


def synthesised(name: str, recipe: Recipe, part: Part) -> dict[str, Speech]:
    """The utterances of one part by item id, "train-0", "train-1", ..., out of the cache or made now."""
    return {f"{part}-{i}": s for i, s in enumerate(espeak.synthesise(recipe(part), name=f"{name}-{part}"))}


def spoken_part(speech: Speech) -> tuple[int, int]:
    """The samples from the first phone of an utterance to its last, without the pauses around them."""
    phones = [phone for phone in speech.phones if phone.name]
    return phones[0].start, phones[-1].end


def labelled(
    name: str,
    recipe: Recipe,
    label: Callable[[Speech], Label],
    *,
    cluster: Callable[[Speech], str] = lambda speech: speech.utterance.voice,
) -> TaskData:
    """One example for each utterance. cluster: what makes utterances dependent, their voice if nothing else is said."""
    items = {}
    examples: dict[str, tuple[Example, ...]] = {}
    for part in PARTS:
        spoken = synthesised(name, recipe, part)
        items.update({key: speech.waveform for key, speech in spoken.items()})
        examples[part] = tuple(
            Example(id=key, items=(key,), label=label(speech), cluster=cluster(speech))
            for key, speech in spoken.items()
        )
    return TaskData(items=items, train=examples["train"], test=examples["test"])
