"""From the rows of a release to the data of a task: validation is drawn, items are named, clusters found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from superb_lite.tasks.labels import Example, Label, TaskData

VALIDATION_SHARE = 0.1
MOST_VALIDATION = 2000
"""More validation examples would make no choice surer."""


class Entry(NamedTuple):
    """One labelled example of a release.

    id: unique within the task. texts: its one or two items, or for span one pair. group: what makes entries dependent,
    its premise or article; entries of one group are never on both sides of a split, and are one cluster.
    """

    id: str
    texts: tuple[str | tuple[str, str], ...]
    label: Label
    group: str


def hold_out(entries: Sequence[Entry], name: str) -> tuple[list[Entry], list[Entry]]:
    """The entries without, and those of the validation part: a tenth of them, at most `MOST_VALIDATION`, whole groups.

    The test labels of these releases are hidden, so that their official development sets are the tests here and
    validation has to come out of the training set. Groups are drawn by the hash of their content, so that the same
    release in another order is split alike. name: of the task, the seed of the draw.
    """
    size = min(round(VALIDATION_SHARE * len(entries)), MOST_VALIDATION)
    members: dict[str, list[Entry]] = {}
    for entry in entries:
        members.setdefault(entry.group, []).append(entry)
    held: set[str] = set()
    taken = 0
    for group in sorted(members, key=lambda g: hashlib.sha256(f"{name}\n{g}".encode()).digest()):
        if taken >= max(size, 1) or len(held) == len(members) - 1:
            break
        held.add(group)
        taken += len(members[group])
    train = [entry for entry in entries if entry.group not in held]
    return train, [entry for entry in entries if entry.group in held]


def task_data(name: str, *, train: Sequence[Entry], validation: Sequence[Entry], test: Sequence[Entry]) -> TaskData:
    """Equal texts become one item, which is encoded once.

    Ids and clusters begin with the task's name, since results of several tasks are put together by their clusters.
    """
    keys: dict[str | tuple[str, str], str] = {}
    examples = [tuple(_examples(name, part, keys)) for part in (train, validation, test)]
    return TaskData({key: text for text, key in keys.items()}, examples[0], examples[2], examples[1])


def _examples(name: str, entries: Iterable[Entry], keys: dict[str | tuple[str, str], str]) -> Iterable[Example]:
    for entry in entries:
        items = tuple(
            keys.setdefault(text, f"{name}-{entry.id}{'' if place == 0 else '-b'}")
            for place, text in enumerate(entry.texts)
        )
        cluster = hashlib.sha256(entry.group.encode()).hexdigest()[:16]
        yield Example(f"{name}-{entry.id}", items, entry.label, cluster=f"{name}-{cluster}")
