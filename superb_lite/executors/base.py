"""Executor and Unit: pieces of work that do not depend on each other's place, and what runs them somewhere else."""

from __future__ import annotations

import types
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Unit:
    """A piece of work: a function that any worker can import, and its arguments, which can be sent there."""

    name: str
    """What messages call it; no two units of one run have the same."""

    function: Callable[..., Any]
    """Whatever it changes, it changes in the same way when it is called again: a worker may die halfway."""

    arguments: tuple[Any, ...] = ()

    after: tuple[str, ...] = field(default=())
    """The names of units that must be finished before. Their answers follow the arguments, in this order."""


class Executor(ABC):
    """Something that runs units elsewhere. It is a context: on leaving it, what was started for it ends.

    A class is registered under the entry point group `superb_lite.executors`. The fields of its `Settings` are what may
    follow its name: `--executor ray:workers=2,cpus=4`.
    """

    Settings: ClassVar[type[Any]]
    """A frozen dataclass of str, int and float fields with defaults and docstrings."""

    @abstractmethod
    def __init__(self, settings: Any) -> None:
        """Raises `SuperbLiteError` for an address that nothing answers, or settings that make no sense."""

    @abstractmethod
    def start(self, unit: Unit, arguments: tuple[Any, ...]) -> Future[Any]:
        """Begin a unit as soon as there is a worker; the future holds an `Answer` (`superb_lite.executors.worker`)."""

    @abstractmethod
    def died(self, error: BaseException) -> bool:
        """Whether a future raises this because the worker died, and not because the work failed."""

    has_store: ClassVar[bool] = False
    """Whether `shared` sends a value once, so that the items of tasks are sent; else workers load them themselves."""

    columns: int = 1
    """How many (task, protocol) columns of an encoder are one unit: more, where a worker is slow to start."""

    @property
    @abstractmethod
    def at_once(self) -> int | None:
        """How many units may be begun and not finished; None: any number, since the engine itself keeps a queue."""

    def nodes(self) -> list[Callable[[Unit], Future[Any]]]:
        """For each machine that may run units what starts a unit there, as far as the engine tells: else one of any."""
        return [lambda unit: self.start(unit, unit.arguments)]

    def shared(self, value: Any) -> Any:
        """A large value that many units take as an argument, sent once; what is put in its place among arguments."""
        return value

    @abstractmethod
    def close(self) -> None:
        """End what was started. Never fails."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.close()
