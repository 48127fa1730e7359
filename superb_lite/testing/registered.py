"""What a person may mean by a word: everything that is registered under a name, and what a reference stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from superb_lite import plugins
from superb_lite.encoders.references import decide, is_name
from superb_lite.errors import SuperbLiteError, UnknownNameError

KINDS = ("encoder", "task", "objective", "modality")


def registered(name: str, kind: str | None = None) -> list[Any]:
    """The subjects of checks that a word stands for: of an encoder its specification or reference, tasks one by one.

    kind: one of `KINDS`, where a name has several; None: all of them.

    Raises `UnknownNameError` for a word that nothing is meant by, `SuperbLiteError` for a kind that there is not.
    """
    if kind is not None and kind not in KINDS:
        raise SuperbLiteError(f"--kind '{kind}': choose among {', '.join(KINDS)}")
    if kind is not None:
        return _LOOK_UP[kind](name)
    found: list[Any] = []
    if plugins.is_task(name):
        found += plugins.tasks(name)
    if name in plugins.objectives():
        found.append(plugins.objective(name))
    if name in plugins.modalities():
        found.append(plugins.modality(name))
    if name in plugins.architectures() or is_name(name):
        try:
            found = [*_encoder(name), *found]
        except SuperbLiteError:  # a name of an objective stands for a checkpoint, which is not there yet
            if not found:
                raise
    if found:
        return found
    try:
        decide(name)
    except UnknownNameError:
        tasks = (task.name for taskset in plugins.tasksets().values() for task in taskset)
        known = {*plugins.references(), *plugins.objectives(), *plugins.modalities(), *plugins.tasksets(), *tasks}
        raise UnknownNameError("encoder, task, objective or modality", name, known) from None
    return [name]


def _encoder(name: str) -> list[Any]:
    """An architecture by its specification, anything else by its reference."""
    if name in plugins.architectures():
        return [plugins.architectures()[name]]
    decide(name)
    return [name]


_LOOK_UP: dict[str, Callable[[str], list[Any]]] = {
    "encoder": _encoder,
    "task": lambda name: list(plugins.tasks(name)),
    "objective": lambda name: [plugins.objective(name)],
    "modality": lambda name: [plugins.modality(name)],
}
