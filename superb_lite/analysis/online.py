"""OnlineProbe: what an encoder is worth while it is pretrained, in the metrics of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from lightning.pytorch.callbacks import Callback

from superb_lite import plugins
from superb_lite.analysis.label_free import alignment, means_and_halves, rank_me, spread, uniformity
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, foreign_errors, note
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.validation import validation_scores
from superb_lite.features.batches import to_device
from superb_lite.pretraining.objective import Objective, TwoViewed
from superb_lite.seeds import random_states_kept
from superb_lite.tasks.labels import Item
from superb_lite.tasks.task import Task

SEEDS = 3
"""Draws of labels behind a score."""

SAMPLE = 512
"""Items, at most, that label-free metrics are of."""

BATCH = 32

TIMES = 10
"""How often a run is probed where nobody says."""


class OnlineProbe(Callback):
    """Every so many steps, scores of tasks under the frozen protocol and label-free metrics go to the run's loggers.

    `probe/TASK` is the score on validation examples (a run may be stopped by it), `label-free/...` are those of
    `superb_lite.analysis.label_free` on the last layer's means over items of the tasks' training parts. The step of a
    row is the number of steps taken. Neither weights nor modes nor random numbers of the run are touched: it ends with
    the weights that it has without this.

    Args:
        tasks: what is probed; none: label-free metrics alone, on items of the first embedded task of the modality.
        every: steps between two measurements; the first comes before training, and one at its end. None: a tenth of
            the run.
    """

    def __init__(self, tasks: Sequence[Task] = (), *, every: int | None = None) -> None:
        if every is not None and every < 1:
            raise SuperbLiteError(f"--every {every}: at least 1 step lies between two measurements")
        self.tasks = tuple(tasks)
        self.every = every
        self._measured = -1
        self._failed = False

    def on_train_start(self, trainer: Any, module: Any) -> None:
        if self.every is None:
            self.every = max(1, trainer.max_steps // TIMES)
        # Also where a run is resumed: rows from its last state on are dropped.
        if trainer.global_step % self.every == 0:
            self._measure(trainer, module)

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        if self.every is not None and trainer.global_step % self.every == 0:
            self._try(trainer, module)

    def on_train_end(self, trainer: Any, module: Any) -> None:
        self._try(trainer, module)

    def _try(self, trainer: Any, module: Objective) -> None:
        """Measure; an encoder that went wrong for a while ends no run of hours."""
        try:
            self._measure(trainer, module)
        except SuperbLiteError as error:
            if not self._failed:
                note(f"the probe at step {trainer.global_step} failed: {error}")
            self._failed = True

    def _measure(self, trainer: Any, module: Objective) -> None:
        step = trainer.global_step
        # Where gradients are accumulated, several batches end at the same step.
        if not trainer.is_global_zero or step == self._measured:
            return
        self._measured = step
        with _as_it_was(module):
            with foreign_errors("what needs no labels cannot be measured"):
                found = {f"label-free/{name}": value for name, value in self._label_free(trainer, module).items()}
            if self.tasks:
                encoder = module.encoder
                evaluator = Evaluator(
                    encoder, reference="the encoder", device=str(encoder.device), batch_size=BATCH, seeds=SEEDS
                )
                scores = validation_scores(evaluator, self.tasks)
                found |= {f"probe/{name}": score for name, score in scores.items()}
        for logger in trainer.loggers:
            logger.log_metrics(found, step)

    def _label_free(self, trainer: Any, module: Objective) -> dict[str, float]:
        means, *views = _embedded(module.encoder, sample_of(self.tasks, module.encoder.modality))
        if isinstance(module, TwoViewed):
            torch.manual_seed(0)  # the same views each time
            batch = module.transfer_batch_to_device(trainer.datamodule.batch(0), module.device, 0)
            with torch.no_grad():
                views = [part.float().cpu() for part in module.view_embeddings(batch)]
        return {
            "rankme": rank_me(means),
            "uniformity": uniformity(means),
            "alignment": alignment(*views),
            "spread": spread(means),
        }


def sample_of(tasks: Sequence[Task], modality: str | None) -> list[Item]:
    """At most `SAMPLE` items of the training parts of tasks, evenly drawn; without tasks, of the first embedded one of
    a modality. No test item is among them.

    Raises `SuperbLiteError` where a modality has no task with data.
    """
    chosen = tasks or plugins.embedded_tasks(modality or "")[:1]
    if not chosen:
        raise SuperbLiteError(f"no task of modality '{modality}' has data to measure on: name one with --probe")
    places = []
    for task in chosen:
        data = task.data()
        places += [(data.items, key) for key in dict.fromkeys(key for example in data.train for key in example.items)]
    drawn = np.linspace(0, len(places) - 1, min(SAMPLE, len(places))).round().astype(int)
    return [items[key] for items, key in (places[number] for number in drawn)]


@torch.no_grad()
def _embedded(encoder: Encoder, items: Sequence[Item]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(N, D) means of the last layer, and of the halves of each item."""
    ordered = sorted(items, key=encoder.length)
    parts = []
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        features = encoder(to_device(encoder.collate(some), encoder.device))
        parts.append([part.float().cpu() for part in means_and_halves(features, len(some))])
    means, first, second = (torch.cat(part) for part in zip(*parts, strict=True))
    if not bool(torch.isfinite(means).all()):
        raise SuperbLiteError("the encoder gives numbers that are not finite")
    return means, first, second


@contextmanager
def _as_it_was(module: Objective) -> Iterator[None]:
    """Inside, the objective is in evaluation mode; after it, every part of it in the mode it was in, and every
    generator of random numbers in its state."""
    modes = {part: part.training for part in module.modules()}
    try:
        with random_states_kept(module.device):
            module.eval()
            yield
    finally:
        for part, training in modes.items():
            part.training = training
