"""BYOL training steps under Lightning over a bare loop of the same model (SimCLR's are in `tests.perf.training`)."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator
from functools import partial

import torch

from superb_lite_image.byol import BYOL, move_towards
from superb_lite_image.byol_loss import target_momentum
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.encoder import TimmEncoder
from tests.perf.timing import Promise, alternate
from tests.perf.training import ROUNDS, STEPS, WARMUP, lightning_seconds


def promises() -> Iterator[Promise]:
    """Steps per second of `superb-lite pretrain image-byol` are at least 0.95 of a bare loop's."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")
    corpus = ImageCorpus()
    make = partial(BYOL, image_size=corpus.image_size)
    ratio = alternate(partial(_bare, corpus), partial(lightning_seconds, corpus, make), rounds=ROUNDS)
    yield Promise("BYOL: steps/s over a bare loop", ratio, 0.95, "higher")


def _bare(corpus: ImageCorpus) -> float:
    """What a careful person writes without a framework, on batches that lie in memory."""
    batches = [corpus.batch(step) for step in range(WARMUP + STEPS)]
    objective = BYOL(encoder=TimmEncoder(image_size=corpus.image_size)).train()
    objective.log = lambda *arguments, **options: None  # type: ignore[method-assign]
    parameters = [p for p in objective.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=objective.learning_rate, weight_decay=objective.weight_decay)
    started = 0.0
    for step in range(WARMUP + STEPS):
        if step == WARMUP:
            started = time.perf_counter()
        loss = objective.training_step(batches[step], step)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        momentum = target_momentum(step, steps=WARMUP + STEPS, base=objective.momentum)
        move_towards(objective.target_encoder, objective.encoder, momentum=momentum)
        move_towards(objective.target_projector, objective.projector, momentum=momentum)
    return time.perf_counter() - started
