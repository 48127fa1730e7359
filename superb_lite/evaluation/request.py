"""What an evaluation is asked for: numbers and tasks, checked without importing torch."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.task import Task

Tasks = str | Task | Sequence[str | Task]
"""Task names, task sets, shell patterns or `Task` values."""


def check_numbers(*, seeds: int = 1, limit: int | None = None, batch_size: int = 1) -> None:
    """Raise `SuperbLiteError` for a number of seeds or test examples, or a batch size, that is too small."""
    if seeds < 1:
        raise SuperbLiteError(f"--seeds {seeds}: at least 1 evaluation seed is needed")
    if limit is not None and limit < 2:
        raise SuperbLiteError(f"--limit {limit}: at least 2 test examples are needed")
    if batch_size < 1:
        raise SuperbLiteError(f"--batch-size {batch_size}: at least 1 item is needed")


def select_tasks(tasks: Tasks, modality: str | None, reference: str) -> tuple[Task, ...]:
    """The tasks that the arguments of `evaluate` stand for, without repetition, in order."""
    wanted = [tasks] if isinstance(tasks, str | Task) else list(tasks)
    chosen: dict[str, Task] = {}
    for entry in wanted:
        found = (entry,) if isinstance(entry, Task) else plugins.tasks(entry)
        fitting = [t for t in found if modality is None or t.modality == modality]
        if not fitting:
            raise SuperbLiteError(
                f"'{reference}' takes {modality}, but '{found[0].name}' is a task of modality {found[0].modality}"
            )
        chosen.update({t.name: t for t in fitting})
    return tuple(chosen.values())
