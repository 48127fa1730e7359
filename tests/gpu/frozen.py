"""Frozen evaluation of large encoders beside a bare pass of theirs over the same items."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.timings import Timings
from superb_lite.features.batches import to_device
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_image.foreign import torchvision_encoder
from superb_lite_speech.hubert_encoder import HubertEncoder
from superb_lite_speech.items import SAMPLE_RATE
from tests.gpu.stopwatch import Stopwatch
from tests.perf.evaluation import LABELLED, TESTED, images

ROUNDS = 2

SEEDS = 5

BATCH = 128

SECONDS = 2.0
"""Of a waveform."""


@dataclass(frozen=True)
class Case:
    """An encoder, and items for it.

    Attributes:
        data: of so many items, as `LABELLED` and `TESTED` say.
    """

    modality: str
    encoder: Callable[[], Encoder]
    data: Callable[[int], TaskData]


def waveforms(count: int) -> TaskData:
    """Items of noise, labelled by their number."""
    rng = np.random.default_rng(0)
    items = {str(n): rng.standard_normal(round(SECONDS * SAMPLE_RATE)).astype(np.float32) / 10 for n in range(count)}
    examples = tuple(Example(key, (key,), int(key) % 5) for key in items)
    return TaskData(items, examples[:LABELLED], examples[LABELLED:])


def wav2vec2_base() -> Encoder:
    """The network of wav2vec 2.0 base (Baevski et al. 2020), which is HuBERT base's, with weights that are drawn."""
    return HubertEncoder(layers=12, width=768, heads=12, hidden=3072, channels=512, kernel=128, groups=16)


CASES = {
    "torchvision:resnet50": Case("image", lambda: torchvision_encoder("resnet50"), images),
    "wav2vec 2.0 base": Case("speech", wav2vec2_base, waveforms),
}


@dataclass(frozen=True)
class EvaluationTime:
    """Seconds that features of some items take.

    Attributes:
        evaluation: features, heads of five seeds and scores.
        encoder: the share of the evaluation in which items are encoded and kept.
        bare: batches made on the host and sent, one forward pass, the mean over positions of the last layer.
        staged: the same with batches that lie on the device already.
    """

    evaluation: float
    encoder: float
    bare: float
    staged: float


def evaluation(
    case: Case, *, device: str, labelled: int = LABELLED, tested: int = TESTED, rounds: int = ROUNDS
) -> EvaluationTime:
    """Frozen evaluation of a case, and its bare passes.

    Args:
        labelled: items to train and to choose by; of the shape of VTAB-1k with the default, as in `tests.perf`.
        rounds: each time is the median over so many.
    """
    given = case.data(labelled + tested)
    examples = (*given.train, *given.test)
    data = TaskData(given.items, examples[:labelled], examples[labelled:])
    encoder = case.encoder().eval().to(torch.device(device))
    task = Task(
        "perf/noise",
        1,
        case.modality,
        "classify",
        ("accuracy",),
        tuple("abcde"),
        lambda root: data,
        budget=labelled // 5,
    )
    one_pass(encoder, batches(encoder, data))
    evaluated = [_evaluation(encoder, task, device) for _ in range(rounds)]
    return EvaluationTime(
        evaluation=statistics.median(whole for whole, _ in evaluated),
        encoder=statistics.median(share for _, share in evaluated),
        bare=statistics.median(_bare(encoder, data) for _ in range(rounds)),
        staged=statistics.median(_staged(encoder, data) for _ in range(rounds)),
    )


def _evaluation(encoder: Encoder, task: Task, device: str) -> tuple[float, float]:
    """Seconds of an evaluation, and of its encoder pass."""
    timings = Timings()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        evaluator = Evaluator(
            encoder,
            reference="noise",
            device=device,
            batch_size=BATCH,
            seeds=SEEDS,
            feature_dir=Path(directory),
            timings=timings,
        )
        list(evaluator.evaluate([(task, "frozen")]))
    return time.perf_counter() - started, timings["encoder"]


def batches(encoder: Encoder, data: TaskData) -> list[dict[str, Tensor]]:
    """All items, on the encoder's device."""
    items = list(data.items.values())
    starts = range(0, len(items), BATCH)
    return [to_device(encoder.collate(items[start : start + BATCH]), encoder.device) for start in starts]


@torch.no_grad()
def one_pass(encoder: Encoder, given: list[dict[str, Tensor]]) -> Tensor:
    """(items, D) means over positions of the last layer."""
    return torch.cat([encoder(batch).layers[-1].mean(dim=1) for batch in given])


def _bare(encoder: Encoder, data: TaskData) -> float:
    started = time.perf_counter()
    one_pass(encoder, batches(encoder, data)).cpu()
    return time.perf_counter() - started


def _staged(encoder: Encoder, data: TaskData) -> float:
    given, watch = batches(encoder, data), Stopwatch(encoder.device)
    started = watch.now()
    one_pass(encoder, given)
    return watch.seconds(started, watch.now())


def row(name: str, found: EvaluationTime) -> list[str]:
    """The cells of an encoder: seconds, and the ratios of evaluation, and of its pass alone, to the bare pass."""
    seconds = (found.evaluation, found.encoder, found.bare, found.staged)
    ratios = (found.evaluation / found.bare, found.encoder / found.bare)
    return [name, *(f"{value:.2f}" for value in seconds), *(f"{ratio:.1f}" for ratio in ratios)]


HEADER = [
    "encoder",
    "evaluation, s",
    "its encoder pass, s",
    "bare pass, s",
    "of batches on the device, s",
    "evaluation / bare",
    "encoder pass / bare",
]
