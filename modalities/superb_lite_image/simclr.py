"""SimCLR: a simple framework for contrastive learning of visual representations (Chen et al. 2020)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from superb_lite.objective import Objective
from superb_lite_image.augment import simclr_augmentation
from superb_lite_image.encoder import LITE_BACKBONE, LITE_BACKBONE_ARGS, TimmEncoder
from superb_lite_image.nt_xent import nt_xent


class SimCLR(Objective):
    """Two augmented views of every image; each view has to find its partner among all views of the batch.

    Args:
        backbone, backbone_args, image_size, stem_stride: the encoder, see `TimmEncoder`.
        projection_size: width of the projections that the loss compares (the paper's z; it uses 128).
        temperature: of NT-Xent. The paper finds 0.5 best for long runs at 32x32 and 0.1 for large images.
        jitter_strength: strength of the colour distortion (the paper's s; appendix B.9 uses 0.5 for 32x32).
        smallest_crop: smallest share of the image that a view may show. The paper: 0.08; short runs on digits and small
            crops learn more from easier pairs.
        flip_probability: of a horizontal flip. The paper flips half of the views; digits must not be flipped.
        learning_rate, warmup_share, weight_decay, seed: see `Objective`.
    """

    encoder: TimmEncoder

    def __init__(
        self,
        *,
        backbone: str = LITE_BACKBONE,
        backbone_args: dict[str, Any] = LITE_BACKBONE_ARGS,
        image_size: int = 32,
        stem_stride: int | None = 2,
        projection_size: int = 128,
        temperature: float = 0.2,
        jitter_strength: float = 0.5,
        smallest_crop: float = 0.4,
        flip_probability: float = 0.0,
        learning_rate: float = 2e-3,
        warmup_share: float = 0.05,
        weight_decay: float = 1e-4,
        seed: int = 0,
    ) -> None:
        super().__init__(learning_rate=learning_rate, warmup_share=warmup_share, weight_decay=weight_decay, seed=seed)
        self.encoder = TimmEncoder(
            backbone=backbone, backbone_args=backbone_args, image_size=image_size, stem_stride=stem_stride
        )
        # Convolutions of few channels are about a quarter faster in this memory layout.
        self.encoder.to(memory_format=torch.channels_last)
        self.projection = nn.Sequential(
            nn.Linear(self.encoder.width, self.encoder.width, bias=False),
            nn.BatchNorm1d(self.encoder.width),
            nn.ReLU(),
            nn.Linear(self.encoder.width, projection_size),
        )
        self.augment = simclr_augmentation(
            size=image_size,
            smallest_crop=smallest_crop,
            jitter_strength=jitter_strength,
            flip_probability=flip_probability,
        )
        self.temperature = temperature

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        """batch: (N, 3, S, S) uint8 images."""
        views = torch.cat([self.augment(batch), self.augment(batch)])  # (2N, 3, S, S) in [0, 1]
        views = views.contiguous(memory_format=torch.channels_last)
        representations = self.encoder.embed(views)  # (2N, D), the paper's h
        projections = self.projection(representations)  # (2N, P), the paper's z
        first, second = projections.chunk(2)
        loss = nt_xent(first, second, temperature=self.temperature)
        self.log("loss", loss, prog_bar=True)
        return loss
