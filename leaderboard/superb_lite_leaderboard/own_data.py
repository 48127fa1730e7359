"""The data of tasks as this machine has it: what the hashes in somebody's result are compared with."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.results.result import Result
from superb_lite.tasks.labels import cluster_of
from superb_lite.tasks.task import Task
from superb_lite_leaderboard.entry import clusters_hash


@dataclass(frozen=True)
class OwnData:
    """What a result on the data of a task must say."""

    data_sha256: str
    clusters_sha256: str
    n_test: int


@functools.lru_cache(maxsize=1024)
def own_data(task: Task, root: Path | None = None) -> OwnData | SuperbLiteError:
    """Of this machine's data, looked at once in a process; why it cannot be loaded, where it cannot."""
    try:
        data = task.data(root)
        clusters = list(dict.fromkeys(map(cluster_of, data.test)))
        return OwnData(data.content_hash(), clusters_hash(clusters), len(data.test))
    except (SuperbLiteError, ValueError) as error:
        return SuperbLiteError(str(error))


def check_own_data(result: Result, task: Task, root: Path | None = None) -> str:
    """Raise `SuperbLiteError` unless a result was measured on this machine's data of its task.

    Returns what could not be compared, in a line for people: nothing where everything was.
    """
    own = own_data(task, root)
    where = f"{one_line(result.task, NAME_LIMIT)} ({one_line(result.protocol, NAME_LIMIT)})"
    if isinstance(own, SuperbLiteError):
        # Not why: the reason may name a folder of this machine, and histories are published.
        return f"{where}: its data is not on this machine, so it was not compared"
    if result.data_sha256 != own.data_sha256:
        raise SuperbLiteError(
            f"the result on {where}: field 'data_sha256': {result.data_sha256[:8]}, but this machine's data of the "
            f"task is {own.data_sha256[:8]}"
        )
    if result.n_test != own.n_test:
        raise SuperbLiteError(
            f"the result on {where}: field 'n_test': {result.n_test}, but the task has {own.n_test} test examples"
        )
    if clusters_hash(result.clusters) != own.clusters_sha256:
        raise SuperbLiteError(
            f"the result on {where}: field 'clusters': they are not those of the task's test examples"
        )
    return ""
