"""Tasks on a person's own data, without code: labelled rows become a task that classifies, predicts a number, or tags.

A modality reads its own files (`Modality.own_tasks`); the labels, the split and what is refused are the same for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import hashed_bytes
from superb_lite.tasks.labels import Example, Item, TaskData, Unit
from superb_lite.tasks.own_split import PARTS, TEST_SHARE, Row, check_split, dependent, draw_split
from superb_lite.tasks.task import Task

MOST_CLASSES = 1000


def own_task(
    name: str, path: Path, *, modality: str, rows: Sequence[Row], items: Mapping[str, Item], noun: str
) -> Task:
    """A task on a person's own rows: classes where labels are names, regression where they are numbers.

    The split is the one that is given; otherwise a fifth of the different items of each class is the test part, drawn
    by content, so that the same data in another order or place is split alike and duplicates stay together, as groups
    do. Duplicates, and the rows of a group, count as one observation in intervals. The version of the task comes from
    the content.

    Args:
        name: as it was asked for ("tsv:reviews.tsv").
        noun: what a single item is called in errors ("text").

    Raises:
        SuperbLiteError: a single class or value, more than 1000 classes, too few items of a class, an empty part, or an
            item or group that is both trained and tested on.
    """
    where = f"'{path}'"
    values = [row.label for row in rows if not isinstance(row.label, str)]
    labels = _LOW_TO_HIGH if values else _class_names(rows, where)
    if values and len(set(values)) < 2:
        raise SuperbLiteError(f"{where}: all values are {values[0]:g}: there is nothing to predict")
    if any(row.part for row in rows):
        check_split(rows, where, noun)
        split = "the split is the given one"
    else:
        rows = draw_split(rows, where, noun)
        of = "" if values else " of each class"
        split = f"no split was given: {TEST_SHARE:.0%} of the different items{of}, drawn by content, test"
    index = {label: number for number, label in enumerate(labels)}
    parts: dict[str, list[Example]] = {part: [] for part in PARTS}
    for row, cluster in zip(rows, dependent(rows), strict=True):
        label = index[row.label] if isinstance(row.label, str) else float(row.label)
        parts[row.part].append(Example(row.id, row.items, label, cluster[:16]))
    data = TaskData(items, tuple(parts["train"]), tuple(parts["test"]), tuple(parts["val"]))
    return Task(
        name=name,
        version=_version(rows),
        modality=modality,
        form="regress" if values else "classify",
        metrics=("spearman",) if values else ("accuracy",),
        labels=labels,
        load=lambda root: data,
        description=f"own data, {'a number' if values else f'{len(labels)} classes'}; {split}",
        source=str(path),
        corpus=str(path),
    )


def own_tagging_task(
    name: str,
    path: Path,
    *,
    modality: str,
    rows: Sequence[Row],
    items: Mapping[str, Item],
    units: Mapping[str, tuple[Unit, ...]],
    labels: tuple[str, ...],
    noun: str,
) -> Task:
    """A task that tags the units of a person's own rows, of one item each; splits are made as in `own_task`.

    Args:
        rows: their labels are one number, since none is an item's.
        units: by the id of a row.
        labels: the tags.
    """
    where = f"'{path}'"
    if len(labels) < 2:
        raise SuperbLiteError(f"{where}: {len(labels)} tag(s) found: at least two are needed")
    if any(row.part for row in rows):
        check_split(rows, where, noun)
        split = "the split is the given one"
    else:
        rows = draw_split(rows, where, noun)
        split = f"no split was given: {TEST_SHARE:.0%} of it, drawn by content, test"
    parts: dict[str, list[Example]] = {part: [] for part in PARTS}
    for row, cluster in zip(rows, dependent(rows), strict=True):
        parts[row.part].append(Example(row.id, row.items, units[row.id], cluster[:16]))
    data = TaskData(items, tuple(parts["train"]), tuple(parts["test"]), tuple(parts["val"]))
    return Task(
        name=name,
        version=_version(rows, repr([units[row.id] for row in rows])),
        modality=modality,
        form="tag",
        metrics=("unit_accuracy",),
        labels=labels,
        load=lambda root: data,
        description=f"own data, {len(labels)} tags; {split}",
        source=str(path),
        corpus=str(path),
    )


def _version(rows: Sequence[Row], units: str = "") -> int:
    """A number that the content decides."""
    digest = hashlib.sha256(units.encode())
    for row in rows:
        group = f"\0{row.group}" if row.group else ""
        digest.update(hashed_bytes(f"{row.id}\0{row.content}\0{row.label}\0{row.part}{group}\n"))
    return int(digest.hexdigest()[:8], 16)


_LOW_TO_HIGH = ("low", "high")
"""The labels of a number."""


def _class_names(rows: Sequence[Row], where: str) -> tuple[str, ...]:
    labels = {str(row.label) for row in rows}
    if len(labels) < 2:
        raise SuperbLiteError(f"{where}: {len(labels)} class(es) found: at least two are needed")
    if len(labels) > MOST_CLASSES:
        raise SuperbLiteError(
            f"{where}: {len(labels)} different labels, at most {MOST_CLASSES} classes: "
            "a number to predict is not a class"
        )
    named = sorted(labels)
    try:
        return tuple(sorted(named, key=int))
    except ValueError:
        return tuple(named)
