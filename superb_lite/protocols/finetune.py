"""finetune: encoder and head are trained together (Devlin et al. 2019, BERT, section 3.2).

Of `random:NAME` this is training from scratch. An encoder without parameters has nothing to fine-tune, so that only its
head is trained, as under `frozen`.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, ClassVar

import torch
from torch import nn

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.sequences import length_batches
from superb_lite.features.store import FeatureStore, Progress
from superb_lite.forms import Form, RowForm, SequenceForm
from superb_lite.heads.joint_models import JointModel, SequenceModel, joint_model
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.protocols.base import RULE, Protocol, recorded
from superb_lite.protocols.finetune_settings import FinetuneRule, FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.seeds import step_seed
from superb_lite.tasks.task import Task


class Finetune(Protocol):
    """For each seed and learning rate: train with linear warm-up and decay, keep the epoch with the best
    validation score (the lower loss where scores are equal).

    settings: those of every encoder; None: each encoder's own, by `FinetuneRule`.
    """

    name: ClassVar[str] = "finetune"
    forms: ClassVar[tuple[type[Form], ...]] = (RowForm, SequenceForm)
    rule: FinetuneRule = FinetuneRule()

    def __init__(self, settings: FinetuneSettings | None = None) -> None:
        self.fixed = settings

    def trainable(self, encoder: Encoder) -> bool:
        """Whether there is anything to train beside a head."""
        return trainable(encoder)

    def prepared(self, encoder: Encoder, problem: Problem, number: int) -> Encoder:
        """A copy of the encoder that is to be trained for seed number `number`."""
        return copy.deepcopy(encoder).requires_grad_(True)

    def settings(self, form: Form, encoder: Encoder) -> dict[str, Any]:
        found = recorded(self.settings_of(encoder)) if self.trainable(encoder) else Frozen().settings(form, encoder)
        return found if self.fixed is not None else {**found, RULE: self.rule.to_dict()}

    def settings_of(self, encoder: Encoder) -> FinetuneSettings:
        """How an encoder is trained."""
        return self.fixed or self.rule.settings(encoder)

    def seeds_apart(self, task: Task, encoder: Encoder) -> bool:
        return trainable(encoder) or Frozen().seeds_apart(task, encoder)

    def run(self, features: FeatureStore, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        encoder = features.encoder
        if not self.trainable(encoder):
            return Frozen().run(features, problem, progress)
        outcomes = []
        rates = len(self.settings_of(encoder).learning_rates)
        for number, seed in enumerate(problem.seeds):

            def tried(attempt: int, first: int = number * rates) -> None:
                if progress is not None:
                    progress(first + attempt, len(problem.seeds) * rates)

            best = self.train(encoder, problem, number, tried)
            chosen: dict[str, Any] = {
                "learning_rate": best.learning_rate,
                "epoch": best.epoch,
                "validation_score": round(problem.signed(best.rating[0]), 4),
                "validation_loss": round(-best.rating[1], 4),
                "training_loss": {"updates": len(best.losses), "means": loss_means(best.losses)},
            }
            if isinstance(best.model, SequenceModel):
                chosen["too_short"] = len(best.model.short)
            # A language model's head, or the decoder beside an encoder, is there without being trained.
            parameters = {
                "encoder": sum(p.numel() for p in best.model.encoder.parameters() if p.grad is not None),
                "head": sum(p.numel() for p in best.model.head.parameters()),
            }
            outcomes.append(Outcome(seed, best.model.predict(problem.test), chosen, parameters))
        return outcomes

    def train(
        self, encoder: Encoder, problem: Problem, number: int, tried: Callable[[int], None] | None = None
    ) -> FinetunedModel:
        """The model of seed number `number`, at the learning rate that does best on validation.

        tried: called with the number of learning rates that are done.
        """
        best: FinetunedModel | None = None
        for attempt, rate in enumerate(self.settings_of(encoder).learning_rates, start=1):
            trained = self._train(encoder, problem, number, rate)
            if best is None or trained.rating > best.rating:
                best = trained
            if tried is not None:
                tried(attempt)
        assert best is not None
        return best

    def _train(self, encoder: Encoder, problem: Problem, number: int, rate: float) -> FinetunedModel:
        """Train one copy of the encoder; returns it at its best epoch."""
        config, seed = self.settings_of(encoder), problem.seeds[number]
        train, validation = problem.train[number], problem.validation[number]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(step_seed(seed, 0))
            model = joint_model(self.prepared(encoder, problem, number), problem, number)
            optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=config.weight_decay, fused=True)
            steps = config.epochs * math.ceil(len(train) / config.batch_size)
            warmup = max(1, round(config.warmup_share * steps))
            schedule = torch.optim.lr_scheduler.LambdaLR(
                optimizer, lambda step: min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))
            )
            best = (-math.inf, -math.inf)
            best_epoch, best_state = 0, model.state_dict()
            curve: list[Epoch] = []
            losses: list[float] = []
            for epoch in range(1, config.epochs + 1):
                model.train()
                before = len(losses)
                for batch in length_batches([model.length(e) for e in train], config.batch_size):
                    loss = model.loss([train[i] for i in batch])
                    optimizer.zero_grad()
                    loss.backward()
                    nn.utils.clip_grad_norm_(model.parameters(), config.clip)
                    optimizer.step()
                    schedule.step()
                    losses.append(float(loss.detach()))
                validation_loss = model.mean_loss(validation)
                if not math.isfinite(validation_loss):
                    del losses[before:]
                    break  # diverged: this learning rate is out, and nothing after it would be better
                rating = (problem.rating(model.predict(validation), validation), -validation_loss)
                curve.append(Epoch(len(losses), fmean(losses[before:]), rating[0]))
                if rating > best:
                    best, best_epoch, best_state = rating, epoch, copy.deepcopy(model.state_dict())
                elif epoch - best_epoch >= config.patience:
                    break
            model.load_state_dict(best_state)
        return FinetunedModel(model, rate, best_epoch, best, tuple(curve), tuple(losses))


def trainable(encoder: Encoder) -> bool:
    """Whether there is anything to fine-tune.

    Raises `SuperbLiteError` for an encoder whose weights lie in another process or runtime, which has no gradients.
    """
    if not encoder.gradients:
        raise SuperbLiteError(
            "own code (py:) and models of ONNX run outside of this process's torch, without gradients: to fine-tune "
            "code of your own, hand the Encoder itself to superb_lite.evaluate, or register it as a plugin"
        )
    return any(True for _ in encoder.parameters())


@dataclass(frozen=True)
class Epoch:
    """One pass over the training examples."""

    step: int
    """Updates so far."""

    loss: float
    """The mean over the batches of the epoch, each before its update."""

    rating: float
    """Of the model after the epoch on validation: the task's score, turned so that more is better."""


@dataclass(frozen=True)
class FinetunedModel:
    """A model at its best epoch."""

    model: JointModel
    learning_rate: float
    epoch: int
    """The number of the best epoch, from 1 on."""

    rating: tuple[float, float]
    """(rating, -loss) on validation."""

    curve: tuple[Epoch, ...]
    """All epochs in order."""

    losses: tuple[float, ...]
    """Of each update, before it; without those of an epoch that diverged."""


LOSS_MEANS = 50
"""Into how many stretches of updates a training loss is divided where it is recorded."""


def loss_means(losses: Sequence[float]) -> list[float]:
    """The means over stretches of updates that are as equal as they can be, `LOSS_MEANS` of them at most."""
    stretches = min(LOSS_MEANS, len(losses))
    ends = [len(losses) * number // max(1, stretches) for number in range(stretches + 1)]
    return [round(fmean(losses[start:end]), 4) for start, end in itertools.pairwise(ends)]
