"""Which of a person's own rows are trained, validated and tested on: as given, or drawn by content."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from superb_lite.errors import SuperbLiteError, counted
from superb_lite.surrogates import hashed_bytes

PARTS = ("train", "val", "test")
FEWEST = 5
"""Independent items of a class (of numbers: in all) that a drawn split needs: one to test, one to validate, and some to
learn from."""
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

    label: str | float
    """The name of its class, or a number to predict; one of the two in all rows."""

    part: str = ""
    """One of `PARTS`, or empty where no split is given."""

    group: str = ""
    """Rows of a group depend on each other (a patient, a family of proteins) and stay in one part. Empty: none."""


def dependent(rows: Sequence[Row]) -> list[str]:
    """For each row the name of what it depends on: all rows that have its content or its group, and so on.

    The name is the hash of the contents, so that it is the same wherever and in whatever order the rows stand.
    """
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def find(key: tuple[str, str]) -> tuple[str, str]:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]  # halves the way of the next one that asks
            key = parent[key]
        return key

    for row in rows:
        content = find(("content", row.content))
        if row.group:
            parent[content] = find(("group", row.group))
    names: dict[tuple[str, str], str] = {}
    for row in rows:
        root, digest = find(("content", row.content)), hashlib.sha256(hashed_bytes(row.content)).hexdigest()
        names[root] = min(names.get(root, digest), digest)
    return [names[find(("content", row.content))] for row in rows]


def check_split(rows: Sequence[Row], where: str, noun: str) -> None:
    """Refuse a given split that cannot be trained or tested on. Raises `SuperbLiteError`."""
    for part in ("train", "test"):
        if not any(row.part == part for row in rows):
            raise SuperbLiteError(f"{where}: nothing is in the part '{part}'")
    for label in sorted({row.label for row in rows if isinstance(row.label, str)}):
        count = sum(row.part == "train" and row.label == label for row in rows)
        if count < 2:
            raise SuperbLiteError(
                f"{where}: class '{label}' has {counted(count, noun)} in 'train': at least 2 are needed"
            )
    seen: dict[str, Row] = {}
    for row, name in zip(rows, dependent(rows), strict=True):
        other = seen.setdefault(name, row)
        if other.part != row.part:
            same = row.content == other.content
            why = f"are the same {noun}: remove one of them" if same else "are of one group: a group has one part"
            raise SuperbLiteError(f"{where}: '{other.id}' in '{other.part}' and '{row.id}' in '{row.part}' {why}")


def draw_split(rows: Sequence[Row], where: str, noun: str) -> list[Row]:
    """The rows with a part each: a fifth of what is independent, of each class, is the test part.

    It is drawn by content, so that the same data in another order or place is split alike. Raises `SuperbLiteError`.
    """
    names = dependent(rows)
    classes: dict[str, set[str]] = {}
    for row, name in zip(rows, names, strict=True):
        classes.setdefault(row.label if isinstance(row.label, str) else "", set()).add(name)
    tested: set[str] = set()
    for label, members in sorted(classes.items()):
        whose = f"class '{label}'" if label else "it"
        if len(members) < FEWEST:
            what = "independent group" if any(row.group for row in rows) else f"different {noun}"
            raise SuperbLiteError(
                f"{where}: {whose} has {counted(len(members), what)}: at least {FEWEST} are needed, "
                "or a split of your own"
            )
        wanted = max(1, round(TEST_SHARE * len(members))) - len(members & tested)
        tested.update(sorted(members - tested)[: max(0, wanted)])
        if members <= tested:
            raise SuperbLiteError(f"{where}: all of class '{label}' falls into the test part: give a split of your own")
    return [
        dataclasses.replace(row, part="test" if name in tested else "train")
        for row, name in zip(rows, names, strict=True)
    ]
