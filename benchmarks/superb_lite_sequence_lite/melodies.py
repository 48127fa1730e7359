"""What a melody says of itself: where its phrases end, which degree a note is, whether its bars are in order.

All three leave rests out: a rest mostly stands between two phrases, and tells where one ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from superb_lite.tasks.labels import TaskData, Unit
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sources.music import moved
from superb_lite_sources.music.alphabet import WIDTH, written
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.tunes import Tune, tunes_of
from superb_lite_sources.shares import generator

ESSEN = "essenFolksong"

PHRASE_NOTES = 40
DEGREE_NOTES = 16
BARS = 8


def phrase(root: Path | None, part: Part = "test") -> TaskData:
    """The first `PHRASE_NOTES` notes of an Essen tune; a unit a note, 1 where a phrase, a line of the source, ends.

    The last note of a tune always ends one, and is no unit.

    root: not needed. part: what is scored.
    """
    return task_data(_phrases("train"), _phrases(part))


def _phrases(part: Part) -> Iterator[Labelled]:
    for tune in tunes_of(part):
        voice = tune.voice.sounding
        if tune.collection == ESSEN and len(np.unique(voice.line)) > 1:
            last = np.diff(voice.line)[:PHRASE_NOTES] != 0
            units = tuple(_unit(note, int(label)) for note, label in enumerate(last))
            yield Labelled(tune.id, written(voice[:PHRASE_NOTES]), units, tune.cluster)


def degree(root: Path | None, part: Part = "test") -> TaskData:
    """The first `DEGREE_NOTES` notes of an Essen tune, moved by as many semitones as its name decides; a unit a note,
    labelled with its semitones above the tonic, in one octave. See `phrase`."""
    return task_data(_degrees("train"), _degrees(part))


def _degrees(part: Part) -> Iterator[Labelled]:
    for tune in tunes_of(part):
        if tune.collection == ESSEN and tune.tonic is not None:
            voice = tune.voice.sounding[:DEGREE_NOTES]
            units = tuple(_unit(note, (int(pitch) - tune.tonic) % 12) for note, pitch in enumerate(voice.pitch))
            yield Labelled(tune.id, written(voice, shift=moved(tune.id)), units, tune.cluster)


def _unit(note: int, label: int) -> Unit:
    return Unit(WIDTH * note, WIDTH * (note + 1), label)


def measures(root: Path | None, part: Part = "test") -> TaskData:
    """Bars 2 to 9 of a tune as they are (1), or shuffled so that none follows the one it followed (0). See `phrase`."""
    return task_data(_measures("train"), _measures(part))


def _measures(part: Part) -> Iterator[Labelled]:
    for tune in tunes_of(part):
        bars = _bars(tune)
        if len(bars) < BARS:
            continue
        rng = generator(f"measures/{tune.id}")
        label = int(rng.integers(2))
        order = np.arange(BARS) if label else _shuffled(rng)
        notes = np.concatenate([bars[number] for number in order])
        yield Labelled(tune.id, written(tune.voice[notes]), label, tune.cluster)


def _bars(tune: Tune) -> list[NDArray[np.int64]]:
    """The indices of the sounding notes of bars 2, 3, ...; the first may be a part of one. Empty bars do not count."""
    sounding = np.flatnonzero(tune.voice.pitch >= 0)
    starts = np.flatnonzero(np.diff(tune.voice.bar[sounding])) + 1
    return np.split(sounding, starts)[1 : BARS + 1]


def _shuffled(rng: np.random.Generator) -> NDArray[np.int64]:
    while True:
        order = rng.permutation(BARS)
        if not (np.diff(order) == 1).any():
            return order


def phrases_of(tune: Tune) -> list[Voice]:
    """The lines of an Essen tune, without their rests."""
    voice = tune.voice.sounding
    edges = [0, *(np.flatnonzero(np.diff(voice.line)) + 1).tolist(), len(voice)]
    return [voice[first:end] for first, end in itertools.pairwise(edges)]
