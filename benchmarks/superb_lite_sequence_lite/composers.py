"""Who composed an excerpt of a work that nobody has seen?"""

from __future__ import annotations

import itertools
from collections import defaultdict
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sources.music.alphabet import APART, written
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.works import COMPOSERS, excerpts, movements
from superb_lite_sources.shares import rank

NOTES = 12

A_WORK = 12
"""The most excerpts of a work."""


def composer(root: Path | None, part: Part = "test") -> TaskData:
    """`NOTES` notes of a top voice, and as many of the bass from the same moment on, in pitches only: with their
    lengths, a bag of symbols is better than 70% by the habits of editions. What is scored has as many excerpts of each
    composer.

    root: not needed. part: what is scored.
    """
    scored = _excerpts(part)
    fewest = min(map(len, scored))
    return task_data(
        itertools.chain.from_iterable(_excerpts("train")), (one for some in scored for one in some[:fewest])
    )


def _excerpts(part: Part) -> list[list[Labelled]]:
    """By composer, in an order that says nothing."""
    works: dict[str, list[tuple[str, Voice, Voice]]] = defaultdict(list)
    for movement in movements(part):
        for number, (top, bass) in enumerate(excerpts(movement, NOTES)):
            works[movement.group].append((f"{movement.id}/{number}", top, bass))
    found: dict[str, list[Labelled]] = {name: [] for name in COMPOSERS}
    for group, all_of_it in works.items():
        composer = group.partition("/")[0]
        for name, top, bass in sorted(all_of_it, key=lambda one: rank(one[0], "composer"))[:A_WORK]:
            item = f"{written(top, durations=False)}{APART}{written(bass, durations=False)}"
            found[composer].append(Labelled(name, item, list(COMPOSERS).index(composer), group))
    return [sorted(some, key=lambda one: rank(one.id, "composer")) for some in found.values()]
