"""finetune: encoder and head are trained together (Devlin et al. 2019, BERT, section 3.2).

Of `random:NAME` this is training from scratch. An encoder without parameters has nothing to fine-tune, so that only its
head is trained, as under `frozen`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features import Progress, to_device
from superb_lite.metrics import Prediction
from superb_lite.objective import step_seed
from superb_lite.pooling import pool_summary, pool_units
from superb_lite.protocols.base import Outcome, Problem, Protocol, recorded
from superb_lite.protocols.frozen import Frozen
from superb_lite.task import Example


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
    forms: ClassVar[frozenset[str]] = frozenset({"classify", "tag"})

    def __init__(self, settings: FinetuneSettings | None = None) -> None:
        self.config = settings or FinetuneSettings()

    def settings(self) -> dict[str, Any]:
        return recorded(self.config)

    def run(self, encoder: Encoder, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        if not any(True for _ in encoder.parameters()):
            return Frozen().run(encoder, problem, progress)
        outcomes = []
        rates = self.config.learning_rates
        for number, seed in enumerate(problem.seeds):
            best: _Trained | None = None
            for attempt, rate in enumerate(rates):
                trained = self._train(encoder, problem, number, rate)
                if best is None or trained.rating > best.rating:
                    best = trained
                if progress is not None:
                    progress(number * len(rates) + attempt + 1, len(problem.seeds) * len(rates))
            assert best is not None
            chosen = {
                "learning_rate": best.learning_rate,
                "epoch": best.epoch,
                "validation_score": round(best.rating[0], 4),
                "validation_loss": round(-best.rating[1], 4),
            }
            outcomes.append(Outcome(seed, best.model.predict(problem.test, problem), chosen))
        return outcomes

    def _train(self, encoder: Encoder, problem: Problem, number: int, rate: float) -> _Trained:
        """Train one copy of the encoder; returns it at its best epoch."""
        config, seed = self.config, problem.seeds[number]
        train, validation = problem.train[number], problem.validation[number]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(step_seed(seed, 0))
            model = _Model(copy.deepcopy(encoder).requires_grad_(True), problem)
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
                for batch in _batches([encoder.length(problem.item(e)) for e in train], config.batch_size):
                    loss = model.loss([train[i] for i in batch], problem)
                    optimizer.zero_grad()
                    loss.backward()
                    nn.utils.clip_grad_norm_(model.parameters(), config.clip)
                    optimizer.step()
                    schedule.step()
                validation_loss = model.mean_loss(validation, problem)
                if not math.isfinite(validation_loss):
                    break  # diverged: this learning rate is out, and nothing after it would be better
                rating = (problem.score(model.predict(validation, problem), validation), -validation_loss)
                if rating > best:
                    best, best_epoch, best_state = rating, epoch, copy.deepcopy(model.state_dict())
                elif epoch - best_epoch >= config.patience:
                    break
            model.load_state_dict(best_state)
        return _Trained(model, rate, best_epoch, best)


def _batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Random batches of indices in which items are of similar length, so that little of a batch is padding.

    Within each random group of four batches the items are sorted by length.
    """
    order = torch.randperm(len(lengths))
    batches = [
        part.tolist()
        for group in order.split(4 * size)
        for part in torch.tensor(sorted(group.tolist(), key=lambda i: lengths[i])).split(size)
    ]
    return [batches[i] for i in torch.randperm(len(batches)).tolist()]


@dataclass(frozen=True)
class _Trained:
    """A model at its best epoch. rating: (score, -loss) on validation."""

    model: _Model
    learning_rate: float
    epoch: int
    rating: tuple[float, float]


class _Model(nn.Module):
    """The encoder with a linear head: on `summary` (else the mean of the last layer) or on each unit."""

    def __init__(self, encoder: Encoder, problem: Problem) -> None:
        super().__init__()
        self.encoder = encoder
        self.form = problem.form
        with torch.no_grad():  # one forward pass tells the width of the head's input
            item = problem.item(problem.train[0][0])
            features = encoder.eval()(to_device(encoder.collate([item]), encoder.device))
        unit_level = self.form.units(problem.train[0][0]) is not None
        source = features.layers[-1] if features.summary is None or unit_level else features.summary
        self.head = nn.Linear(source.shape[-1], len(problem.task.labels)).to(encoder.device)

    def logits(self, examples: Sequence[Example], problem: Problem) -> list[Tensor]:
        """(rows of the example, C) for each example."""
        features = self.encoder(
            to_device(self.encoder.collate([problem.item(e) for e in examples]), self.encoder.device)
        )
        units = [self.form.units(e) for e in examples]
        if units[0] is not None:
            spans = [torch.tensor(u, dtype=torch.long) for u in units]
            return [self.head(x) for x in pool_units(features, spans)[-1]]
        return list(self.head(pool_summary(features, len(examples)))[:, None])

    def loss(self, examples: Sequence[Example], problem: Problem) -> Tensor:
        """Mean cross entropy over the rows of the examples."""
        logits = torch.cat(self.logits(examples, problem))
        targets = torch.tensor([t for e in examples for t in self.form.targets(e)], device=logits.device)
        return F.cross_entropy(logits, targets)

    @torch.no_grad()
    def mean_loss(self, examples: Sequence[Example], problem: Problem) -> float:
        """Mean cross entropy in evaluation mode."""
        self.eval()
        total, count = 0.0, 0
        for start in range(0, len(examples), 32):
            part = examples[start : start + 32]
            rows = sum(len(self.form.targets(e)) for e in part)
            total += float(self.loss(part, problem)) * rows
            count += rows
        return total / count

    @torch.no_grad()
    def predict(self, examples: Sequence[Example], problem: Problem) -> dict[str, Prediction]:
        """Predictions in evaluation mode, batched by length."""
        self.eval()
        order = sorted(examples, key=lambda e: (self.encoder.length(problem.item(e)), e.id))
        predictions = {}
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            for example, logits in zip(part, self.logits(part, problem), strict=True):
                if not bool(torch.isfinite(logits).all()):
                    raise SuperbLiteError(f"the fine-tuned model is not finite for item '{example.items[0]}'")
                predictions[example.id] = self.form.prediction(logits.argmax(dim=1).tolist())
        return predictions
