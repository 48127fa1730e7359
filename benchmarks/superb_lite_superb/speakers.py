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
from superb_lite_sources.voices import register_of
from superb_lite_superb.spoken import PARTS, VOICES, Part, openings, speakers, spoken_part, synthesised
from superb_lite_superb.vocabularies import ENROLLED

ENROLLED_EACH = 4
"""Utterances of each enrolled voice in speaker verification."""

PAIRED_EACH = 4
"""Utterances of each voice whose pairs are compared."""

BLOCK = 4
"""Voices that are compared with each other only, so that no pair of one block has a voice of another."""

PHRASES = 4
"""Utterances of each voice that mixtures are made of."""

MIXED: dict[Part, tuple[str, ...]] = {"train": VOICES["train"], "test": tuple(speakers("test", 240))}
"""The voices of mixtures."""

FRAME = 1600
"""Samples in a unit of diarisation: 100 ms."""


def blocks(part: Part) -> list[tuple[str, ...]]:
    """The voices that are compared in validation ("train") or test, `BLOCK` by `BLOCK`, each block of one register."""
    voices = [voice for voice in VOICES[part] if voice not in ENROLLED]
    found: list[tuple[str, ...]] = []
    for register in ("low", "high"):
        alike = [voice for voice in voices if register_of(voice) == register]
        found += list(zip(*(alike[n::BLOCK] for n in range(BLOCK)), strict=False))
    return found


def asv_recipe(part: Part) -> list[Utterance]:
    """Every voice says a few words, in its own way each time and over another channel."""
    rng = random.Random(f"asv/{part}")
    paired = [voice for block in blocks(part) for voice in block for _ in range(PAIRED_EACH)]
    enrolled = [voice for voice in ENROLLED for _ in range(ENROLLED_EACH)] if part == "train" else []
    voices = [*enrolled, *paired]
    said = openings(part, len(voices), seed=6)
    return [varied(rng, text=text, voice=voice, tilt=(-0.7, 0.7)) for text, voice in zip(said, voices, strict=True)]


def asv(root: Path | None = None) -> TaskData:
    """Speaker verification. The embedded data needs no `root`.

    Training utterances carry the name of their voice; validation and test are pairs of utterances of other voices, all
    of one block, which is their cluster.
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
        validation=_pairs(spoken["train"], "train"),
        test=_pairs(spoken["test"], "test"),
    )


def _pairs(spoken: dict[str, Speech], part: Part) -> tuple[Example, ...]:
    """All pairs of utterances of each voice, and as many of two voices of a block."""
    rng = random.Random(f"asv-pairs/{part}")
    said: dict[str, list[str]] = {}
    for key, speech in spoken.items():
        said.setdefault(speech.utterance.voice, []).append(key)
    examples = []
    for number, block in enumerate(blocks(part)):
        own = [pair for voice in block for pair in itertools.combinations(said[voice], 2)]
        other = [pair for a, b in itertools.combinations(block, 2) for pair in itertools.product(said[a], said[b])]
        pairs = [(*pair, 1) for pair in own] + [(*pair, 0) for pair in rng.sample(other, len(own))]
        examples += [Example(f"{part}-{a}-{b}", (a, b), match, f"{part} block {number}") for a, b, match in pairs]
    return tuple(examples)


def bank_recipe(part: Part) -> list[Utterance]:
    """What mixtures are made of: openings of sentences, without room or noise."""
    rng = random.Random(f"sd/{part}")
    voices = [voice for voice in MIXED[part] for _ in range(PHRASES)]
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
    said: dict[str, list[str]] = {}
    for key, speech in bank.items():
        said.setdefault(speech.utterance.voice, []).append(key)
    if part == "test":
        chosen = [couple for couple in couples(MIXED["test"]) for _ in range(2)]
    else:
        pairs = [pair for pair in itertools.permutations(said, 2) if alike(*pair)]
        chosen = [rng.choice(pairs) for _ in range(240)]
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
    for register in ("low", "high"):
        of_register = [voice for voice in voices if register_of(voice) == register]
        found += list(zip(of_register[::2], of_register[1::2], strict=False))
    return found


def alike(voice: str, other: str) -> bool:
    """Whether two voices are of one register: voices are compared with their like only."""
    return register_of(voice) == register_of(other)


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
