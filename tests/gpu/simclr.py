"""SimCLR with a ResNet-50 by the paper's recipe, beside lightly's modules, loss and transforms on the same pictures.

lightly is no dependency: it is measured where it is installed (`make perf` puts it into .venv/lightly).
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from tests.gpu.training import STEPS, WARMUP, CountingClock, TrainingSpeed, measure

PICTURES, SIDE = 1024, 400
"""How many, and how many pixels wide and high: about what photographs of ImageNet are."""

OURS = (
    *("--data.batch_size=256", "--trainer.sync_batchnorm=false", "--trainer.accumulate_grad_batches=1"),
    "--data.workers=16",
)
"""Beside the paper's recipe: what fits one card, with which nothing has to be exchanged."""


def write_pictures(folder: Path, count: int = PICTURES, side: int = SIDE) -> Path:
    """JPEG files of smooth noise, which take as long to decode as photographs of their size."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(count):
        small = Image.fromarray(rng.integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8))
        small.resize((side, side)).save(folder / f"{number}.jpg", quality=90)
    return folder


def ours(folder: Path, pictures: Path, *, accelerator: str, arguments: Sequence[str] = OURS) -> TrainingSpeed:
    """`image-simclr --budget paper`."""
    return measure(
        "image-simclr",
        folder,
        accelerator=accelerator,
        data=pictures,
        budget="paper",
        arguments=arguments,
        clock=CountingClock,
    )


class _Pictures(Dataset[Any]):
    """Pictures as lightly's transforms take them, and their two views; read over and over for all steps."""

    def __init__(self, folder: Path, transform: Any, length: int) -> None:
        self.files = sorted(folder.glob("*.jpg"))
        self.transform = transform
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, number: int) -> Any:
        with Image.open(self.files[number % len(self.files)]) as image:
            return self.transform(image.convert("RGB"))


def theirs(
    pictures: Path, *, device: str, backbone: str = "resnet50", size: int = 224, batch: int = 256, workers: int = 16
) -> float | None:
    """Steps a second of lightly's SimCLR with the same backbone, batch, precision and number of workers; None without
    lightly."""
    if importlib.util.find_spec("lightly") is None:
        return None
    from lightly.loss import NTXentLoss
    from lightly.models.modules import SimCLRProjectionHead
    from lightly.transforms import SimCLRTransform

    torch.manual_seed(0)
    network = timm.create_model(backbone, num_classes=0).to(device, memory_format=torch.channels_last)
    head = SimCLRProjectionHead(network.num_features, network.num_features, 128).to(device)
    criterion = NTXentLoss(temperature=0.1)
    parameters = [*network.parameters(), *head.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=0.3, momentum=0.9)
    data = _Pictures(pictures, SimCLRTransform(input_size=size), batch * (WARMUP + STEPS))
    loader = DataLoader(data, batch_size=batch, num_workers=workers, drop_last=True, pin_memory=device != "cpu")
    started = time.perf_counter()
    for step, views in enumerate(loader):
        if step == WARMUP:
            _wait(device)
            started = time.perf_counter()
        with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
            sent = (view.to(device, non_blocking=True, memory_format=torch.channels_last) for view in views)
            loss = criterion(*(head(network(view)) for view in sent))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    _wait(device)
    return STEPS / (time.perf_counter() - started)


def _wait(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize(device)


def row(speed: TrainingSpeed, lightly: float | None) -> list[str]:
    """Steps a second of both, their ratio, and the share of the time that ours waited for data."""
    other = ["", ""] if lightly is None else [f"{lightly:.2f}", f"{speed.steps_per_second / lightly:.2f}"]
    return ["SimCLR, ResNet-50", f"{speed.steps_per_second:.2f}", *other, f"{100 * speed.waited:.0f}%"]


HEADER = ["256 images of 224 pixels, bf16", "steps/s", "of lightly", "ratio", "waited for data"]
