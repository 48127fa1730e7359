"""BYOL: bootstrap your own latent (Grill et al. 2020)."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from superb_lite.errors import SuperbLiteError, note
from superb_lite_image.byol_loss import byol_loss, embedding_spread, target_momentum
from superb_lite_image.encoder import TimmEncoder
from superb_lite_image.two_views import OptimizerName, TwoViews, mlp

COLLAPSED = 0.1
"""A spread of the online projections below this is warned about; see `embedding_spread`."""

WATCHED = 10
"""The spread is looked at once in so many steps: a look waits for the device."""


class BYOL(TwoViews):
    """The online network predicts, from one view, what the target network makes of the other one.

    The target network is a moving average of the online one, and gets no gradient. Nothing in the loss keeps all
    embeddings from becoming one; whether they do is logged as `spread` and warned about once.

    Args:
        encoder: what is trained.
        hidden_size, projection_size: of the projector and the predictor. The paper: 4096 and 256.
        momentum: of the target network at the start; a cosine raises it to 1. The paper: 0.996 for 1000 epochs. In a
            run of a few hundred steps such a target would hardly move.
        optimizer, weight_decay, shared: see `TwoViews`. With Muon the encoder learnt no more than its untrained twin
            knows in the lite recipe.
    """

    def __init__(
        self,
        *,
        encoder: TimmEncoder,
        hidden_size: int = 512,
        projection_size: int = 128,
        momentum: float = 0.95,
        optimizer: OptimizerName = "adamw",
        weight_decay: float = 1e-4,
        **shared: Any,
    ) -> None:
        super().__init__(encoder=encoder, optimizer=optimizer, weight_decay=weight_decay, **shared)
        if not 0 <= momentum <= 1:
            raise SuperbLiteError(f"momentum is {momentum}: give a share of the target network, from 0 to 1")
        self.projector = mlp(self.encoder.width, hidden_size, projection_size, hidden_bias=True)
        self.predictor = mlp(projection_size, hidden_size, projection_size, hidden_bias=True)
        self.target_encoder = copy.deepcopy(self.encoder).requires_grad_(False)
        self.target_projector = copy.deepcopy(self.projector).requires_grad_(False)
        self.momentum = momentum
        self.warned = False

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        """batch: (N, 3, S, S) uint8 images, or two crops of each, (N, 2, 3, S, S)."""
        views = self.two_views(batch)
        projections = self.projector(self.encoder.embed(views))  # (2N, P), the paper's z
        first, second = self.predictor(projections).chunk(2)
        with torch.no_grad():
            first_target, second_target = self.target_projector(self.target_encoder.embed(views)).chunk(2)
        loss = byol_loss(first, second_target) + byol_loss(second, first_target)
        self.log("loss", loss, prog_bar=True)
        spread = embedding_spread(projections)
        self.log("spread", spread)
        if not self.warned and batch_idx % WATCHED == 0:
            self._watch(spread)
        return loss

    def _watch(self, spread: Tensor) -> None:
        if float(spread) < COLLAPSED:
            self.warned = True
            note(
                f"image-byol is collapsing: at step {self.global_step} the spread of its embeddings is "
                f"{float(spread):.3f} (1: all directions, 0: all images are one); lower --model.learning_rate or "
                "raise --data.batch_size"
            )

    def optimizer_step(self, *arguments: Any, **options: Any) -> None:
        # Not in on_train_batch_end: Lightning writes the state of an interrupted run before that.
        momentum = target_momentum(
            self.global_step, steps=int(self.trainer.estimated_stepping_batches), base=self.momentum
        )
        super().optimizer_step(*arguments, **options)
        move_towards(self.target_encoder, self.encoder, momentum=momentum)
        move_towards(self.target_projector, self.projector, momentum=momentum)


@torch.no_grad()
def move_towards(target: nn.Module, online: nn.Module, *, momentum: float) -> None:
    """Set the weights of `target` to momentum * target + (1 - momentum) * online, in place (equation 1)."""
    theirs = [p.detach() for p in online.parameters()]
    torch._foreach_lerp_(list(target.parameters()), theirs, 1.0 - momentum)
