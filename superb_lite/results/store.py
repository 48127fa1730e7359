"""ResultStore: finished results on disk, so that nothing is computed twice and an interrupted run goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from superb_lite.errors import SuperbLiteError
from superb_lite.machine import versions
from superb_lite.paths import make_dir
from superb_lite.results.files import read_results, write_result_file
from superb_lite.results.result import Result
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Key:
    """What decides a result."""

    fingerprint: str
    """The encoder's content hash."""
    task: Task
    protocol: str
    seeds: int
    """How many evaluation seeds."""
    data_sha256: str
    code_sha256: str
    """The code that decides the result; see `superb_lite.machine.code_sha256`."""
    settings: Mapping[str, Any]
    """What the protocol records."""
    device: str
    """The kind of device that the encoder runs on."""
    dtype: str
    """Of the encoder's weights."""
    first_seed: int = 0
    """Of the evaluation seeds, which follow each other."""

    def fits(self, result: Result) -> bool:
        """Whether a stored result is what would be computed now; package versions count too."""
        return (
            result.encoder_hash == self.fingerprint
            and (result.task, result.task_version) == (self.task.name, self.task.version)
            and result.protocol == self.protocol
            and [row.seed for row in result.seeds] == list(range(self.first_seed, self.first_seed + self.seeds))
            and result.data_sha256 == self.data_sha256
            and result.code_sha256 == self.code_sha256
            and result.settings == self.settings
            and (result.machine.device.partition(":")[0], result.dtype) == (self.device, self.dtype)
            and result.versions == versions()
        )


class ResultStore:
    """One result file for each encoder (by content hash), task version, protocol, number of seeds and kind of device.

    A file is written whole as soon as its result is there, so that a crash loses at most the task in hand. Processes
    that want the same result wait for the one that computes it. A file that is damaged, or was edited, is computed
    again.

    report: called with one line when either happens.
    """

    def __init__(self, directory: Path, *, report: Callable[[str], None] | None = None) -> None:
        self.directory = directory
        self._report = report
        self._reported: set[Path] = set()

    def get_or_compute(self, key: Key, compute: Callable[[], Result]) -> Result:
        """The stored result, else the computed one, which is stored."""
        make_dir(self._path(key).parent)
        # The system drops the lock of a process that dies, however it dies.
        lock = FileLock(self._path(key).with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if self._report is not None:
                self._report(f"another process is evaluating {key.task.name} {key.protocol}: waiting for its result")
            lock.acquire()
        try:
            known = self.get(key)
            if known is None:
                known = compute()
                write_result_file([known], self._path(key))
            return known
        finally:
            lock.release()

    def put(self, key: Key, result: Result) -> None:
        """Store a result that was computed elsewhere."""
        make_dir(self._path(key).parent)
        write_result_file([result], self._path(key))

    def get(self, key: Key) -> Result | None:
        """The stored result, unless it is damaged, or anything that decides it has changed since."""
        return self._find(key, predictions=True) if self.holds(key) else None

    def holds(self, key: Key) -> bool:
        """Whether the result is stored. Its predictions are not read, so that this takes little time."""
        return self._find(key, predictions=False) is not None

    def _find(self, key: Key, *, predictions: bool) -> Result | None:
        path = self._path(key)
        if not path.exists():
            return None
        try:
            result, *others = read_results(path, predictions=predictions)
        except SuperbLiteError as error:
            if self._report is not None and path not in self._reported:
                self._report(f"computed again: {error}")
            self._reported.add(path)
            return None
        return result if not others and key.fits(result) else None

    def _path(self, key: Key) -> Path:
        task = re.sub(r"[^\w.-]+", "_", key.task.name)[-120:]  # a person's own task is named by its path
        seeds = f"{key.seeds}-seeds" + (f"-from-{key.first_seed}" if key.first_seed else "")
        file = f"{task}@{key.task.version}.{key.protocol}.{seeds}.{key.device}.json"
        return self.directory / key.fingerprint[:16] / file
