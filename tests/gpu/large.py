"""How well a GPU is used by work that is large enough for one: a BERT of the base size, evaluation of a ResNet-50."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.evaluation.run import evaluate
from superb_lite.features.batches import to_device
from superb_lite.pretraining.gpus import gpu_of
from superb_lite.tasks.labels import TaskData
from superb_lite.tasks.task import Task
from superb_lite_image.foreign import torchvision_encoder
from tests.gpu.stopwatch import Stopwatch
from tests.gpu.training import CountingClock, TrainingSpeed, measure
from tests.perf.evaluation import LABELLED, TESTED, images

BERT_BASE = (
    *("--trainer.accumulate_grad_batches=1", "--data.workers=4"),
    *("--data.second_task=none", "--data.stream=true"),
)
"""Beside the paper's recipe (Devlin et al. 2019): 64 full rows of 512 tokens a step, and attention needs no mask."""

VARIANTS = {
    "as in the paper": (),
    "Muon and AdamW": ("--muon_rate=0.02",),
    "packed rows, a mask": ("--data.stream=false",),
    "relative bias": ("--position=relative",),
}
"""What costs how much: the optimiser, a boolean mask, and a bias for each head and pair of positions."""

ROUNDS = 2

BATCH = 128


@dataclass(frozen=True)
class EvaluationTime:
    """Seconds that features of some images take.

    Attributes:
        evaluation: features, heads of five seeds and scores.
        bare: batches made on the host and sent, one forward pass, the mean of the last stage.
        staged: the same with batches that lie on the device already.
    """

    evaluation: float
    bare: float
    staged: float


def bert_base(
    folder: Path, *, accelerator: str, data: Path | None = None, shape: Sequence[str] = BERT_BASE
) -> dict[str, TrainingSpeed]:
    """`text-bert` by the paper's recipe, in each of `VARIANTS`."""
    found = {}
    for number, (name, options) in enumerate(VARIANTS.items()):
        place = folder / str(number)
        place.mkdir()
        arguments = [*shape, *options]
        found[name] = measure(
            "text-bert",
            place,
            accelerator=accelerator,
            data=data,
            budget="paper",
            arguments=arguments,
            clock=CountingClock,
        )
    return found


def training_row(name: str, speed: TrainingSpeed, *, device: str) -> list[str]:
    """The cells of one variant: name, steps/s, TFLOP/s, share of the device's peak (MFU), share of the time waited."""
    rate = speed.steps_per_second * (speed.flops or 0)
    gpu = gpu_of(device)
    share = "" if gpu is None else f"{100 * rate / gpu.peak:.1f}%"
    return [name, f"{speed.steps_per_second:.2f}", f"{rate / 1e12:.1f}", share, f"{100 * speed.waited:.0f}%"]


TRAINING_HEADER = ["text-bert of the base size, bf16", "steps/s", "TFLOP/s", "of the peak", "waited for data"]


def evaluation(
    name: str = "resnet50", *, device: str, labelled: int = LABELLED, tested: int = TESTED, rounds: int = ROUNDS
) -> EvaluationTime:
    """Frozen evaluation of an untrained model of torchvision on images of noise, and its bare passes.

    Args:
        labelled: images to train and to choose by; of the shape of VTAB-1k with the default, as in `tests.perf`.
        rounds: each time is the median over so many.
    """
    given = images(labelled + tested)
    examples = (*given.train, *given.test)
    data = TaskData(given.items, examples[:labelled], examples[labelled:])
    encoder = torchvision_encoder(name).eval().to(torch.device(device))
    task = Task(
        "perf/images", 1, "image", "classify", ("accuracy",), tuple("abcde"), lambda root: data, budget=labelled // 5
    )
    _pass(encoder, _batches(encoder, data))
    return EvaluationTime(
        evaluation=statistics.median(_evaluation(encoder, task, device) for _ in range(rounds)),
        bare=statistics.median(_bare(encoder, data) for _ in range(rounds)),
        staged=statistics.median(_staged(encoder, data) for _ in range(rounds)),
    )


def _evaluation(encoder: Encoder, task: Task, device: str) -> float:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        evaluate(encoder, task, seeds=5, device=device, batch_size=BATCH, feature_dir=Path(directory))
    return time.perf_counter() - started


def _batches(encoder: Encoder, data: TaskData) -> list[dict[str, Tensor]]:
    items = list(data.items.values())
    starts = range(0, len(items), BATCH)
    return [to_device(encoder.collate(items[start : start + BATCH]), encoder.device) for start in starts]


@torch.no_grad()
def _pass(encoder: Encoder, batches: list[dict[str, Tensor]]) -> Tensor:
    return torch.cat([encoder(batch).layers[-1].mean(dim=1) for batch in batches])


def _bare(encoder: Encoder, data: TaskData) -> float:
    started = time.perf_counter()
    _pass(encoder, _batches(encoder, data)).cpu()
    return time.perf_counter() - started


def _staged(encoder: Encoder, data: TaskData) -> float:
    batches, watch = _batches(encoder, data), Stopwatch(encoder.device)
    started = watch.now()
    _pass(encoder, batches)
    return watch.seconds(started, watch.now())


def evaluation_row(found: EvaluationTime) -> list[str]:
    """The cells of the ResNet-50: seconds, and the ratio of evaluation to the bare pass."""
    seconds = (found.evaluation, found.bare, found.staged)
    return ["torchvision:resnet50", *(f"{value:.2f}" for value in seconds), f"{found.evaluation / found.bare:.1f}"]


EVALUATION_HEADER = ["encoder", "evaluation, s", "bare pass, s", "of batches on the device, s", "ratio"]
