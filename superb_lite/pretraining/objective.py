"""Objective: an encoder being pretrained, as a LightningModule."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Literal, Protocol, get_args, runtime_checkable

import lightning
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.pretraining.muon import muon_with_adamw
from superb_lite.pretraining.processes import joint_mean, joint_sum
from superb_lite.seeds import step_seed

Decay = Literal["cosine", "linear"]
"""How a learning rate goes from its peak to 0: half a cosine, or a straight line (Devlin et al. 2019, section A.2)."""


@runtime_checkable
class TwoViewed(Protocol):
    """What an objective offers that compares two views of an item; their alignment is logged while it trains."""

    def view_embeddings(self, batch: Any) -> tuple[Tensor, Tensor]:
        """Two (N, D) tensors: the encoder's embeddings of two views, drawn by torch's generator, of N items."""
        ...


class Objective(lightning.LightningModule, ABC):
    """Base of all pretraining objectives. Subclasses add heads and write `training_step`.

    The encoder is what is saved; heads of the objective are thrown away. Every batch is seeded by (seed, step) and its
    number within the step, so that a resumed run continues exactly as an uninterrupted one would, two runs of one
    command are the same, and no two batches have the same masks. A subclass names in its constructor the options that
    are its own, or have other defaults, and hands on the rest as `**options`, which are options of the command, too.

    Args:
        encoder: what is trained and saved. A subclass says by its type which encoders it can train.
        learning_rate: peak of a linear warm-up, which `decay` follows.
        warmup_share: share of the steps that the warm-up takes.
        weight_decay: decoupled, on matrices only (biases, norms and embeddings of rank one are left alone).
        seed: of the masks, crops and other noise of training.
        muon_rate: Muon trains the weights of the encoder's linear maps, with this peak, and AdamW the rest; None: AdamW
            trains everything.
        decay: cosine or linear, down to 0 at the last step.
        betas, eps: of AdamW (Kingma & Ba 2015, algorithm 1).

    Raises ValueError for an unknown decay.
    """

    def __init__(
        self,
        *,
        encoder: Encoder,
        learning_rate: float = 3e-3,
        warmup_share: float = 0.1,
        weight_decay: float = 0.01,
        seed: int = 0,
        muon_rate: float | None = None,
        decay: Decay = "cosine",
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__()
        if decay not in get_args(Decay):
            raise ValueError(f"decay '{decay}': it must be cosine or linear")
        self.encoder = encoder
        self.learning_rate = learning_rate
        self.warmup_share = warmup_share
        self.weight_decay = weight_decay
        self.seed = seed
        self.muon_rate = muon_rate
        self.decay: Decay = decay
        self.adam: dict[str, Any] = {"betas": tuple(betas), "eps": eps}
        # Of the batch, and of those whose gradients are accumulated so far: how many numbers their losses are means of.
        self._count: Tensor | None = None
        self._counted: Tensor | None = None

    @abstractmethod
    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        """The loss of one batch, a scalar.

        A mean over numbers that are not equally many in every batch (masked tokens, real frames) goes through
        `mean_over`. What compares the rows of a batch with each other asks `processes.gather` for those of all
        processes.
        """

    def mean_over(self, count: Tensor, mean: Tensor) -> Tensor:
        """A term of the loss that is a mean over so many numbers of the batch; in one process the mean itself.

        Several processes take the mean over the numbers of all of them. Where gradients are accumulated, a batch weighs
        what the count of its first term says, as in fairseq (https://github.com/facebookresearch/fairseq,
        `sample_size`): the counts of the batches that follow are not known yet, so other terms are not told apart.

        count: (), detached. mean: ().
        """
        if self._count is None:
            self._count = count
        return joint_mean(mean, count)

    def log(self, name: str, value: Any, *arguments: Any, **options: Any) -> None:
        """`LightningModule.log`, of the mean over processes."""
        super().log(name, value, *arguments, **{"sync_dist": True, **options})

    def backward(self, loss: Tensor, *arguments: Any, **options: Any) -> None:
        if self._count is not None and self.trainer.accumulate_grad_batches > 1:
            weight = joint_sum(self._count)
            self._counted = weight if self._counted is None else self._counted + weight
            loss = loss * weight
        super().backward(loss, *arguments, **options)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        if self._counted is None:
            return
        scale = self.trainer.accumulate_grad_batches / self._counted.clamp(min=1)
        torch._foreach_mul_([p.grad for p in self.parameters() if p.grad is not None], scale)
        self._counted = None

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        self._count = None
        within = self.trainer.accumulate_grad_batches
        number = (batch_idx % within) * self.trainer.world_size + self.global_rank
        torch.manual_seed(batch_seed(self.seed, self.global_step, number))

    def make_optimizer(self) -> torch.optim.Optimizer:
        """The optimiser of all that is trained, at the peaks of its learning rates."""
        return muon_with_adamw(
            self,
            self.encoder,
            matrix_rate=self.muon_rate,
            rate=self.learning_rate,
            weight_decay=self.weight_decay,
            outside=[p for name, p in self.encoder.named_parameters() if name in self.encoder.without_features],
            adam=self.adam,
        )

    def configure_optimizers(self) -> OptimizerLRScheduler:
        optimizer = self.make_optimizer()
        steps = int(self.trainer.estimated_stepping_batches)
        falling = warmup_cosine if self.decay == "cosine" else warmup_linear
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: falling(step, steps=steps, warmup=round(self.warmup_share * steps))
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def batch_seed(seed: int, step: int, number: int) -> int:
    """The torch seed of a batch. number: of the batch among those of one optimiser step, over all processes."""
    of_step = step_seed(seed, step)
    return step_seed(of_step, number) if number else of_step


def warmup_cosine(step: int, *, steps: int, warmup: int) -> float:
    """Learning-rate factor: linear from 1/warmup to 1, then half a cosine down to 0 at `steps`."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1.0 + math.cos(math.pi * _progress(step, steps, warmup)))


def warmup_linear(step: int, *, steps: int, warmup: int) -> float:
    """Learning-rate factor: linear from 1/warmup to 1, then linear down to 0 at `steps`."""
    return (step + 1) / warmup if step < warmup else 1.0 - _progress(step, steps, warmup)


def _progress(step: int, steps: int, warmup: int) -> float:
    """The share of the steps after the warm-up that are done."""
    return min(1.0, (step - warmup) / max(1, steps - warmup))
