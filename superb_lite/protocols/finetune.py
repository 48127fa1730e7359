"""finetune: encoder and head are trained together (Devlin et al. 2019, BERT, section 3.2).

Of `random:NAME` this is training from scratch.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoder import Encoder
from superb_lite.features import Progress, to_device
from superb_lite.objective import step_seed
from superb_lite.pooling import pool_summary, pool_units
from superb_lite.protocols.base import Outcome, Problem, Protocol
from superb_lite.task import Example


@dataclass(frozen=True)
class FinetuneSettings:
    """learning_rates: the grid. patience: epochs without a better validation loss before training stops."""

    learning_rates: tuple[float, ...] = (3e-4, 1e-3)
    epochs: int = 12
    patience: int = 3
    batch_size: int = 16
    weight_decay: float = 0.01
    warmup_share: float = 0.1
    clip: float = 1.0


class Finetune(Protocol):
    """For each seed and learning rate: train with linear warm-up and decay, keep the best epoch by validation loss."""

    name: ClassVar[str] = "finetune"
    forms: ClassVar[frozenset[str]] = frozenset({"classify", "tag"})

    def __init__(self, settings: FinetuneSettings | None = None) -> None:
        self.config = settings or FinetuneSettings()

    def settings(self) -> dict[str, Any]:
        return dataclasses.asdict(self.config)

    def run(self, encoder: Encoder, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        outcomes = []
        rates = self.config.learning_rates
        for number, seed in enumerate(problem.seeds):
            best: tuple[float, float, int, _Model] | None = None
            for attempt, rate in enumerate(rates):
                model, loss, epoch = self._train(encoder, problem, number, rate)
                if best is None or loss < best[0]:
                    best = (loss, rate, epoch, model)
                if progress is not None:
                    progress(number * len(rates) + attempt + 1, len(problem.seeds) * len(rates))
            assert best is not None
            loss, rate, epoch, model = best
            chosen = {"learning_rate": rate, "epoch": epoch, "validation_loss": round(loss, 4)}
            outcomes.append(Outcome(seed, model.predict(problem), chosen))
        return outcomes

    def _train(self, encoder: Encoder, problem: Problem, number: int, rate: float) -> tuple[_Model, float, int]:
        """Train one copy; returns it at its best epoch, with that epoch's validation loss."""
        config, seed = self.config, problem.seeds[number]
        train, validation = problem.train[number], problem.validation[number]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(step_seed(seed, 0))
            model = _Model(copy.deepcopy(encoder).requires_grad_(True), problem)
            optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=config.weight_decay)
            steps = config.epochs * math.ceil(len(train) / config.batch_size)
            warmup = max(1, round(config.warmup_share * steps))
            schedule = torch.optim.lr_scheduler.LambdaLR(
                optimizer, lambda step: min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))
            )
            best_loss, best_epoch, best_state = math.inf, 0, copy.deepcopy(model.state_dict())
            for epoch in range(config.epochs):
                model.train()
                for batch in torch.randperm(len(train)).split(config.batch_size):
                    loss = model.loss([train[i] for i in batch.tolist()], problem)
                    optimizer.zero_grad()
                    loss.backward()
                    nn.utils.clip_grad_norm_(model.parameters(), config.clip)
                    optimizer.step()
                    schedule.step()
                validation_loss = model.mean_loss(validation, problem)
                if validation_loss < best_loss:
                    best_loss, best_epoch = validation_loss, epoch + 1
                    best_state = copy.deepcopy(model.state_dict())
                elif epoch + 1 - best_epoch >= config.patience:
                    break
            model.load_state_dict(best_state)
        return model, best_loss, best_epoch


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
    def predict(self, problem: Problem) -> dict[str, Any]:
        """Predictions for the test examples, batched by length."""
        self.eval()
        order = sorted(problem.test, key=lambda e: (self.encoder.length(problem.item(e)), e.id))
        predictions = {}
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            for example, logits in zip(part, self.logits(part, problem), strict=True):
                predictions[example.id] = self.form.prediction(logits.argmax(dim=1).tolist())
        return predictions
