"""How fine-tuning goes, epoch by epoch: does it start further on, and end lower, than training from scratch?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import Progress
from superb_lite.heads.problem import Problem
from superb_lite.metrics import higher_is_better, metric
from superb_lite.protocols.finetune import Epoch, Finetune, trainable
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Point:
    """A mean over seeds."""

    step: float
    """After so many updates."""

    value: float
    ci: tuple[float, float]
    """The 95% interval of `value`; of one seed both ends are the mean."""


@dataclass(frozen=True)
class Curve:
    """An encoder that is fine-tuned, or trained from scratch, on a task."""

    encoder: str
    """What it is called."""

    task: Task
    learning_rates: tuple[float, ...]
    """What each seed chose."""

    epochs: tuple[tuple[Epoch, ...], ...]
    """Of each seed."""

    @property
    def loss(self) -> list[Point]:
        """Training loss by epoch."""
        return self._means([[epoch.loss for epoch in seed] for seed in self.epochs], (0.0, np.inf))

    @property
    def score(self) -> list[Point]:
        """Validation score by epoch, a fraction."""
        bounds = np.mean([metric(name).bounds for name in self.task.metrics], axis=0)
        return self._means([[self._score(epoch) for epoch in seed] for seed in self.epochs], tuple(bounds.tolist()))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: what each seed did."""
        seeds = [
            {
                "learning_rate": rate,
                "epochs": [{"step": e.step, "loss": e.loss, "validation_score": self._score(e)} for e in epochs],
            }
            for rate, epochs in zip(self.learning_rates, self.epochs, strict=True)
        ]
        return {"encoder": self.encoder, "seeds": seeds}

    def _score(self, epoch: Epoch) -> float:
        return epoch.rating if higher_is_better(self.task.metrics) else -epoch.rating

    def _means(self, values: list[list[float]], bounds: tuple[float, float]) -> list[Point]:
        """bounds: what an interval of few seeds may not reach beyond."""
        table = np.array(values)  # (S, epochs)
        steps = np.mean([[epoch.step for epoch in seed] for seed in self.epochs], axis=0)
        mean, half = table.mean(axis=0), np.zeros(table.shape[1])
        if len(table) > 1:
            from scipy import stats  # takes a fifth as long to import as torch

            half = stats.t.ppf(0.975, len(table) - 1) * table.std(axis=0, ddof=1) / np.sqrt(len(table))
        return [
            Point(float(step), float(m), (float(max(bounds[0], m - h)), float(min(bounds[1], m + h))))
            for step, m, h in zip(steps, mean, half, strict=True)
        ]


def fit_curve(
    encoder: Encoder,
    problem: Problem,
    name: str,
    report: Progress | None = None,
) -> Curve:
    """Fine-tune an encoder with every seed of a problem, but without stopping early.

    name: what the curve and messages call the encoder. report: called with (seeds that are done, seeds).

    Raises `SuperbLiteError` for an encoder without parameters, and for training that diverges at every learning rate.
    """
    if not trainable(encoder):
        raise SuperbLiteError(f"encoder {name} has no parameters, so there is nothing to fine-tune")
    config = Finetune().settings_of(encoder)
    protocol = Finetune(dataclasses.replace(config, patience=config.epochs))
    rates, epochs = [], []
    for number in range(len(problem.seeds)):
        trained = protocol.train(encoder, problem, number)
        if len(trained.curve) < config.epochs:
            raise SuperbLiteError(f"encoder {name}: training on '{problem.task.name}' diverges at every learning rate")
        rates.append(trained.learning_rate)
        epochs.append(trained.curve)
        if report is not None:
            report(number + 1, len(problem.seeds))
    return Curve(name, problem.task, tuple(rates), tuple(epochs))
