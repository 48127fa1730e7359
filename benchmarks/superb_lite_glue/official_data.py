"""From the rows of a release to the data of a task: validation is drawn, items are named, clusters found."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from superb_lite.tasks.labels import Example, Label, Spans, TaskData

VALIDATION_SHARE = 0.1
MOST_VALIDATION = 2000
"""More validation examples would make no choice surer."""


class Entry(NamedTuple):
    """One labelled example of a release."""

    id: str
    """Unique within the task."""

    texts: tuple[str | tuple[str, str], ...]
    """Its one or two items, for span one pair, for choose what comes before and the choices."""

    label: Label

    group: str
    """What makes entries dependent: a premise, an article. Entries of one group are never on both sides of a split, and
    are one cluster."""

    asked: str = ""
    """What metrics count together (`Example.group`)."""

    places: Spans = ()
    """Of each text the stretch that is asked about (`Example.places`)."""

    cluster: str = ""
    """Its cluster under a name that several tasks share, as of a premise and its translations; empty for one of the
    task's own, by `group`."""


def by_shared_text(entries: Sequence[Entry]) -> list[Entry]:
    """The entries of pairs, with one group for all that share a text, directly or by way of other entries.

    These are the connected components of the graph whose nodes are the texts and whose edges are the entries. A group
    is named by its smallest text, so that it does not depend on the order of the entries.
    """
    number: dict[object, int] = {}
    ends = np.array(
        [[number.setdefault(text, len(number)) for text in (entry.texts[0], entry.texts[-1])] for entry in entries]
    ).reshape(-1, 2)
    edges = coo_array((np.ones(len(ends), dtype=bool), (ends[:, 0], ends[:, 1])), shape=(len(number), len(number)))
    count, component = connected_components(edges, directed=False)
    names = [""] * count
    for text, node in sorted(number.items(), key=lambda item: str(item[0]), reverse=True):
        names[component[node]] = str(text)
    return [entry._replace(group=names[component[node]]) for entry, node in zip(entries, ends[:, 0], strict=True)]


def hold_out(entries: Sequence[Entry], name: str) -> tuple[list[Entry], list[Entry]]:
    """The entries without, and those of the validation part: a tenth of them, at most `MOST_VALIDATION`, whole groups.

    The test labels of these releases are hidden, so that their official development sets are the tests here and
    validation has to come out of the training set. Groups are drawn by the hash of their content, so that the same
    release in another order is split alike. A group that is larger than the whole validation part is drawn only
    where all groups are.

    Args:
        name: of the task, the seed of the draw.
    """
    size = max(1, min(round(VALIDATION_SHARE * len(entries)), MOST_VALIDATION))
    members = Counter(entry.group for entry in entries)
    order = sorted(members, key=lambda g: hashlib.sha256(f"{name}\n{g}".encode()).digest())
    held: set[str] = set()
    taken = 0
    for group in [group for group in order if members[group] <= size] or order:
        if taken >= size or len(held) == len(members) - 1:
            break
        held.add(group)
        taken += members[group]
    train = [entry for entry in entries if entry.group not in held]
    return train, [entry for entry in entries if entry.group in held]


def task_data(name: str, *, train: Sequence[Entry], validation: Sequence[Entry], test: Sequence[Entry]) -> TaskData:
    """Equal texts become one item, which is encoded once.

    Ids, and clusters that are not `Entry.cluster`, begin with the task's name, since results of several tasks are put
    together by their clusters.
    """
    keys: dict[str | tuple[str, str], str] = {}
    examples = [tuple(_examples(name, part, keys)) for part in (train, validation, test)]
    return TaskData({key: text for text, key in keys.items()}, examples[0], examples[2], examples[1])


_PLACES = ("", *(f"-{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"))
"""What the names of an example's items end in."""


def _examples(name: str, entries: Iterable[Entry], keys: dict[str | tuple[str, str], str]) -> Iterable[Example]:
    for entry in entries:
        items = tuple(
            keys.setdefault(text, f"{name}-{entry.id}{_PLACES[place]}") for place, text in enumerate(entry.texts)
        )
        cluster = entry.cluster or f"{name}-{hashlib.sha256(entry.group.encode()).hexdigest()[:16]}"
        asked = entry.asked and f"{name}-{entry.asked}"
        yield Example(f"{name}-{entry.id}", items, entry.label, cluster, asked, entry.places)
