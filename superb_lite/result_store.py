"""ResultStore: finished results on disk, so that nothing is computed twice and an interrupted run goes on."""

from __future__ import annotations

from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.protocols import protocol
from superb_lite.result import Result, read_result, versions, write_result
from superb_lite.task import Task


class ResultStore:
    """One JSON file for each encoder (by content hash), task version, protocol and number of seeds."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def get(self, fingerprint: str, task: Task, protocol_name: str, seeds: int) -> Result | None:
        """The stored result, unless it is damaged, or settings or package versions have changed since."""
        path = self._path(fingerprint, task.name, task.version, protocol_name, seeds)
        if not path.exists():
            return None
        try:
            result = read_result(path)
        except SuperbLiteError:
            return None
        current = result.versions == versions() and result.settings == protocol(protocol_name).settings()
        return result if current and result.encoder_hash == fingerprint else None

    def put(self, result: Result) -> None:
        """Store a result; a limited one is not kept."""
        if result.limit is None:
            path = self._path(result.encoder_hash, result.task, result.task_version, result.protocol, len(result.seeds))
            write_result(result, path)

    def _path(self, fingerprint: str, task: str, version: int, protocol_name: str, seeds: int) -> Path:
        file = f"{task.replace('/', '_')}@{version}.{protocol_name}.{seeds}-seeds.json"
        return self.directory / fingerprint[:16] / file
