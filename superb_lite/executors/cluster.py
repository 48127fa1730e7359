"""What machines an executor reaches: they must be alike where that decides numbers, and may share disks."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.errors import SuperbLiteError, one_line, reason
from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.worker import Answer, Node, describe
from superb_lite.machine import code_sha256, versions
from superb_lite.paths import make_dir


@dataclass(frozen=True)
class Cluster:
    """What is known of the machines that run units."""

    nodes: tuple[Node, ...]
    device: str
    """The kind of device of all of them."""
    shared: frozenset[Path]
    """Those of the directories asked about that every machine sees."""


def look_at(executor: Executor, *, device: str, directories: Sequence[Path]) -> Cluster:
    """Ask every machine what it is.

    device: as `--device` says it. directories: which of this machine are wanted there.

    Raises `SuperbLiteError` for a machine that does not answer, whose code or libraries are not those of this process,
    and for machines of different kinds.
    """
    with _marks(directories) as marks:
        asked = [
            start(Unit(f"look at machine {number}", describe, (device, tuple(map(str, marks)))))
            for number, start in enumerate(executor.nodes())
        ]
        nodes: list[Node] = []
        for future in asked:
            try:
                answer: Answer = future.result()
            except Exception as error:  # whatever an engine raises for a machine that is gone
                raise SuperbLiteError(f"a machine of the cluster does not answer: {reason(error, 160)}") from None
            if answer.error:
                raise SuperbLiteError(answer.error)
            nodes.append(answer.value)
    for node in nodes:
        _check_alike(node)
    devices = sorted({node.device for node in nodes})
    if len(devices) > 1:
        raise SuperbLiteError(
            f"the cluster has machines that run encoders on {' and on '.join(devices)}: results would differ; say "
            f"--device {devices[0]}, or give every unit a GPU"
        )
    shared = frozenset(d for place, d in enumerate(directories) if all(node.sees[place] for node in nodes))
    return Cluster(tuple(nodes), devices[0], shared)


def _check_alike(node: Node) -> None:
    where = one_line(node.name, 60)
    for package, version in versions().items():
        if (theirs := node.versions.get(package)) != version:
            raise SuperbLiteError(
                f"'{where}' has {package} {theirs} and this machine {version}: install the same there"
            )
    if node.code_sha256 != code_sha256("superb_lite"):
        raise SuperbLiteError(
            f"'{where}' has another state of superb_lite's code than this machine: install the same there"
        )


@contextlib.contextmanager
def _marks(directories: Sequence[Path]) -> Iterator[list[Path]]:
    """A file in each directory while machines look for it."""
    with contextlib.ExitStack() as stack:
        yield [
            Path(stack.enter_context(tempfile.NamedTemporaryFile(dir=make_dir(d).resolve(), prefix=".seen-")).name)
            for d in directories
        ]
