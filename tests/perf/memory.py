"""Peak of private memory (RssAnon: pages that files can be mapped again from do not count) of one evaluation.

python -m tests.perf.memory ITEMS
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.evaluation.run import evaluate
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task

WIDTH = 1024
"""Two layers of this width are 0.8 GB for 100,000 items: more than the feature budget."""


class Vectors(Mapping[str, Any]):
    """Items that are made when they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __getitem__(self, key: str) -> Any:
        return np.random.default_rng(int(key)).standard_normal((1, 16), dtype=np.float32)

    def __iter__(self) -> Iterator[str]:
        return map(str, range(self._count))

    def __len__(self) -> int:
        return self._count


class Wide(Encoder):
    """A fixed random map to a wide vector."""

    modality: ClassVar[str | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Linear(16, WIDTH)

    def config(self) -> dict[str, Any]:
        return {}

    def collate(self, items: Any) -> Batch:
        return {"x": torch.from_numpy(np.stack(list(items))), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        y = self.map(batch["x"])
        return Features((y, y.tanh()), torch.ones(y.shape[:2], dtype=torch.bool), batch["item"])


def private() -> int:
    """Bytes of private memory that the process has now."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return 1024 * int(found.group(1)) if found else 0


class PeakOfProcess:
    """The peak of private memory while the context is open, looked at twenty times a second."""

    peak = 0

    def __enter__(self) -> Self:
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self.peak = max(self.peak, private())


def main() -> None:
    """Evaluate on so many items and print the peak in bytes."""
    count = int(sys.argv[1])
    items = Vectors(count)
    examples = tuple(Example(str(n), (str(n),), n % 3) for n in range(count))
    data = TaskData(items, examples[: count // 2], examples[count // 2 :])
    task = Task("perf/vectors", 1, "none", "classify", ("accuracy",), ("a", "b", "c"), lambda root: data)
    with PeakOfProcess() as memory:
        evaluate(Wide(), task, seeds=1)
    print(memory.peak)


if __name__ == "__main__":
    main()
