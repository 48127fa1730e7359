"""finetune: encoder and head are trained together (Devlin et al. 2019, BERT, section 3.2).

Of `random:NAME` this is training from scratch. An encoder without parameters has nothing to fine-tune, so that only its
head is trained, as under `frozen`.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from superb_lite.encoder import Encoder
from superb_lite.features import FeatureStore, Progress
from superb_lite.forms import Form
from superb_lite.metrics import higher_is_better
from superb_lite.objective import step_seed
from superb_lite.problem import Outcome, Problem
from superb_lite.protocols.base import Protocol, recorded
from superb_lite.protocols.frozen import Frozen
from superb_lite.protocols.joint_models import JointModel, SequenceModel, joint_model
from superb_lite.sequence_heads import length_batches


@dataclass(frozen=True)
class FinetuneSettings:
    """learning_rates: the grid. patience: epochs without a better validation score before training stops."""

    learning_rates: tuple[float, ...] = (1e-3, 3e-3)
    epochs: int = 6
    patience: int = 2
    batch_size: int = 16
    weight_decay: float = 0.01
    warmup_share: float = 0.1
    clip: float = 1.0


class Finetune(Protocol):
    """For each seed and learning rate: train with linear warm-up and decay, keep the epoch with the best
    validation score (the lower loss where scores are equal)."""

    name: ClassVar[str] = "finetune"
    forms: ClassVar[frozenset[str]] = frozenset({"classify", "regress", "tag", "span", "transcribe", "diarize"})

    def __init__(self, settings: FinetuneSettings | None = None) -> None:
        self.config = settings or FinetuneSettings()

    def settings(self, form: Form) -> dict[str, Any]:
        return recorded(self.config)

    def run(self, features: FeatureStore, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        encoder = features.encoder
        if not any(True for _ in encoder.parameters()):
            return Frozen().run(features, problem, progress)
        outcomes = []
        rates = self.config.learning_rates
        sign = 1 if higher_is_better(problem.task.metrics) else -1
        for number, seed in enumerate(problem.seeds):
            best: _Trained | None = None
            for attempt, rate in enumerate(rates):
                trained = self._train(encoder, problem, number, rate)
                if best is None or trained.rating > best.rating:
                    best = trained
                if progress is not None:
                    progress(number * len(rates) + attempt + 1, len(problem.seeds) * len(rates))
            assert best is not None
            chosen: dict[str, Any] = {
                "learning_rate": best.learning_rate,
                "epoch": best.epoch,
                "validation_score": round(sign * best.rating[0], 4),
                "validation_loss": round(-best.rating[1], 4),
            }
            if isinstance(best.model, SequenceModel):
                chosen["too_short"] = len(best.model.short)
            parameters = {
                "encoder": sum(p.numel() for p in best.model.encoder.parameters()),
                "head": sum(p.numel() for p in best.model.head.parameters()),
            }
            outcomes.append(Outcome(seed, best.model.predict(problem.test), chosen, parameters))
        return outcomes

    def _train(self, encoder: Encoder, problem: Problem, number: int, rate: float) -> _Trained:
        """Train one copy of the encoder; returns it at its best epoch."""
        config, seed = self.config, problem.seeds[number]
        train, validation = problem.train[number], problem.validation[number]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(step_seed(seed, 0))
            model = joint_model(copy.deepcopy(encoder).requires_grad_(True), problem, number)
            optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=config.weight_decay, fused=True)
            steps = config.epochs * math.ceil(len(train) / config.batch_size)
            warmup = max(1, round(config.warmup_share * steps))
            schedule = torch.optim.lr_scheduler.LambdaLR(
                optimizer, lambda step: min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))
            )
            best = (-math.inf, -math.inf)
            best_epoch, best_state = 0, model.state_dict()
            for epoch in range(1, config.epochs + 1):
                model.train()
                for batch in length_batches([model.length(e) for e in train], config.batch_size):
                    loss = model.loss([train[i] for i in batch])
                    optimizer.zero_grad()
                    loss.backward()
                    nn.utils.clip_grad_norm_(model.parameters(), config.clip)
                    optimizer.step()
                    schedule.step()
                validation_loss = model.mean_loss(validation)
                if not math.isfinite(validation_loss):
                    break  # diverged: this learning rate is out, and nothing after it would be better
                rating = (problem.rating(model.predict(validation), validation), -validation_loss)
                if rating > best:
                    best, best_epoch, best_state = rating, epoch, copy.deepcopy(model.state_dict())
                elif epoch - best_epoch >= config.patience:
                    break
            model.load_state_dict(best_state)
        return _Trained(model, rate, best_epoch, best)


@dataclass(frozen=True)
class _Trained:
    """A model at its best epoch. rating: (rating, -loss) on validation."""

    model: JointModel
    learning_rate: float
    epoch: int
    rating: tuple[float, float]
