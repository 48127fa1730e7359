"""How fine-tuning goes, epoch by epoch: does it start further on, and end lower, than training from scratch?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import device_named, make_problem
from superb_lite.features.store import Progress
from superb_lite.forms import form_of
from superb_lite.metrics import higher_is_better, metric
from superb_lite.protocols.finetune import Epoch, Finetune, FinetuneSettings
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Point:
    """The mean over seeds after `step` updates, with its 95% interval; of one seed the two ends are the mean."""

    step: float
    value: float
    ci: tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """An encoder that is fine-tuned, or trained from scratch, on a task: the epochs of every seed.

    learning_rates: what each seed chose.
    """

    encoder: str
    task: Task
    learning_rates: tuple[float, ...]
    epochs: tuple[tuple[Epoch, ...], ...]

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
            half = stats.t.ppf(0.975, len(table) - 1) * table.std(axis=0, ddof=1) / np.sqrt(len(table))
        return [
            Point(float(step), float(m), (float(max(bounds[0], m - h)), float(min(bounds[1], m + h))))
            for step, m, h in zip(steps, mean, half, strict=True)
        ]


def learning_curves(
    models: Mapping[str, Encoder],
    task: Task,
    *,
    seeds: int = 5,
    device: str = "cpu",
    root: Path | None = None,
    settings: FinetuneSettings | None = None,
    progress: Callable[[str], Progress] | None = None,
) -> list[Curve]:
    """The curves of several encoders on one task, under the protocol `finetune` but without stopping early.

    progress: called with the name of an encoder when it begins.

    Raises `SuperbLiteError` for a task that is not fine-tuned, an encoder without parameters, and training that
    diverges at every learning rate.
    """
    if not Finetune().takes(form_of(task)):
        raise SuperbLiteError(f"protocol 'finetune' does not go with form '{task.form}' (task '{task.name}')")
    config = settings or FinetuneSettings()
    protocol = Finetune(FinetuneSettings(**{**vars(config), "patience": config.epochs}))
    problem = make_problem(task, seeds=range(seeds), limit=None, root=root)
    curves = []
    for name, model in models.items():
        if not any(True for _ in model.parameters()):
            raise SuperbLiteError(f"encoder {name} has no parameters, so there is nothing to fine-tune")
        report = progress(name) if progress else None
        encoder = model.to(device_named(device))
        rates, epochs = [], []
        for number in range(seeds):
            trained = protocol.train(encoder, problem, number)
            if len(trained.curve) < config.epochs:
                raise SuperbLiteError(f"encoder {name}: training on '{task.name}' diverges at every learning rate")
            rates.append(trained.learning_rate)
            epochs.append(trained.curve)
            if report is not None:
                report(number + 1, seeds)
        curves.append(Curve(name, task, tuple(rates), tuple(epochs)))
    return curves
