"""A folder of a person's own files as a task: a folder for each class, or train, test (and val) with these in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError, counted, note
from superb_lite.surrogates import first_surrogate
from superb_lite.tasks.labels import Item
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite.tasks.own_split import PARTS, Row
from superb_lite.tasks.own_tasks import own_task
from superb_lite.tasks.task import Task


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
