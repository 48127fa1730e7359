"""Voices that are drawn: variants of eSpeak NG's English voice, as many as a task needs.

The package ships about 100 variants, many of them near doubles of each other. A drawn voice has a fundamental, a length
of the vocal tract, deviations of single formants and a source of its own, within what its register allows. Its name
decides it, and its name holds the split, so that no voice of a task is in pretraining.
"""

from __future__ import annotations

import functools
import random
import re
from typing import Literal

Split = Literal["pretraining", "train", "test"]
Register = Literal["low", "high"]

_NAME = re.compile(r"(?:pretraining|train|test)-(low|high)-\d{3}")

_FUNDAMENTAL: dict[Register, tuple[float, float]] = {"low": (75.0, 125.0), "high": (150.0, 220.0)}
"""In Hz, at the lower end of a voice's melody."""

_TRACT: dict[Register, tuple[float, float]] = {"low": (86.0, 106.0), "high": (102.0, 122.0)}
"""All formants in percent of those of the plain voice: a shorter vocal tract has higher ones."""


def drawn(split: Split, register: Register, count: int) -> tuple[str, ...]:
    """The names of the first `count` voices of a split and register; fewer than 1,000."""
    return tuple(f"{split}-{register}-{number:03d}" for number in range(count))


def is_drawn(voice: str) -> bool:
    """Whether a name is that of a drawn voice rather than of one that eSpeak NG ships."""
    return _NAME.fullmatch(voice) is not None


def register_of(voice: str) -> Register:
    """The register of a drawn voice. Raises ValueError for another name."""
    found = _NAME.fullmatch(voice)
    if found is None:
        raise ValueError(f"'{voice}' is no drawn voice")
    return "low" if found[1] == "low" else "high"


@functools.cache
def variant(voice: str) -> str:
    """The content of the variant file (espeak-ng/docs/voices.md) of a drawn voice. Raises ValueError for another name.

    Single formants deviate by about a twentieth, as those of speakers do beside the length of their vocal tract
    (Fant 1966).
    """
    register = register_of(voice)
    rng = random.Random(f"voice/{voice}")
    base = rng.uniform(*_FUNDAMENTAL[register])
    tract = rng.uniform(*_TRACT[register])
    lines = [
        "language variant",
        "name drawn",
        f"pitch {base:.0f} {base * rng.uniform(1.25, 1.7):.0f}",
        f"formant 0 100 {rng.randint(80, 120)} 100",
    ]
    for number in range(1, 9):
        deviation = rng.gauss(0.0, 5.0) if number <= 3 else rng.gauss(0.0, 3.0)
        lines.append(f"formant {number} {tract + deviation:.0f} {rng.randint(75, 125)} {rng.randint(70, 150)}")
    lines += [
        f"voicing {rng.randint(60, 140)}",
        f"consonants {rng.randint(60, 130)} {rng.randint(60, 130)}",
        f"roughness {rng.choice((0, 0, 1, 2, 3))}",
        f"flutter {rng.randint(0, 4)}",
        f"tone 600 {rng.randint(190, 230)} 1200 {rng.randint(140, 180)} 2000 {rng.randint(110, 160)} "
        f"3000 {rng.randint(90, 140)} 4500 {rng.randint(50, 90)}",
        "stressAdd " + " ".join(str(rng.randint(-20, 20)) for _ in range(8)),
    ]
    return "\n".join(lines) + "\n"
