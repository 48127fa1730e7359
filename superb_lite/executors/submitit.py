"""`--executor submitit`: units are jobs of Slurm, or processes of this machine, by way of the library submitit."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from superb_lite.errors import SuperbLiteError, one_line, reason
from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.worker import Place, work
from superb_lite.imports import optional
from superb_lite.paths import make_dir, workspace

SECONDS = 0.2
"""Between two looks at a job of this machine; Slurm is asked once in `SLURM_SECONDS` for all jobs."""

SLURM_SECONDS = 5.0


@dataclass(frozen=True)
class SubmititSettings:
    """How units run as jobs."""

    cluster: str = "slurm"
    """slurm, or local: processes of this machine."""

    workers: int = 0
    """Jobs that are queued or running at the same time; 0: 64 of Slurm, 2 of this machine."""

    cpus: int = 1
    """Cores of a job, and its threads."""

    gpus: int = 0
    """GPUs of a job."""

    minutes: int = 240
    """How long a job may take."""

    memory: int = 0
    """GiB of a job; 0: what Slurm gives."""

    partition: str = ""
    """Slurm's; empty: its default. `account`, `qos` and `constraint` likewise."""

    account: str = ""
    qos: str = ""
    constraint: str = ""

    columns: int = 8
    """How many tasks of an encoder are one job, which takes seconds to start."""

    folder: str = ""
    """Where jobs leave their logs and answers, on a disk that all nodes share; empty: `submitit` in the workspace."""

    def __post_init__(self) -> None:
        if self.cluster not in ("slurm", "local"):
            raise SuperbLiteError(f"--executor submitit: cluster is slurm or local, not '{one_line(self.cluster, 40)}'")
        if min(self.cpus, self.minutes, self.columns) < 1 or min(self.workers, self.gpus, self.memory) < 0:
            raise SuperbLiteError(
                "--executor submitit: cpus, minutes and columns are at least 1, workers, gpus and memory not negative"
            )


class SubmititExecutor(Executor):
    """See `Executor`."""

    Settings: ClassVar[type[Any]] = SubmititSettings

    def __init__(self, settings: SubmititSettings) -> None:
        self._submitit = optional("submitit", package="submitit", extra="slurm", purpose="--executor submitit")
        self.settings = settings
        self.columns = settings.columns
        folder = make_dir(Path(settings.folder) if settings.folder else workspace() / "submitit").resolve()
        try:
            self._executor = self._submitit.AutoExecutor(folder=folder / "%j", cluster=settings.cluster)
        except RuntimeError as error:  # there is no sbatch
            raise SuperbLiteError(
                f"--executor submitit: Slurm cannot be used here ({reason(error, 100)}): run this where `sbatch` is, "
                "or write submitit:cluster=local"
            ) from None
        named = {key: getattr(settings, key) for key in ("partition", "account", "qos", "constraint")}
        self._executor.update_parameters(
            name="superb-lite",
            timeout_min=settings.minutes,
            cpus_per_task=settings.cpus,
            gpus_per_node=settings.gpus,
            **({"mem_gb": settings.memory} if settings.memory else {}),
            **{f"slurm_{key}": value for key, value in named.items() if value},
        )
        self._place = Place(settings.cpus, settings.gpus > 0, os.getcwd())
        self._jobs: dict[Future[Any], Any] = {}
        self._ended = threading.Event()
        self._watcher: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def at_once(self) -> int | None:
        return self.settings.workers or (64 if self.settings.cluster == "slurm" else 2)

    def died(self, error: BaseException) -> bool:
        utils = self._submitit.core.utils
        # A job whose work failed left that as its answer; one that was killed left none.
        return isinstance(error, utils.UncompletedJobError) and not isinstance(error, utils.FailedJobError)

    def start(self, unit: Unit, arguments: tuple[Any, ...]) -> Future[Any]:
        try:
            job = self._executor.submit(work, unit.function, self._place, *arguments)
        except (OSError, RuntimeError, self._submitit.core.utils.FailedJobError) as error:
            raise SuperbLiteError(f"--executor submitit: a job cannot be submitted: {reason(error, 160)}") from None
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            self._jobs[future] = job
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()
        return future

    def _watch(self) -> None:
        """Move what jobs gave into their futures, which submitit itself does not have."""
        pause = SLURM_SECONDS if self.settings.cluster == "slurm" else SECONDS
        while not self._ended.wait(pause):
            with self._lock:
                jobs = list(self._jobs.items())
            for future, job in jobs:
                try:
                    if not job.done():
                        continue
                    error = job.exception()
                    value = None if error is not None else job.result()
                except Exception as raised:  # whatever reading a job's files raises is the fate of this job alone
                    error, value = raised, None
                with self._lock:
                    self._jobs.pop(future, None)  # `close` may have been faster
                if error is not None:
                    future.set_exception(error)
                else:
                    future.set_result(value)
                    shutil.rmtree(job.paths.folder, ignore_errors=True)  # logs and answers of what went well

    def close(self) -> None:
        self._ended.set()
        with self._lock:
            for job in self._jobs.values():
                with contextlib.suppress(Exception):
                    job.cancel(check=False)
            self._jobs.clear()
