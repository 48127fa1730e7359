"""Emotion recognition: speaking styles of voices that are not heard in training."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sources.utterance import Utterance, varied
from superb_lite_superb.spoken import PARTS, Part, labelled, openings, speakers
from superb_lite_superb.vocabularies import EMOTIONS


@dataclass(frozen=True)
class Style:
    """Ranges that an utterance is drawn from."""

    rate: tuple[int, int]
    """Words a minute."""

    pitch: tuple[int, int]
    """On eSpeak NG's scale from 0 to 100."""

    pitch_range: tuple[int, int]
    """On the same scale."""

    level: tuple[float, float]
    """In dB."""

    tilt: tuple[float, float]
    """Of the spectrum. It stands for voice quality, since pressed voices are bright and lax ones dull (Gobl & Ni
    Chasaide 2003)."""


# The directions are those that Scherer 2003 (Vocal communication of emotion) reports: anger and joy are fast, loud,
# bright and wide in pitch; sadness is slow, soft, low and flat. Neighbouring ranges overlap.
STYLES = {
    "neutral": Style((150, 185), (40, 60), (35, 60), (-27.0, -21.0), (-0.3, 0.3)),
    "happy": Style((165, 210), (55, 80), (60, 95), (-26.0, -18.0), (-0.1, 0.5)),
    "angry": Style((170, 215), (40, 65), (45, 80), (-24.0, -16.0), (0.1, 0.6)),
    "sad": Style((125, 165), (25, 50), (10, 40), (-31.0, -23.0), (-0.6, 0.0)),
}


def er_recipe(part: Part) -> list[Utterance]:
    """Every voice of the part says openings of sentences in every style."""
    return [utterance for utterance, _ in styled(part)]


def styled(part: Part) -> list[tuple[Utterance, str]]:
    """The utterances of a part and their emotions."""
    rng = random.Random(f"er/{part}")
    spoken = [(v, e) for v in speakers(part, {"train": 80, "test": 200}[part]) for e in EMOTIONS]
    said = openings(part, len(spoken), seed=8, words=4)
    return [(_said(rng, text, v, STYLES[e]), e) for text, (v, e) in zip(said, spoken, strict=True)]


def _said(rng: random.Random, text: str, voice: str, style: Style) -> Utterance:
    drawn = varied(
        rng,
        text=text,
        voice=voice,
        rate=style.rate,
        pitch=style.pitch,
        snr=(10.0, 30.0),
        tilt=style.tilt,
        level=style.level,
    )
    return replace(drawn, pitch_range=rng.randint(*style.pitch_range))


def er(root: Path | None = None) -> TaskData:
    """Emotion recognition. The embedded data needs no `root`."""
    emotions = {utterance: emotion for part in PARTS for utterance, emotion in styled(part)}
    return labelled("er", er_recipe, lambda speech: EMOTIONS.index(emotions[speech.utterance]))
