"""TaskSet and Board: named lists of tasks."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class TaskSet:
    """A named list of tasks."""

    name: str
    """The first part of the names of its tasks ("glue" of "glue/rte")."""

    tasks: tuple[Task, ...]

    description: str = ""
    """One line."""

    calibration: str | None = None
    """"package:file.json" with the measured floors and ceilings; None for sets without normalised scores."""

    prepare: str | None = None
    """"module:function" of a progress callback that builds cached data ahead of time, for sets that need it."""

    label_files: tuple[str, ...] = ()
    """What holds labels of its tasks besides the packages of their `load`: top-level packages, and "package/path" of a
    file or folder in somebody else's package. Own code (`py:`) may not read them."""

    official: bool = False
    """The data is a release that has to be given with --root or downloaded; such a set is used where it is asked for,
    and not where every task of a modality is meant."""

    by_name: bool = False
    """It is used where it is asked for, and not where every task of a modality is meant: it asks for encoders of a
    corpus of its own."""

    average: tuple[tuple[str, ...], ...] = ()
    """The groups of tasks whose mean is the score of the whole set, as its authors define it; the tasks of a group are
    averaged first. Empty: the set has no score of its own."""

    core: tuple[str, ...] = ()
    """The tasks by which `run --modality` ranks encoders of a modality that is not on the core board. Empty: all."""

    published: str | None = None
    """"module:NAME" of a tuple of `superb_lite.tasks.published.PublishedRow`: what others published on these tasks."""

    languages: str | None = None
    """"module:NAME" of a `superb_lite.tasks.languages.Languages`: what is known of the languages that its tasks are in;
    `superb-lite analyze crosslingual` reads it."""

    def __post_init__(self) -> None:
        if len({task.name for task in self.tasks}) != len(self.tasks):
            raise SuperbLiteError(f"task set '{self.name}' has two tasks of one name")
        for task in self.tasks:
            if task.name.split("/")[0] != self.name:
                raise SuperbLiteError(f"task '{task.name}' is in task set '{self.name}': name it '{self.name}/...'")
        names = [task.name for task in self.tasks]
        for name in (name for group in self.average for name in group):
            if name not in names:
                raise SuperbLiteError(f"task set '{self.name}' averages '{name}', which is not one of its tasks")
        for name in self.core:
            if name not in names:
                raise SuperbLiteError(f"task set '{self.name}' has '{name}' in its core, which is not one of its tasks")

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def matching(self, pattern: str) -> tuple[Task, ...]:
        """Tasks whose full name matches a shell pattern, or all of them where the pattern is the set's name.

        The name of an official set must be written out: "*/ks" means none of its tasks.
        """
        if self.official and pattern.partition("/")[0] != self.name:
            return ()
        return tuple(t for t in self.tasks if pattern == self.name or fnmatch.fnmatchcase(t.name, pattern))


@dataclass(frozen=True)
class Board:
    """What a leaderboard ranks by: a versioned list of columns. Nothing else changes a ranking."""

    name: str

    version: int
    """Raised whenever the columns change."""

    columns: tuple[tuple[str, str], ...]
    """(task, protocol) each."""
