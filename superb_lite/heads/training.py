"""Training heads that read sequences: Adam, one head for each seed and grid point, the best look at validation."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import Progress
from superb_lite.heads.problem import Problem
from superb_lite.seeds import step_seed

Head = TypeVar("Head", bound=nn.Module)

Layers = tuple[int, ...]
"""The layers that a head reads."""

Rating = tuple[float, float]
"""The task's score on validation, turned so that more is better, and what decides among equals."""


@dataclass(frozen=True)
class SequenceSettings:
    """How a head is trained with Adam, at a learning rate that falls to 0 along a cosine."""

    learning_rates: tuple[float, ...] = (3e-3, 1e-2)
    """The grid of the BiLSTM and of x-vectors."""

    steps: int = 300
    """Updates of the BiLSTM and of x-vectors, at least."""

    linear_rates: tuple[float, ...] = (3e-2, 1e-1)
    """The grid of the linear head."""

    linear_steps: int = 1200
    """Updates of the linear head, at least. Its steps are cheaper, and it has further to go: under CTC it spends
    hundreds of them on learning that most positions are blank."""

    epochs: int = 5
    """Passes over the training examples, at least."""

    looks: int = 10
    """At validation, evenly spread."""

    patience: int = 4
    """Looks in a row without a better one before training stops."""

    batch_size: int = 16
    """Examples in an update."""

    width: int = 128
    """Of the BiLSTM, in each direction, and of x-vectors."""

    clip: float = 1.0
    """The largest norm of a gradient."""

    def schedule(self, head: str, examples: int) -> tuple[int, int]:
        """For so many training examples: updates in all, and from one look at validation to the next."""
        least = self.linear_steps if head == "linear" else self.steps
        steps = max(least, self.epochs * math.ceil(examples / self.batch_size))
        return steps, max(1, steps // self.looks)

    def rates(self, head: str) -> tuple[float, ...]:
        """The grid of a head."""
        return self.linear_rates if head == "linear" else self.learning_rates


class LayerSum(nn.Module):
    """(B, T, L, D) features of L layers -> (B, T, D), under learned softmax weights (SUPERB, section 3.2)."""

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(layers), requires_grad=layers > 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.einsum("btld,l->btd", x, self.logits.softmax(dim=0))

    def shares(self) -> list[float]:
        """The learned share of each layer."""
        return [round(w, 4) for w in self.logits.softmax(dim=0).tolist()]


@dataclass(frozen=True)
class TrainedHead(Generic[Head]):
    """A head at its best look at validation."""

    head: Head
    """With the weights that it had then."""
    layers: Layers
    """Those that it reads."""
    learning_rate: float
    """Its point of the grid."""
    step: int
    """The optimiser steps that were taken until then."""
    rating: Rating
    """What validation gave then."""
    parameters: int
    """How many were trained."""


def train_head(
    head: Head,
    kind: str,
    layers: Layers,
    rate: float,
    settings: SequenceSettings,
    *,
    examples: int,
    loss: Callable[[], Tensor],
    validate: Callable[[], Rating | None],
    also: Iterable[nn.Parameter] = (),
) -> TrainedHead[Head] | None:
    """Train one head; returns it at its best look at validation, None where it diverges before the first.

    Args:
        head: trained in place; what is returned is a copy.
        kind: the word that the settings know the head by.
        layers: those that the head reads.
        rate: the learning rate.
        settings: steps, looks and patience.
        examples: how many are trained on.
        loss: of the next batch.
        validate: the head's rating on validation, None where that is not a number.
        also: parameters that are trained with the head and that only training needs.
    """
    trained = [p for p in (*head.parameters(), *also) if p.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=rate, fused=True)
    steps, look = settings.schedule(kind, examples)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best: TrainedHead[Head] | None = None
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        loss().backward()
        nn.utils.clip_grad_norm_(trained, settings.clip)
        optimizer.step()
        schedule.step()
        if step % look and step != steps:
            continue
        rating = validate()
        if rating is None:
            break  # diverged: nothing after it would be better
        if best is None or rating > best.rating:
            best = TrainedHead(copy.deepcopy(head), layers, rate, step, rating, sum(p.numel() for p in trained))
        elif step - best.step >= settings.patience * look:
            break
    return best


def best_point(
    problem: Problem,
    number: int,
    points: Sequence[tuple[Layers, float]],
    train: Callable[[Layers, float], TrainedHead[Head] | None],
    progress: Progress | None,
) -> TrainedHead[Head]:
    """The best of the heads that seed number `number` trains, one for each grid point (layers, learning rate).

    Every head is seeded by (seed, grid point), so that the numbers are the same each time.

    Raises:
        SuperbLiteError: training diverges at every point.
    """
    best: TrainedHead[Head] | None = None
    for point, (layers, rate) in enumerate(points):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(step_seed(problem.seeds[number], point))
            trained = train(layers, rate)
        if trained is not None and (best is None or trained.rating > best.rating):
            best = trained
        if progress is not None:
            progress(number * len(points) + point + 1, len(problem.seeds) * len(points))
    if best is None:
        raise SuperbLiteError(f"task '{problem.task.name}': training a head diverged at every learning rate")
    return best
