"""What evaluation costs beyond the encoder's own forward pass, and what the batched heads and the cache save."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Encoder
from superb_lite.evaluation.run import Evaluator, evaluate
from superb_lite.features.batches import to_device
from superb_lite.features.design_matrix import FEATURE_BUDGET
from superb_lite.heads.linear import train_heads
from superb_lite.results.store import ResultStore
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_image.encoder import TimmEncoder
from tests.perf import memory
from tests.perf.timing import Promise, alternate

LABELLED, TESTED, SIZE = 1000, 500, 224
"""The shape of VTAB-1k: 800 labels to train on and 200 to choose by; images as large as a ResNet-18 is made for."""

SEEDS, STEPS, BATCH = 5, 300, 128
GRID = [(lr, wd) for lr in (1e-3, 1e-2, 1e-1) for wd in (1e-3, 1e-2, 1e-1, 1.0)]


def promises() -> Iterator[Promise]:
    """See the names."""
    yield from _one_pass()
    yield from _heads()
    yield Promise("memory of 100,000 items beyond that of 10,000 / feature budget", _memory_growth(), 1.0, "lower")


def _one_pass() -> Iterator[Promise]:
    data = images(LABELLED + TESTED)
    encoder = TimmEncoder(backbone="resnet18", backbone_args={}, image_size=SIZE, stem_stride=None).eval()
    task = Task(
        "perf/images", 1, "image", "classify", ("accuracy",), tuple("abcde"), lambda root: data, budget=LABELLED // 5
    )
    bare_forward(encoder, data, 64)

    def fresh() -> float:
        with tempfile.TemporaryDirectory() as directory:
            return _evaluate(encoder, task, Path(directory))

    bare = partial(bare_forward, encoder, data, LABELLED + TESTED)
    yield Promise("frozen evaluation / bare forward pass (ResNet-18)", alternate(fresh, bare, rounds=2), 1.3, "lower")
    with tempfile.TemporaryDirectory() as directory:
        first = _evaluate(encoder, task, Path(directory))
        again = sorted(_evaluate(encoder, task, Path(directory)) for _ in range(3))[1]
        stored = [_evaluate_stored(encoder, task, Path(directory)) for _ in range(2)][1]
    yield Promise("first evaluation / the same command again", first / stored, 20.0, "higher")
    yield Promise("first evaluation / other heads on cached features", first / again, 20.0, "higher")


def images(count: int) -> TaskData:
    """Items of noise, labelled by their number."""
    rng = np.random.default_rng(0)
    items = {str(n): rng.integers(0, 256, (3, SIZE, SIZE), dtype=np.uint8) for n in range(count)}
    examples = tuple(Example(key, (key,), int(key) % 5) for key in items)
    return TaskData(items, examples[:LABELLED], examples[LABELLED:])


def _evaluate(encoder: Encoder, task: Task, directory: Path) -> float:
    started = time.perf_counter()
    evaluate(encoder, task, seeds=SEEDS, feature_dir=directory)
    return time.perf_counter() - started


def _evaluate_stored(encoder: Encoder, task: Task, directory: Path) -> float:
    """As the command line does it: what was evaluated before is found in the store."""
    started = time.perf_counter()
    store = ResultStore(directory / "results")
    columns = [(task, "frozen")]
    list(Evaluator(encoder, reference="perf", seeds=SEEDS, results=store, feature_dir=directory).evaluate(columns))
    return time.perf_counter() - started


@torch.no_grad()
def bare_forward(encoder: Encoder, data: TaskData, count: int) -> float:
    """What a careful person writes to get features: batches, one forward pass, the mean of the last stage."""
    items = list(data.items.values())[:count]
    started = time.perf_counter()
    kept = []
    for start in range(0, count, 32):
        batch = to_device(encoder.collate(items[start : start + 32]), encoder.device)
        kept.append(encoder(batch).layers[-1].mean(dim=1))
    torch.cat(kept)
    return time.perf_counter() - started


@dataclass(frozen=True)
class _Digits:
    """Features of scikit-learn's digits in three layers. rows: what each seed trains on."""

    x: Tensor
    y: Tensor
    rows: list[Tensor]
    test: Tensor

    @classmethod
    def load(cls) -> _Digits:
        pixels, labels = load_digits(return_X_y=True)
        x = torch.tensor(pixels, dtype=torch.float32)
        generator = torch.Generator().manual_seed(0)
        layers = [x, x @ torch.randn(64, 64, generator=generator), torch.tanh(x @ torch.randn(64, 64) / 30)]
        order = torch.randperm(len(x), generator=generator)
        rows = [order[:1000][torch.randperm(1000, generator=generator)[:100]] for _ in range(SEEDS)]
        return cls(torch.stack(layers, dim=1), torch.tensor(labels), rows, order[1000:])


def _heads() -> Iterator[Promise]:
    digits = _Digits.load()
    accuracies: dict[str, float] = {}

    def together() -> float:
        started = time.perf_counter()
        grid = torch.tensor(GRID).expand(SEEDS, -1, -1)
        heads = train_heads(
            digits.x.__getitem__,
            digits.y.expand(SEEDS, -1),
            digits.rows,
            classes=10,
            learning_rate=grid[..., 0],
            weight_decay=grid[..., 1],
            steps=STEPS,
            batch_size=BATCH,
            seeds=list(range(SEEDS)),
        )
        seconds = time.perf_counter() - started
        decided = torch.stack([heads.outputs(digits.x.__getitem__, digits.test, s) for s in range(SEEDS)]).argmax(dim=3)
        accuracies["together"] = float((decided == digits.y[digits.test]).float().mean())
        return seconds

    def one_by_one() -> float:
        right, seconds = [], 0.0
        for seed in range(SEEDS):
            for learning_rate, weight_decay in GRID:
                started = time.perf_counter()
                model = _train_alone(digits, seed, learning_rate, weight_decay)
                seconds += time.perf_counter() - started
                with torch.no_grad():
                    right.append((model(digits.x[digits.test]).argmax(dim=1) == digits.y[digits.test]).float().mean())
        accuracies["one by one"] = float(torch.stack(right).mean())
        return seconds

    ratio = alternate(one_by_one, together, rounds=2)
    yield Promise("heads one by one / all together (5 seeds x 12 points)", ratio, 20.0, "higher")
    points = 100 * abs(accuracies["together"] - accuracies["one by one"])
    yield Promise("their difference in accuracy, points", points, 0.1, "lower")


class _Head(nn.Module):
    """The same head as a plain module."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.mean, self.std = x.mean(dim=0), x.std(dim=0, correction=0)
        self.std[self.std <= 1e-6] = 1.0
        self.layer = nn.Parameter(torch.zeros(x.shape[1]))
        self.linear = nn.Linear(x.shape[2], 10)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: Tensor) -> Any:
        mixed = torch.einsum("nld,l->nd", (x - self.mean) / self.std, self.layer.softmax(dim=0))
        return self.linear(mixed)


def _train_alone(digits: _Digits, seed: int, learning_rate: float, weight_decay: float) -> _Head:
    """One head by a plain loop."""
    x, y = digits.x[digits.rows[seed]], digits.y[digits.rows[seed]]
    model = _Head(x)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, eps=1e-12)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        loss = F.cross_entropy(model(x), y) + 0.5 * weight_decay * model.linear.weight.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model


def _memory_growth() -> float:
    """Peak of private memory in fresh processes: (100,000 items - 10,000 items) / the feature budget."""
    peaks = []
    for items in (10_000, 100_000):
        command = [sys.executable, "-m", memory.__name__, str(items)]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    return (peaks[1] - peaks[0]) / FEATURE_BUDGET
