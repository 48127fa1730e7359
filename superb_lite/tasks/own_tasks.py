"""Tasks on a person's own data, without code: a file or a folder becomes a classification task.

A modality reads its own files (`Modality.own_tasks`); the labels, the split and what is refused are the same for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.errors import SuperbLiteError, counted, note
from superb_lite.surrogates import first_surrogate, hashed_bytes
from superb_lite.tasks.labels import Example, Item, TaskData
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite.tasks.task import Task

PARTS = ("train", "val", "test")
MOST_CLASSES = 1000
FEWEST = 5
"""Different items of a class that a drawn split needs: one to test, one to validate, and some to learn from."""
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Row:
    """One labelled example as it was read."""

    id: str
    """Unique; also how errors name it."""

    items: tuple[str, ...]
    """The keys of its items."""

    content: str
    """Equal for equal items, so that duplicates are found."""

    label: str

    part: str = ""
    """One of `PARTS`, or empty where no split is given."""


def own_task(
    name: str, path: Path, *, modality: str, rows: Sequence[Row], items: Mapping[str, Item], noun: str
) -> Task:
    """A classification task on a person's own rows.

    The split is the one that is given; otherwise a fifth of the different items of each class is the test part, drawn
    by content, so that the same data in another order or place is split alike and duplicates stay together. Duplicates
    count as one observation in intervals. The version of the task comes from the content.

    Args:
        name: as it was asked for ("tsv:reviews.tsv").
        noun: what a single item is called in errors ("text").

    Raises:
        SuperbLiteError: a single class, more than 1000, too few items of a class, an empty part, or an item that is
            both trained and tested on.
    """
    where = f"'{path}'"
    labels = _class_names(rows, where)
    given = any(row.part for row in rows)
    if given:
        _check_split(rows, where, noun)
        split = "the split is the given one"
    else:
        rows = _draw_split(rows, where, noun)
        split = f"no split was given: {TEST_SHARE:.0%} of the different items of each class, drawn by content, test"
    index = {label: number for number, label in enumerate(labels)}
    parts: dict[str, list[Example]] = {part: [] for part in PARTS}
    for row in rows:
        cluster = hashlib.sha256(hashed_bytes(row.content)).hexdigest()[:16]
        parts[row.part].append(Example(row.id, row.items, index[row.label], cluster))
    data = TaskData(items, tuple(parts["train"]), tuple(parts["test"]), tuple(parts["val"]))
    digest = hashlib.sha256()
    for row in rows:
        digest.update(hashed_bytes(f"{row.id}\0{row.content}\0{row.label}\0{row.part}\n"))
    return Task(
        name=name,
        version=int(digest.hexdigest()[:8], 16),
        modality=modality,
        form="classify",
        metrics=("accuracy",),
        labels=labels,
        load=lambda root: data,
        description=f"own data, {len(labels)} classes; {split}",
        source=str(path),
        corpus=str(path),
    )


def _class_names(rows: Sequence[Row], where: str) -> tuple[str, ...]:
    labels = {row.label for row in rows}
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


def _check_split(rows: Sequence[Row], where: str, noun: str) -> None:
    """Refuse a given split that cannot be trained or tested on."""
    train = dict.fromkeys(sorted({row.label for row in rows}), 0)
    seen: dict[str, Row] = {}
    for row in rows:
        train[row.label] += row.part == "train"
    for part in ("train", "test"):
        if not any(row.part == part for row in rows):
            raise SuperbLiteError(f"{where}: nothing is in the part '{part}'")
    for label, count in train.items():
        if count < 2:
            raise SuperbLiteError(
                f"{where}: class '{label}' has {counted(count, noun)} in 'train': at least 2 are needed"
            )
    for row in rows:
        other = seen.setdefault(row.content, row)
        if other.part != row.part:
            raise SuperbLiteError(
                f"{where}: '{other.id}' in '{other.part}' and '{row.id}' in '{row.part}' are the same {noun}: "
                "remove one of them"
            )


def _draw_split(rows: Sequence[Row], where: str, noun: str) -> list[Row]:
    """The rows with a part each, stratified by class."""
    classes: dict[str, list[str]] = {}
    owner: dict[str, str] = {}
    for row in rows:
        classes.setdefault(row.label, [])
        if owner.setdefault(row.content, row.label) == row.label and row.content not in classes[row.label]:
            classes[row.label].append(row.content)
    tested: set[str] = set()
    for label, contents in sorted(classes.items()):
        if len(contents) < FEWEST:
            raise SuperbLiteError(
                f"{where}: class '{label}' has {counted(len(contents), f'different {noun}')}: "
                f"at least {FEWEST} are needed, or a split of your own"
            )
        order = sorted(contents, key=lambda c: hashlib.sha256(hashed_bytes(c)).digest())
        tested.update(order[: max(1, round(TEST_SHARE * len(order)))])
    return [Row(r.id, r.items, r.content, r.label, "test" if r.content in tested else "train") for r in rows]


def folder_task(
    name: str,
    folder: Path,
    *,
    modality: str,
    suffixes: Collection[str],
    read: Callable[[Path], Item],
    noun: str,
) -> Task:
    """A classification task on a folder that holds a folder for each class, or train, test (and val) with these in it.

    Files are found in the subfolders of a class folder too. Hidden files are left out, and those with other suffixes,
    which is noted.

    Args:
        suffixes: of the files that count, in lower case (".png").
        read: a file to a raw item; called when the item is used.
    """
    if not folder.is_dir():
        raise SuperbLiteError(f"'{folder}' is not a directory: give one that holds a folder of {noun}s for each class")
    top = _subfolders(folder, suffixes, noun)
    split = {f.name for f in top} & set(PARTS)
    if not split and len(top) > 1 and all(_looks_like_a_part(f) for f in top):
        raise SuperbLiteError(
            f"'{folder}' holds {_listed({f.name for f in top})}, which look like parts of a split, not like classes: "
            f"call them {_listed(PARTS)}"
        )
    rows: list[Row] = []
    if split:
        for part in top:
            if part.name not in PARTS:
                raise SuperbLiteError(
                    f"'{folder}' holds '{part.name}' together with {_listed(split)}: remove or rename it"
                )
            for label in _subfolders(part, suffixes, noun):
                rows += _class_rows(folder, label, part.name, suffixes, noun)
        for needed in ("train", "test"):
            if needed not in split:
                raise SuperbLiteError(f"'{folder}' holds {_listed(split)} but no '{needed}'")
    else:
        for label in top:
            rows += _class_rows(folder, label, "", suffixes, noun)
    _note_left_out(folder, suffixes, noun)
    return own_task(name, folder, modality=modality, rows=rows, items=_items(folder, rows, read), noun=noun)


PART_NAMES = {"train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval"}


def _looks_like_a_part(folder: Path) -> bool:
    """Whether a folder has the name of a part and holds folders, as a class rarely does."""
    return folder.name.lower() in PART_NAMES and any(path.is_dir() for path in folder.iterdir())


def _note_left_out(folder: Path, suffixes: Collection[str], noun: str) -> None:
    left = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix.lower() not in suffixes
        and not any(piece.startswith(".") for piece in path.relative_to(folder).parts)
    ]
    if left:
        note(
            f"'{folder}': {counted(len(left), 'file')} left out whose names are not those of a {noun}, such as "
            f"'{left[0].relative_to(folder)}'"
        )


def _subfolders(folder: Path, suffixes: Collection[str], noun: str) -> list[Path]:
    """The folders in a folder of folders; a file that would be an item is in the wrong place."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            found.append(path)
        elif path.suffix.lower() in suffixes:
            raise SuperbLiteError(f"'{path}' lies in no class folder: put each {noun} into the folder of its class")
    if not found:
        raise SuperbLiteError(f"'{folder}' holds no folders: put the {noun}s of each class into a folder of its own")
    return found


def _class_rows(root: Path, folder: Path, part: str, suffixes: Collection[str], noun: str) -> list[Row]:
    rows = []
    for path in sorted(folder.rglob("*")):
        hidden = any(piece.startswith(".") for piece in path.relative_to(folder).parts)
        if path.suffix.lower() in suffixes and path.is_file() and not hidden:
            key = path.relative_to(root).as_posix()
            if first_surrogate(key):  # results are files in UTF-8, and hold the names of classes and items
                raise SuperbLiteError(f"'{path}' has a name that is not UTF-8: rename it")
            try:
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise SuperbLiteError(f"cannot read '{path}': {error.strerror}") from None
            rows.append(Row(key, (key,), content, folder.name, part))
    if not rows:
        raise SuperbLiteError(f"the class folder '{folder}' holds no {noun} ({', '.join(sorted(suffixes))})")
    return rows


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


def folder_items(folder: Path, *, suffixes: Collection[str], read: Callable[[Path], Item], noun: str) -> LazyItems:
    """The unlabelled files below a folder, by their paths within it; which files count is as in `folder_task`."""
    if not folder.is_dir():
        raise SuperbLiteError(f"'{folder}' is not a directory: give a folder of {noun}s")
    rows = _class_rows(folder, folder, "", suffixes, noun)
    _note_left_out(folder, suffixes, noun)
    return _items(folder, rows, read)


def _items(root: Path, rows: Sequence[Row], read: Callable[[Path], Item]) -> LazyItems:
    return LazyItems({key: root / key for row in rows for key in row.items}, read)
