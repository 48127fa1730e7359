"""`--executor ray`: units are tasks of a Ray cluster (Moritz et al. 2018), one that is there or one started here."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, ClassVar

from superb_lite.errors import SuperbLiteError, one_line, reason
from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.worker import Place, work
from superb_lite.imports import optional

SECONDS = 10.0
"""How long an address may take to answer."""


@dataclass(frozen=True)
class RaySettings:
    """How units run on Ray."""

    address: str = ""
    """HOST:PORT of a cluster's head as `ray start --head` prints it, ray://HOST:PORT of its client server, or `auto`
    for the cluster that this machine belongs to. Empty: a cluster of this machine alone is started, and ended."""

    workers: int = 0
    """Units at the same time on the cluster that is started here; 0: as many as there are cores for."""

    cpus: int = 1
    """Cores of a unit, and its threads."""

    gpus: float = 0.0
    """GPUs of a unit; 0.25 lets four share one."""

    store: float = 0.0
    """GiB of the object store that is started here; 0: what Ray takes."""

    def __post_init__(self) -> None:
        if self.cpus < 1 or self.workers < 0 or self.gpus < 0 or self.store < 0:
            raise SuperbLiteError("--executor ray: cpus is at least 1, workers, gpus and store are not negative")
        if self.address and (self.workers or self.store):
            raise SuperbLiteError(
                "--executor ray: a cluster at an address has its workers and its store: leave them out"
            )


class RayExecutor(Executor):
    """See `Executor`."""

    Settings: ClassVar[type[Any]] = RaySettings
    has_store: ClassVar[bool] = True

    def __init__(self, settings: RaySettings) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
        # Ray would let its workers wait for all other programs; here units are the work.
        os.environ.setdefault("RAY_worker_niceness", "0")
        self._ray = optional("ray", package="ray", extra="ray", purpose="--executor ray")
        self.settings = settings
        if self._ray.is_initialized():
            raise SuperbLiteError("--executor ray: this process uses Ray already: call ray.shutdown() first")
        self._connect()
        # Workers stay between units with what they have loaded; one with a GPU would stay on its first one for good.
        self._work = self._ray.remote(max_calls=1 if settings.gpus else 0)(work)
        self._place = Place(settings.cpus, settings.gpus > 0, os.getcwd())

    def _connect(self) -> None:
        here, quiet = self.settings, {"log_to_driver": False, "logging_level": "error"}
        try:
            if here.address:
                _check_address(here.address)
                self._ray.init(address=here.address, **quiet)
                return
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            store = {"object_store_memory": int(here.store * 2**30)} if here.store else {}
            workers = here.workers or max(1, cores // here.cpus)
            self._ray.init(num_cpus=workers * here.cpus, include_dashboard=False, **quiet, **store)
        except (ConnectionError, ValueError, RuntimeError, OSError) as error:
            where = f"the cluster at '{one_line(here.address, 80)}'" if here.address else "a cluster of this machine"
            raise SuperbLiteError(f"--executor ray: {where} cannot be used: {reason(error, 120)}") from None

    @property
    def at_once(self) -> int | None:
        return None

    def start(self, unit: Unit, arguments: tuple[Any, ...]) -> Future[Any]:
        return self._start(unit, arguments)

    def _start(self, unit: Unit, arguments: tuple[Any, ...], **options: Any) -> Future[Any]:
        # Dead workers are this project's to count and to report, so Ray tries nothing again by itself.
        asked = {"num_cpus": self.settings.cpus, "num_gpus": self.settings.gpus, "max_retries": 0, "name": unit.name}
        remote = self._work.options(**asked, **options)
        with self._full_store():
            future: Future[Any] = remote.remote(unit.function, self._place, *arguments).future()
        return future

    def died(self, error: BaseException) -> bool:
        errors = self._ray.exceptions
        return isinstance(
            error,
            errors.WorkerCrashedError
            | errors.NodeDiedError
            | errors.LocalRayletDiedError
            | errors.ObjectLostError
            | errors.OutOfMemoryError,
        )

    def nodes(self) -> list[Callable[[Unit], Future[Any]]]:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On

        here, alive = self.settings, [node for node in self._ray.nodes() if node["Alive"]]
        fitting = [
            node["NodeID"]
            for node in alive
            if node["Resources"].get("CPU", 0) >= here.cpus and node["Resources"].get("GPU", 0) >= here.gpus
        ]
        if not fitting:
            most = [max((node["Resources"].get(kind, 0) for node in alive), default=0) for kind in ("CPU", "GPU")]
            raise SuperbLiteError(
                f"--executor ray: no node has room for a unit of {here.cpus} cores and {here.gpus:g} GPUs: the largest "
                f"of {len(alive)} have {most[0]:g} cores and {most[1]:g} GPUs"
            )
        return [
            lambda unit, node=node: self._start(unit, unit.arguments, scheduling_strategy=On(node, soft=False))  # type: ignore[misc]
            for node in fitting
        ]

    def shared(self, value: Any) -> Any:
        with self._full_store():
            return self._ray.put(value)

    @contextlib.contextmanager
    def _full_store(self) -> Iterator[None]:
        errors = self._ray.exceptions
        try:
            yield
        except (errors.ObjectStoreFullError, errors.OutOfDiskError):
            raise SuperbLiteError(
                "--executor ray: Ray's object store is full: give it more (ray:store=GIB, or ray start "
                "--object-store-memory BYTES), or free the disk that it spills to"
            ) from None

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._ray.shutdown()


def _check_address(address: str) -> None:
    """Refuse what is no address, and one that nothing answers at: Ray itself would wait for minutes."""
    if address == "auto":
        return
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 2**16:
        raise SuperbLiteError(
            f"--executor ray: '{one_line(address, 80)}' is no address: HOST:PORT, ray://HOST:PORT or auto"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS).close()
    except OSError as error:
        raise SuperbLiteError(
            f"--executor ray: nothing answers at '{one_line(address, 80)}' ({error.strerror or error}): start the "
            "cluster with `ray start --head --port PORT`, and let this machine reach it"
        ) from None
