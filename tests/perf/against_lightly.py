"""SimCLR and BYOL training steps over those of lightly's own modules, losses and transforms.

lightly is not a dependency: `make perf` puts it beside the environment, without what it depends on, which would replace
packages that were tested.
"""

from __future__ import annotations

import copy
import importlib.util
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.v2 import functional as tvf

from superb_lite_image.byol import BYOL
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.encoder import TimmEncoder
from superb_lite_image.simclr import SimCLR
from tests.perf.timing import Promise, alternate
from tests.perf.training import ROUNDS, STEPS, WARMUP, lightning_seconds

WORKERS = (0, 2)
"""Processes that load lightly's batches; the faster choice counts."""


def promises() -> Iterator[Promise]:
    """Steps per second are at least those of lightly: same backbone, batch, views and image size."""
    if importlib.util.find_spec("lightly") is None:
        print("not measured against lightly, which is not installed (make perf does that where there is a network)")
        return
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")
    corpus = ImageCorpus()
    for name, objective, theirs in (("SimCLR", SimCLR, _simclr), ("BYOL", BYOL, _byol)):
        make = partial(objective, image_size=corpus.image_size)
        workers = min(WORKERS, key=lambda count, theirs=theirs: theirs(corpus, count))  # type: ignore[misc]
        ours = partial(lightning_seconds, corpus, make)
        ratio = alternate(partial(theirs, corpus, workers), ours, rounds=ROUNDS)
        yield Promise(f"{name}: steps/s over lightly's modules and transforms", ratio, 1.0, "higher")


class _Images(Dataset[Any]):
    """The corpus as the PIL images that lightly's transforms take, and their two views."""

    def __init__(self, corpus: ImageCorpus, transform: Callable[[Any], Any]) -> None:
        batches = [corpus.batch(step) for step in range(WARMUP + STEPS)]
        self.images = [tvf.to_pil_image(image) for batch in batches for image in batch]
        self.transform = transform

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, number: int) -> Any:
        return self.transform(self.images[number])


VIEW = {"cj_strength": 0.5, "gaussian_blur": 0.0, "min_scale": 0.4, "hf_prob": 0.0, "normalize": None}
"""Our lite recipe in lightly's words."""


def _simclr(corpus: ImageCorpus, workers: int) -> float:
    from lightly.loss import NTXentLoss
    from lightly.models.modules import SimCLRProjectionHead
    from lightly.transforms import SimCLRTransform

    ours = SimCLR(encoder=TimmEncoder(image_size=corpus.image_size))
    head = SimCLRProjectionHead(ours.encoder.width, ours.encoder.width, 128)
    criterion = NTXentLoss(temperature=ours.temperature)

    def loss(views: list[torch.Tensor]) -> torch.Tensor:
        first, second = (head(ours.encoder.embed(view)) for view in views)
        return torch.as_tensor(criterion(first, second))

    parameters = [*ours.encoder.parameters(), *head.parameters()]
    return _seconds(corpus, SimCLRTransform(input_size=corpus.image_size, **VIEW), workers, parameters, loss)


def _byol(corpus: ImageCorpus, workers: int) -> float:
    from lightly.loss import NegativeCosineSimilarity
    from lightly.models.modules import BYOLPredictionHead, BYOLProjectionHead
    from lightly.models.utils import deactivate_requires_grad, update_momentum
    from lightly.transforms import BYOLTransform, BYOLView1Transform, BYOLView2Transform

    ours = BYOL(encoder=TimmEncoder(image_size=corpus.image_size))
    projector = BYOLProjectionHead(ours.encoder.width, 512, 128)
    predictor = BYOLPredictionHead(128, 512, 128)
    target_encoder, target_projector = copy.deepcopy(ours.encoder), copy.deepcopy(projector)
    deactivate_requires_grad(target_encoder)
    deactivate_requires_grad(target_projector)
    criterion = NegativeCosineSimilarity()

    def loss(views: list[torch.Tensor]) -> torch.Tensor:
        update_momentum(ours.encoder, target_encoder, m=ours.momentum)
        update_momentum(projector, target_projector, m=ours.momentum)
        first, second = (predictor(projector(ours.encoder.embed(view))) for view in views)
        with torch.no_grad():
            first_target, second_target = (target_projector(target_encoder.embed(view)) for view in views)
        return torch.as_tensor(0.5 * (criterion(first, second_target) + criterion(second, first_target)))

    # lightly's own defaults for a view of BYOL have weaker colours; ours are SimCLR's.
    view = {**VIEW, "cj_bright": 0.8, "cj_contrast": 0.8, "cj_sat": 0.8, "cj_hue": 0.2, "input_size": corpus.image_size}
    transform = BYOLTransform(BYOLView1Transform(**view), BYOLView2Transform(solarization_prob=0.0, **view))
    parameters = [*ours.encoder.parameters(), *projector.parameters(), *predictor.parameters()]
    return _seconds(corpus, transform, workers, parameters, loss)


def _seconds(
    corpus: ImageCorpus,
    transform: Callable[[Any], Any],
    workers: int,
    parameters: list[torch.nn.Parameter],
    loss: Callable[[list[torch.Tensor]], torch.Tensor],
) -> float:
    """Seconds of STEPS steps of lightly's loop, after WARMUP."""
    torch.manual_seed(0)
    images = _Images(corpus, transform)
    loader = DataLoader(images, batch_size=corpus.batch_size, shuffle=True, drop_last=True, num_workers=workers)
    optimizer = torch.optim.AdamW(parameters, lr=1e-3)
    started = time.perf_counter()
    for step, views in enumerate(loader):
        if step == WARMUP:
            started = time.perf_counter()
        value = loss([view.contiguous(memory_format=torch.channels_last) for view in views])
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    return time.perf_counter() - started
