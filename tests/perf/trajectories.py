"""What probing the checkpoints of a run costs beyond one pass of each over the items."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch

from superb_lite.analysis.trajectories import probe
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.trajectory import Trajectory
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_image.encoder import TimmEncoder
from tests.perf.evaluation import bare_forward, images
from tests.perf.timing import Promise, alternate

STEPS = (0, 1)
TASKS = 2
"""On the same items, with labels of their own."""

ITEMS = 1200
SEEDS = 3
"""Draws of labels; heads cost the same however many items there are."""


def promises() -> Iterator[Promise]:
    """See the name."""
    data = images(ITEMS)
    tasks = [_task(data, classes) for classes in range(4, 4 + TASKS)]
    with tempfile.TemporaryDirectory() as directory:
        trajectory = _trajectory(Path(directory))
        encoders = [trajectory.load(step) for step in trajectory.steps]
        bare_forward(encoders[0], data, 64)

        def probed() -> float:
            started = time.perf_counter()
            assert len(list(probe({"run": trajectory}, tasks, seeds=SEEDS, device="cpu"))) == len(STEPS) * TASKS
            return time.perf_counter() - started

        passes = partial(_passes, encoders, data)
        name = f"probing {len(STEPS)} checkpoints on {TASKS} tasks / {len(STEPS)} bare passes over their items"
        yield Promise(name, alternate(probed, passes, rounds=1), 1.2, "lower")


def _passes(encoders: list[TimmEncoder], data: TaskData) -> float:
    return sum(bare_forward(encoder, data, ITEMS) for encoder in encoders)


def _trajectory(directory: Path) -> Trajectory:
    for step in STEPS:
        torch.manual_seed(step)
        encoder = TimmEncoder(backbone="resnet18", backbone_args={}, image_size=224, stem_stride=None)
        pretraining = {"seed": 0, "steps": step}
        save_checkpoint(encoder, directory / "steps" / str(step), name="image-simclr", pretraining=pretraining)
    return Trajectory(directory)


def _task(data: TaskData, classes: int) -> Task:
    examples = tuple(Example(key, (key,), int(key) % classes) for key in data.items)
    mine = TaskData(data.items, examples[: ITEMS * 2 // 3], examples[ITEMS * 2 // 3 :])
    names = tuple("abcdefgh"[:classes])
    return Task(f"perf/{classes}-classes", 1, "image", "classify", ("accuracy",), names, lambda root: mine)
