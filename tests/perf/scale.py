"""What 10,000, 100,000 and a million items cost the evaluator, beside an encoder that costs nothing.

python -m tests.perf.scale [ITEMS]...

The frozen protocol with two seeds on made-up vectors of 64 numbers that lie in a file, half of them to train on, each
number of items in a process of its own. Prints a table: seconds of each phase, and the peak of private memory (RssAnon)
beyond that of the libraries and of the examples, which the task holds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.timings import Timings
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from tests.perf.memory import PeakOfProcess, private

WIDTH = 64
SIZES = (10_000, 100_000, 1_000_000)
PHASES = ("data", "encoder", "heads", "scores")


class Vectors(Mapping[str, Any]):
    """Rows of an array as items of one position."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._rows = rows

    def __getitem__(self, key: str) -> Any:
        return self._rows[int(key), None]

    def __iter__(self) -> Iterator[str]:
        return map(str, range(len(self)))

    def __len__(self) -> int:
        return len(self._rows)


class Plain(Encoder):
    """Items are their own features."""

    modality: ClassVar[str | None] = None

    def config(self) -> dict[str, Any]:
        return {}

    def collate(self, items: Any) -> Batch:
        return {"x": torch.from_numpy(np.stack(list(items))), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        return Features((batch["x"],), torch.ones(batch["x"].shape[:2], dtype=torch.bool), batch["item"])


def measure(count: int, folder: Path) -> dict[str, float]:
    """Seconds by phase and in all, and bytes beyond what the process had with the examples."""
    rows = np.memmap(folder / "items", dtype=np.float32, mode="w+", shape=(count, WIDTH))
    rng = np.random.default_rng(0)
    for start in range(0, count, 10_000):
        rows[start : start + 10_000] = rng.standard_normal((len(rows[start : start + 10_000]), WIDTH), dtype=np.float32)
    before = private()
    examples = tuple(Example(str(n), (str(n),), n % 3) for n in range(count))
    data = TaskData(Vectors(np.asarray(rows)), examples[: count // 2], examples[count // 2 :])
    task = Task("perf/scale", 1, "none", "classify", ("accuracy",), ("a", "b", "c"), lambda root: data)
    timings, with_examples, started, cpu = Timings(), private(), time.perf_counter(), time.process_time()
    evaluator = Evaluator(Plain(), reference="plain", device="cpu", seeds=2, timings=timings)
    with PeakOfProcess() as memory:
        list(evaluator.evaluate([(task, "frozen")]))
    return {
        "items": count,
        "examples": with_examples - before,
        "peak": memory.peak - with_examples,
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        **{phase: timings.get(phase, 0.0) for phase in PHASES},
    }


def main() -> None:
    """A process for each number of items, and a table."""
    if sys.argv[1:2] == ["--one"]:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(int(sys.argv[2]), Path(folder))))
        return
    print(f"| items | {' | '.join(PHASES)} | in all | CPU seconds | examples, MB | peak beyond, MB | bytes an item |")
    print(f"|{'---|' * (len(PHASES) + 6)}")
    for count in [int(size) for size in sys.argv[1:]] or SIZES:
        command = [sys.executable, "-m", __spec__.name, "--one", str(count)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        phases = " | ".join(f"{found[phase]:.1f}" for phase in PHASES)
        sizes = f"{found['examples'] / 1e6:.0f} | {found['peak'] / 1e6:.0f} | {found['peak'] / count:.0f}"
        print(f"| {count:,} | {phases} | {found['seconds']:.1f} | {found['cpu']:.1f} | {sizes} |", flush=True)


if __name__ == "__main__":
    main()
