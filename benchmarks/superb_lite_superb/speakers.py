"""Speaker verification and diarisation: who speaks, of voices that no encoder was pretrained or trained on."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from superb_lite.tasks.labels import Diarization, Example, TaskData, Turn
from superb_lite_sources import acoustics
from superb_lite_sources.utterance import Speech, Utterance, varied
from superb_lite_superb.spoken import PARTS, VOICES, Part, openings, spoken_part, synthesised
from superb_lite_superb.vocabularies import ENROLLED, HELD_OUT, HIGH

EACH = {"train": 40, "test": 8}
"""Utterances of each voice in speaker verification."""

OTHERS = 28
"""Pairs with other voices, for each voice: as many as with itself, or all that there are."""

PHRASES = 12
"""Utterances of each voice that mixtures are made of."""

FRAME = 1600
"""Samples in a unit of diarisation: 100 ms."""


def asv_recipe(part: Part) -> list[Utterance]:
    """Every voice says a few words, in its own way each time and over another channel."""
    rng = random.Random(f"asv/{part}")
    voices = [voice for voice in VOICES[part] for _ in range(EACH[part])]
    said = openings(part, len(voices), seed=6)
    return [varied(rng, text=text, voice=voice, tilt=(-0.7, 0.7)) for text, voice in zip(said, voices, strict=True)]


def asv(root: Path | None = None) -> TaskData:
    """Speaker verification. The embedded data needs no `root`.

    Training utterances carry the name of their voice; validation and test are pairs of utterances of other voices. A
    pair counts for the voice of its first utterance, which is its cluster.
    """
    spoken = {part: synthesised("asv", asv_recipe, part) for part in PARTS}
    items = {key: speech.waveform for of_part in spoken.values() for key, speech in of_part.items()}
    train = tuple(
        Example(key, (key,), ENROLLED.index(voice), voice)
        for key, speech in spoken["train"].items()
        if (voice := speech.utterance.voice) in ENROLLED
    )
    return TaskData(
        items=items,
        train=train,
        validation=_pairs(spoken["train"], HELD_OUT, "validation"),
        test=_pairs(spoken["test"], VOICES["test"], "test"),
    )


def _pairs(spoken: dict[str, Speech], voices: Sequence[str], part: str) -> tuple[Example, ...]:
    """All pairs of `EACH["test"]` utterances of each voice, and `OTHERS` with voices of its register."""
    rng = random.Random(f"asv-pairs/{part}")
    said = {v: [key for key, s in spoken.items() if s.utterance.voice == v][: EACH["test"]] for v in voices}
    examples = []
    for voice, own in said.items():
        rivals = [key for other in voices if other != voice and alike(voice, other) for key in said[other]]
        pairs = [(*pair, 1) for pair in itertools.combinations(own, 2)]
        pairs += [(rng.choice(own), other, 0) for other in rng.sample(rivals, min(OTHERS, len(rivals)))]
        examples += [Example(f"{part}-{a}-{b}", (a, b), match, voice) for a, b, match in pairs]
    return tuple({e.id: e for e in examples}.values())


def alike(voice: str, other: str) -> bool:
    """Whether two voices are of one register: voices are compared with their like only."""
    return (voice in HIGH) == (other in HIGH)


def bank_recipe(part: Part) -> list[Utterance]:
    """What mixtures are made of: openings of sentences, without room or noise."""
    rng = random.Random(f"sd/{part}")
    voices = [voice for voice in VOICES[part] for _ in range(PHRASES)]
    said = openings(part, len(voices), seed=7)
    return [
        Utterance(
            text=text, voice=voice, rate=rng.randint(150, 200), pitch=rng.randint(40, 60), seed=rng.getrandbits(32)
        )
        for text, voice in zip(said, voices, strict=True)
    ]


class Mixture(NamedTuple):
    """Two voices in turn."""

    voices: tuple[str, str]

    pieces: tuple[tuple[int, str, int], ...]
    """For each turn the speaker (0 or 1), the utterance, and the samples from the end of the turn before to its start;
    negative where they overlap."""

    snr: float
    """Of the noise, in dB."""

    seed: int
    """Of the noise."""


def mixtures(part: Part, bank: dict[str, Speech]) -> list[Mixture]:
    """Test voices meet in fixed couples, so that mixtures of two couples have no voice in common."""
    rng = random.Random(f"sd-mixtures/{part}")
    said = {voice: [k for k, s in bank.items() if s.utterance.voice == voice] for voice in VOICES[part]}
    if part == "test":
        chosen = [couple for couple in couples(VOICES["test"]) for _ in range(10)]
    else:
        chosen = [rng.choice([p for p in itertools.permutations(said, 2) if alike(*p)]) for _ in range(240)]
    found = []
    for couple in chosen:
        first, second = rng.sample(couple, 2)
        words = [rng.sample(said[voice], 2) for voice in (first, second)]
        order = [0, 1, 0, 1] if rng.random() < 0.7 else [0, 0, 1, 1]
        pieces = tuple(
            (speaker, words[speaker].pop(), round(rng.uniform(-0.6, 0.4) * acoustics.SAMPLE_RATE)) for speaker in order
        )
        found.append(Mixture((first, second), pieces, round(rng.uniform(10.0, 25.0), 1), rng.getrandbits(32)))
    return found


def couples(voices: Sequence[str]) -> list[tuple[str, str]]:
    """Voices of one register two by two, each in one couple; a voice that is left over is in none."""
    found = []
    for register in ([v for v in voices if v not in HIGH], [v for v in voices if v in HIGH]):
        found += list(zip(register[::2], register[1::2], strict=False))
    return found


def mixed(mixture: Mixture, bank: dict[str, Speech]) -> tuple[NDArray[np.float32], Diarization]:
    """The waveform of a mixture, and who talks when: from the first phone of an utterance to its last.

    A speaker never talks over himself: what would overlap with his own last utterance begins after it.
    """
    turns: list[Turn] = []
    parts: list[tuple[int, NDArray[np.float32]]] = []
    for speaker, key, gap in mixture.pieces:
        speech = bank[key]
        first, last = spoken_part(speech)
        start = max(0, turns[-1].end + gap) if turns else 0
        start = max([start, *(turn.end for turn in turns if turn.speaker == speaker)])
        turns.append(Turn(start, start + last - first, speaker))
        parts.append((start, speech.waveform[first:last]))
    length = max(turn.end for turn in turns)
    clean = np.zeros(length, np.float32)
    for start, wave in parts:
        clean[start : start + len(wave)] += wave
    rng = np.random.default_rng(mixture.seed)
    noisy = acoustics.add_noise(clean, mixture.snr, colour=1.0, rng=rng)
    return acoustics.set_level(noisy, -23.0), Diarization(FRAME, length, tuple(turns))


def sd(root: Path | None = None) -> TaskData:
    """Diarisation of mixtures of two voices. The embedded data needs no `root`."""
    items = {}
    examples: dict[str, list[Example]] = {part: [] for part in PARTS}
    for part in PARTS:
        bank = synthesised("sd", bank_recipe, part)
        for number, mixture in enumerate(mixtures(part, bank)):
            key = f"{part}-{number}"
            items[key], label = mixed(mixture, bank)
            examples[part].append(Example(key, (key,), label, "+".join(sorted(mixture.voices))))
    return TaskData(items=items, train=tuple(examples["train"]), test=tuple(examples["test"]))
