"""The loss of an objective on data that it was not trained on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback

from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.objective import Objective
from superb_lite.seeds import step_seed

BATCHES = 32
"""Of the corpus's batch size."""

SEED = 0
"""Of the masks of the held-out loss, the same for all pretraining seeds."""


class HeldOutLoss(Callback):
    """Measures what a run took, and its held-out loss when it ends.

    Args:
        measured: whether there is a held-out loss to measure; False: only seconds.
    """

    def __init__(self, *, measured: bool) -> None:
        self.loss: float | None = None
        """Mean of `BATCHES` batches; None before the end of the run."""
        self.cpu_seconds = 0.0
        """Of the process in training, its threads together; processes that make batches are not counted."""
        self.seconds = 0.0
        """In training."""
        self._measured = measured

    def on_train_start(self, trainer: Any, module: Any) -> None:
        self._started = time.perf_counter(), time.process_time()

    def on_train_end(self, trainer: Any, module: Any) -> None:
        began, began_cpu = self._started
        self.seconds, self.cpu_seconds = time.perf_counter() - began, time.process_time() - began_cpu
        if self._measured:
            self.loss = held_out_loss(module, trainer.datamodule)


@torch.no_grad()
def held_out_loss(objective: Objective, corpus: Corpus) -> float:
    """Mean training loss over the first `BATCHES` batches of the corpus's held-out part, with the masks of seed 0.

    Raises `SuperbLiteError` for a corpus that has no such part.
    """
    part = corpus.held_out()
    losses = []
    with unlogged(objective), torch.random.fork_rng():
        objective.eval()
        for number in range(BATCHES):
            torch.manual_seed(step_seed(SEED, number))
            batch = objective.transfer_batch_to_device(part.batch(number), objective.device, 0)
            losses.append(float(objective.training_step(batch, number)))
        objective.train()
    return sum(losses) / len(losses)


@contextmanager
def unlogged(objective: Objective) -> Iterator[None]:
    """Inside, what a step logs goes nowhere: it is no step of the run."""
    objective.__dict__["log"] = lambda *_, **__: None
    try:
        yield
    finally:
        del objective.__dict__["log"]
