"""What a second worker is worth: encoders on tasks of the core board, with one and with two workers of one thread."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from superb_lite import plugins
from superb_lite.evaluation.columns import Column
from superb_lite.executors.base import Unit
from superb_lite.executors.distributed import Asked, Settings, evaluate_on
from superb_lite.executors.named import opened
from superb_lite.executors.running import run_units
from superb_lite.executors.worker import describe
from superb_lite.results.store import ResultStore
from tests.perf.timing import Promise, alternate

ENCODERS = (
    "random:text-bert",
    "raw:bag-of-words",
    "random:speech-masked",
    "raw:log-mel",
    "random:image-simclr",
    "raw:hog",
)


def promises() -> Iterator[Promise]:
    """See the name. The start of a cluster is left out, and what this process does beforehand is not."""
    columns: dict[str | None, list[Column]] = {
        name: [(task, task.protocols[0]) for task in plugins.core_tasks(name)[:4]]
        for name in ("text", "speech", "image")
    }
    one, two = (partial(_seconds, columns, workers) for workers in (1, 2))
    yield Promise(
        "units on one Ray worker / on two (six encoders, four tasks each)", alternate(one, two, rounds=1), 1.6, "higher"
    )


def _seconds(columns: dict[str | None, list[Column]], workers: int) -> float:
    with tempfile.TemporaryDirectory() as directory, opened(f"ray:workers={workers}") as executor:
        assert executor is not None
        # Each worker imports torch before the clock starts.
        list(run_units(executor, [Unit(str(n), describe, ("cpu", ())) for n in range(4 * workers)]))
        asked = [Asked(each, each, lambda model: columns[model.modality]) for each in ENCODERS]
        settings = Settings(feature_dir=Path(directory) / "features")
        started = time.perf_counter()
        found = list(evaluate_on(executor, asked, settings, ResultStore(Path(directory) / "results")))
        assert len(found) == sum(len(columns[name]) for name in columns) * 2
        return time.perf_counter() - started
