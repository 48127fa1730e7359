"""Two phrases: does the second follow the first in its tune, or is it from another one?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from superb_lite.tasks.labels import TaskData
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sequence_lite.melodies import ESSEN, phrases_of
from superb_lite_sources.music.alphabet import middle, written
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.tunes import Tune, tunes_of
from superb_lite_sources.shares import generator

SHORTEST = 4
"""Notes of a phrase."""

LONGER = 3
"""Notes by which a phrase of another tune may be longer or shorter than the one in whose place it stands."""

TRIES = 40


def next_phrase(root: Path | None, part: Part = "test") -> TaskData:
    """Two phrases of an Essen tune in a row (1), or the first of them with a phrase of another tune (0).

    What is easily seen is alike: the other tune has the same metre and is from the same collection, its phrase stands
    at the same place of its tune, is about as long, and is moved to the tonic of the first. Both are written from the
    middle of the first phrase, and each with its own usual length of notes.

    root: not needed. part: what is scored.
    """
    return task_data(_pairs("train"), _pairs(part))


def _pairs(part: Part) -> Iterator[Labelled]:
    tunes = [tune for tune in tunes_of(part) if tune.collection == ESSEN and tune.tonic is not None]
    phrases = {tune.id: phrases_of(tune) for tune in tunes}
    alike: dict[tuple[str, str], list[Tune]] = defaultdict(list)
    for tune in tunes:
        alike[_kind(tune)].append(tune)
    for number, tune in enumerate(tunes):
        rng = generator(f"next/{tune.id}")
        places = [
            place
            for place in range(len(phrases[tune.id]) - 1)
            if min(map(len, phrases[tune.id][place : place + 2])) >= SHORTEST
        ]
        if not places:
            continue
        place = int(rng.choice(places))
        first, second = phrases[tune.id][place : place + 2]
        clusters: tuple[str, ...] = (tune.cluster,)
        if number % 2:
            found = _foreign(tune, place + 1, len(second), alike[_kind(tune)], phrases, rng)
            if found is None:
                continue
            second, clusters = found[0], (tune.cluster, found[1])
        centre = middle(first)
        item = (written(first, centre=centre), written(second, centre=centre))
        yield Labelled(tune.id, item, (number + 1) % 2, clusters if len(clusters) > 1 else clusters[0])


def _kind(tune: Tune) -> tuple[str, str]:
    return tune.id.split("/")[1][:3], tune.metre  # files of one collection begin alike: altdeu10, altdeu20


def _foreign(
    tune: Tune, place: int, notes: int, others: list[Tune], phrases: dict[str, list[Voice]], rng: np.random.Generator
) -> tuple[Voice, str] | None:
    """A phrase of another tune, moved to the tonic of this one, and that tune's cluster; None where there is none."""
    assert tune.tonic is not None
    for index in rng.permutation(len(others))[:TRIES]:
        other = others[index]
        if other.cluster == tune.cluster or other.tonic is None or place >= len(phrases[other.id]):
            continue
        phrase = phrases[other.id][place]
        if len(phrase) >= SHORTEST and abs(len(phrase) - notes) <= LONGER:
            steps = (tune.tonic - other.tonic + 6) % 12 - 6
            return phrase.moved(steps), other.cluster
    return None
