"""TwoViews: what SimCLR and BYOL share, an image encoder trained on two augmented views of every image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from timm.optim.lars import Lars
from torch import Tensor, nn

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.objective import Objective, warmup_cosine
from superb_lite_image.augment import simclr_augmentation
from superb_lite_image.encoder import TimmEncoder, fit_backbone

OptimizerName = Literal["adamw", "lars"]

LARS_MOMENTUM = 0.9


class TwoViews(Objective):
    """Base of objectives that compare two views of an image. Subclasses add heads and write `training_step`.

    Args:
        backbone, backbone_args, image_size, stem_stride: see `superb_lite_image.encoder.fit_backbone`.
        jitter_strength, smallest_crop, flip_probability: see `superb_lite_image.augment.simclr_augmentation`.
        optimizer: "adamw", or "lars" (You et al. 2017) with momentum 0.9, which leaves biases and norms unadapted and
            undecayed, as both papers have it.
        learning_rate, warmup_share, weight_decay, seed: see `Objective`.
    """

    encoder: TimmEncoder

    def __init__(
        self,
        *,
        backbone: str,
        backbone_args: Mapping[str, Any] | None,
        image_size: int,
        stem_stride: int | None,
        jitter_strength: float,
        smallest_crop: float,
        flip_probability: float,
        optimizer: OptimizerName,
        learning_rate: float,
        warmup_share: float,
        weight_decay: float,
        seed: int,
    ) -> None:
        super().__init__(learning_rate=learning_rate, warmup_share=warmup_share, weight_decay=weight_decay, seed=seed)
        self.encoder = TimmEncoder(
            image_size=image_size,
            **fit_backbone(backbone, backbone_args, image_size=image_size, stem_stride=stem_stride),
        )
        # Convolutions of few channels are about a quarter faster in this memory layout.
        self.encoder.to(memory_format=torch.channels_last)
        self.augment = simclr_augmentation(
            size=image_size,
            smallest_crop=smallest_crop,
            jitter_strength=jitter_strength,
            flip_probability=flip_probability,
        )
        self.optimizer = optimizer

    def two_views(self, batch: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 images -> (2N, 3, S, S) views in [0, 1]: the first ones of all images, then the second."""
        if len(batch) < 2:
            raise SuperbLiteError(f"a batch of {len(batch)} image(s) cannot be compared: raise --data.batch_size")
        views = torch.cat([self.augment(batch), self.augment(batch)])
        return views.contiguous(memory_format=torch.channels_last)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        if self.optimizer == "adamw":
            return super().configure_optimizers()
        trained = [p for p in self.parameters() if p.requires_grad]
        groups: list[dict[str, Any]] = [
            {"params": [p for p in trained if p.ndim > 1], "weight_decay": self.weight_decay, "always_adapt": True},
            {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
        ]
        optimizer = Lars(groups, lr=self.learning_rate, momentum=LARS_MOMENTUM)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: warmup_cosine(step, steps=steps, warmup=round(self.warmup_share * steps))
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def mlp(width: int, hidden: int, out: int, *, hidden_bias: bool) -> nn.Sequential:
    """Linear, BatchNorm, ReLU, linear: (B, width) -> (B, out)."""
    return nn.Sequential(
        nn.Linear(width, hidden, bias=hidden_bias), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, out)
    )
