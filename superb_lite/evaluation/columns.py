"""Columns: which tasks are evaluated under which protocols, found and checked before anything is computed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.request import Tasks, select_tasks
from superb_lite.features.data_checks import check_all
from superb_lite.forms import form_of
from superb_lite.metrics import metric
from superb_lite.protocols import protocol
from superb_lite.tasks.task import Task

Column = tuple[Task, str]
"""A task and the name of a protocol."""


def columns_of(tasks: Tasks, modality: str | None, reference: str, name: str | None) -> tuple[list[Column], list[str]]:
    """The columns of some tasks under the protocol `name` (None: each task's default); the names of tasks left out.

    What a protocol does not go with is left out of a set or pattern, and so is, without a protocol, what asks for more
    than features beside tasks that do not. A task that is named in full stays, and so do all
    when nothing would be left, to be refused where columns are checked.
    """
    chosen = select_tasks(tasks, modality, reference)
    entries = [tasks] if isinstance(tasks, str | Task) else tasks
    named = {entry.name if isinstance(entry, Task) else entry for entry in entries}
    return _fitting(chosen, name, named)


def default_columns(modality: str, name: str | None) -> tuple[list[Column], list[str]]:
    """`columns_of` all tasks of a modality whose data is at hand; without a protocol, of those that fit any encoder."""
    columns, left_out = _fitting(plugins.embedded_tasks(modality), name, set())
    return columns, left_out if name else []


def _fitting(tasks: Sequence[Task], name: str | None, kept: Collection[str]) -> tuple[list[Column], list[str]]:
    """kept: the names of the tasks that stay, fitting or not."""
    left_out = [
        t.name
        for t in tasks
        if t.name not in kept
        and not (protocol(t.protocols[0]).any_encoder if name is None else protocol(name).takes(form_of(t)))
    ]
    if len(left_out) == len(tasks):
        left_out = []
    return [(task, name or task.protocols[0]) for task in tasks if task.name not in left_out], left_out


def check_column(task: Task, name: str) -> None:
    """Refuse a protocol, a head or a metric that does not go with the task's form. Raises `SuperbLiteError`."""
    form = form_of(task)
    if not protocol(name).takes(form):
        raise SuperbLiteError(f"protocol '{name}' does not go with form '{task.form}' (task '{task.name}')")
    if task.head is not None and task.head not in form.heads:
        known = ", ".join(form.heads) or "none"
        raise SuperbLiteError(f"task '{task.name}': form '{task.form}' has no head '{task.head}' (it has {known})")
    for key in task.metrics:
        try:
            scored = metric(key).predictions
        except SuperbLiteError as error:
            raise SuperbLiteError(f"task '{task.name}': {error}") from None
        if form.predicts not in scored:
            kinds = " and ".join(sorted(scored))
            raise SuperbLiteError(
                f"task '{task.name}': metric '{key}' scores predictions of kind {kinds}, but form '{task.form}' "
                f"predicts '{form.predicts}'"
            )


def load_data(tasks: Sequence[Task], root: Path | None) -> None:
    """Load and check the data of all tasks before anything is computed, so that all that is missing is known at once.

    Here each item is read for the first time, to be checked and hashed (see `superb_lite.features.data_checks`).
    """
    named = {task.name: task for task in tasks}
    missing: dict[str, SuperbLiteError] = {}
    for task in named.values():
        try:
            task.data(root)
        except SuperbLiteError as error:
            missing[task.name] = error
    if len(missing) > 1:
        raise SuperbLiteError(f"{len(missing)} tasks have no data: {'; '.join(map(str, missing.values()))}")
    for only in missing.values():
        raise only
    check_all((task, task.data(root)) for task in named.values())
