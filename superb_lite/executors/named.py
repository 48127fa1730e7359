"""`--executor NAME[:KEY=VALUE,...]`: the executor that a word names."""

from __future__ import annotations

import contextlib
import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line
from superb_lite.executors.base import Executor

LOCAL = "local"
"""In this process, one after the other: no executor at all."""


def check_executor(word: str) -> None:
    """Refuse an unknown name, an unknown setting or a value that is none; nothing is started. Imports no torch.

    Raises `SuperbLiteError`, also where the package of the engine is not installed.
    """
    if word != LOCAL:
        _settings(word)


@contextlib.contextmanager
def opened(word: str) -> Iterator[Executor | None]:
    """The executor of a word while it is needed; None for `local`.

    Raises `SuperbLiteError` where `check_executor` does, and where nothing answers.
    """
    if word == LOCAL:
        yield None
        return
    kind, settings = _settings(word)
    with kind(settings) as executor:
        yield executor


def _settings(word: str) -> tuple[type[Executor], Any]:
    name, colon, listed = word.partition(":")
    known = [LOCAL, *plugins.points(plugins.EXECUTORS)]
    if name not in known:
        raise UnknownNameError("executor", name, known)
    if name == LOCAL:
        raise SuperbLiteError(f"--executor {one_line(word, 80)}: '{LOCAL}' has no settings; it runs in this process")
    kind: type[Executor] = plugins.load(plugins.EXECUTORS, name, kind="executor")
    fields = {field.name: field for field in dataclasses.fields(kind.Settings)}
    types = typing.get_type_hints(kind.Settings)
    given: dict[str, Any] = {}
    for part in listed.split(",") if colon else ():
        key, equals, value = part.partition("=")
        if not equals or not value:
            raise SuperbLiteError(f"--executor {one_line(word, 80)}: write {name}:KEY=VALUE,KEY=VALUE")
        if key not in fields:
            raise UnknownNameError(f"setting of --executor {name}", key, fields)
        if key in given:
            raise SuperbLiteError(f"--executor {one_line(word, 80)}: '{key}' is given twice")
        try:
            given[key] = types[key](value)
        except ValueError:
            what = {int: "a whole number", float: "a number"}[types[key]]
            raise SuperbLiteError(f"--executor {name}: {key} must be {what}, not '{one_line(value, 40)}'") from None
    return kind, kind.Settings(**given)
