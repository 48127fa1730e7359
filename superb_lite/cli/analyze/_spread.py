"""`analyze --executor`: workers compute what an analysis keeps, and the analysis then finds all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from superb_lite.cli.progress import counter, say
from superb_lite.executors.calls import Call, call_on
from superb_lite.executors.named import opened
from superb_lite.paths import make_dir


def spread(executor: str, calls: Mapping[str, Call], directory: Path, *, device: str) -> None:
    """Make calls on an executor, which keep what they compute in a directory that all workers share.

    executor: as `--executor` names it; nothing is done for `local`, since the analysis itself computes what is missing.
    calls: by what messages call them. device: of the encoders, as `--device` says it.
    """
    with opened(executor) as cluster:
        if cluster is None or not calls:
            return
        bars, advance = counter("on workers")
        with bars:
            done = call_on(cluster, calls, device=device, shared=[make_dir(directory)], report=say)
            for number, (name, _) in enumerate(done, start=1):
                advance(number, len(calls))
                say(f"  {name}")


def silent(function: Callable[..., Any]) -> Callable[..., None]:
    """A function whose value, which is kept on disk, is not sent back."""
    return _Silent(function)


class _Silent:
    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, **arguments: Any) -> None:
        found = self.function(**arguments)
        if isinstance(found, Iterator):
            for _ in found:
                pass
