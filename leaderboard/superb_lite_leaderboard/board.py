"""The boards that are built in, and what their columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.metrics import metric
from superb_lite.results import scale
from superb_lite.results.scale import Scale
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import Board

_CORE_ZH = (
    ("clue-lite/pos", "frozen"),
    ("clue-lite/ner", "frozen"),
    ("clue-lite/seg", "frozen"),
)
_CORE_EN = (
    ("glue-lite/nli", "frozen"),
    ("glue-lite/rte", "frozen"),
    ("glue-lite/pronoun", "frozen"),
)
_CORE_WITHOUT_LANGUAGE = (
    ("superb-lite/ks", "frozen"),
    ("superb-lite/sid", "frozen"),
    ("superb-lite/phone", "frozen"),
    ("superb-lite/ic", "frozen"),
    ("vision-lite/mnist-turned", "frozen"),
    ("vision-lite/digits-turned", "frozen"),
    ("vision-lite/texture", "frozen"),
    ("vision-lite/shape", "frozen"),
)

CORE_VERSION = 4
"""Of the core board and of its parts by language."""

CORE = Board("core", CORE_VERSION, _CORE_ZH + _CORE_EN + _CORE_WITHOUT_LANGUAGE)
CORE_EN = Board("core-en", CORE_VERSION, _CORE_EN + _CORE_WITHOUT_LANGUAGE)
CORE_ZH = Board("core-zh", CORE_VERSION, _CORE_ZH + _CORE_WITHOUT_LANGUAGE)

QUICK = Board(
    name="quick",
    version=1,
    columns=(("clue-lite/pos", "frozen"), ("superb-lite/ks", "frozen"), ("vision-lite/mnist-5", "frozen")),
)
"""One task a modality, whole, for a smoke run."""


BUILT_IN = {board.name: board for board in (CORE, CORE_EN, CORE_ZH, QUICK)}


def built_in(name: str) -> Board:
    """The built-in board of a name. Raises `UnknownNameError`."""
    if name not in BUILT_IN:
        raise UnknownNameError("board", name, BUILT_IN)
    return BUILT_IN[name]


def board_of(names: Sequence[str]) -> Board:
    """A board of all tasks that some names stand for (sets, tasks, patterns), each under its default protocol.

    Raises `SuperbLiteError` for names that stand for nothing.
    """
    tasks = {task.name: task for name in names for task in plugins.tasks(name)}
    return Board(" ".join(names), 1, tuple((task.name, task.protocols[0]) for task in tasks.values()))


def board_of_modalities(names: Sequence[str], *, quick: bool = False) -> Board:
    """What encoders of some modalities are ranked by where no tasks are named.

    It is the core board, or the quick one, if they stand on it (no names mean all that do). A modality that does not
    has a board of its own: the core tasks of its sets, and for a quick run the first of them.

    Raises `SuperbLiteError` for several modalities that have no board in common, and for one without tasks.
    """
    board = QUICK if quick else CORE
    known = {plugins.tasks(task)[0].modality for task, _ in board.columns}
    outside = next((name for name in names if name not in known), None)
    if outside is None:
        return board
    if len(set(names)) > 1:
        raise SuperbLiteError(f"modality '{outside}' has a board of its own: run it by itself")
    tasks = plugins.core_tasks(outside)[: 1 if quick else None]
    if not tasks:
        raise SuperbLiteError(f"modality '{outside}' has no tasks to run: install a package that has some")
    return Board(f"quick-{outside}" if quick else outside, 1, tuple((task.name, task.protocols[0]) for task in tasks))


@dataclass(frozen=True)
class Column:
    """A (task, protocol) of a board, looked up."""

    task: Task
    protocol: str
    scale: Scale | None
    """Of normalised scores; None where the task is not calibrated."""

    @property
    def key(self) -> str:
        """The column's name in rows: the task's, followed by "@protocol" unless that is the task's default."""
        return self.task.name if self.protocol == self.task.protocols[0] else f"{self.task.name}@{self.protocol}"

    @property
    def label(self) -> str:
        """The key, and the language of the task's items where they have one."""
        return f"{self.key} ({self.task.language})" if self.task.language else self.key

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger score is a better one."""
        return all(metric(name).higher_is_better for name in self.task.metrics)


def resolve_columns(board: Board) -> tuple[Column, ...]:
    """Look up the tasks of a board. Raises `UnknownNameError` for a task that no installed package registers."""
    found = ((plugins.tasks(name)[0], protocol) for name, protocol in board.columns)
    return tuple(Column(task, protocol, scale.scale(task, protocol)) for task, protocol in found)
