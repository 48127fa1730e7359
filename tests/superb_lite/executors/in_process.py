"""An executor for tests: units run in this process, in threads, and everything that is sent goes through pickle."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import cloudpickle
import torch

from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.worker import Place, work


class WorkerDiedError(Exception):
    """What stands for a worker that was killed."""


@dataclass(frozen=True)
class NoSettings:
    columns: int = 1


@dataclass
class Shared:
    """What stands for a value in the object store."""

    content: bytes


@dataclass
class InProcess(Executor):
    """dies: called with a unit before it runs; it raises `WorkerDiedError` for a worker that dies."""

    columns: int = 1
    dies: Callable[[Unit], None] = lambda unit: None
    store: bool = True
    began: list[str] = field(default_factory=list)
    puts: int = 0

    Settings = NoSettings
    at_once = None

    @property
    def has_store(self) -> bool:  # type: ignore[override]
        return self.store

    def died(self, error: BaseException) -> bool:
        return isinstance(error, WorkerDiedError)

    def shared(self, value: Any) -> Any:
        self.puts += 1
        return Shared(cloudpickle.dumps(value))

    def start(self, unit: Unit, arguments: tuple[Any, ...]) -> Future[Any]:
        future: Future[Any] = Future()
        self.began.append(unit.name)
        threads = torch.get_num_threads()
        try:
            self.dies(unit)
            sent = pickle.loads(cloudpickle.dumps((unit.function, arguments)))
            values = [pickle.loads(each.content) if isinstance(each, Shared) else each for each in sent[1]]
            answer = work(sent[0], Place(threads, gpus=True, folder=os.getcwd()), *values)
            future.set_result(pickle.loads(cloudpickle.dumps(answer)))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        self.began.append("closed")
