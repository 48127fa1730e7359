"""SimCLR: a simple framework for contrastive learning of visual representations (Chen et al. 2020)."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from superb_lite_image.encoder import LITE_BACKBONE
from superb_lite_image.gather import gather
from superb_lite_image.nt_xent import nt_xent
from superb_lite_image.two_views import OptimizerName, TwoViews, mlp


class SimCLR(TwoViews):
    """Two augmented views of every image; each view has to find its partner among all views of the batch.

    Under several processes the batch is that of all of them (`--trainer.sync_batchnorm true`, as in the paper, keeps
    BatchNorm from telling which process a view comes from).

    Args:
        backbone, backbone_args, image_size, stem_stride: the encoder, see `superb_lite_image.encoder.fit_backbone`.
        projection_size: width of the projections that the loss compares (the paper's z; it uses 128).
        temperature: of NT-Xent. The paper finds 0.5 best for long runs at 32x32 and 0.1 for large images.
        jitter_strength: strength of the colour distortion (the paper's s; appendix B.9 uses 0.5 for 32x32).
        smallest_crop: smallest share of the image that a view may show. The paper: 0.08; short runs on digits and small
            crops learn more from easier pairs.
        flip_probability: of a horizontal flip. The paper flips half of the views; digits must not be flipped.
        optimizer: "adamw" or "lars". The paper: LARS, learning rate 0.3 * batch / 256, weight decay 1e-6.
        learning_rate, warmup_share, weight_decay, seed: see `Objective`.
    """

    def __init__(
        self,
        *,
        backbone: str = LITE_BACKBONE,
        backbone_args: dict[str, Any] | None = None,
        image_size: int = 32,
        stem_stride: int | None = 2,
        projection_size: int = 128,
        temperature: float = 0.2,
        jitter_strength: float = 0.5,
        smallest_crop: float = 0.4,
        flip_probability: float = 0.0,
        optimizer: OptimizerName = "adamw",
        learning_rate: float = 2e-3,
        warmup_share: float = 0.05,
        weight_decay: float = 1e-4,
        seed: int = 0,
    ) -> None:
        super().__init__(
            backbone=backbone,
            backbone_args=backbone_args,
            image_size=image_size,
            stem_stride=stem_stride,
            jitter_strength=jitter_strength,
            smallest_crop=smallest_crop,
            flip_probability=flip_probability,
            optimizer=optimizer,
            learning_rate=learning_rate,
            warmup_share=warmup_share,
            weight_decay=weight_decay,
            seed=seed,
        )
        width = self.encoder.width
        self.projection = mlp(width, width, projection_size, hidden_bias=False)
        self.temperature = temperature

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        """batch: (N, 3, S, S) uint8 images."""
        representations = self.encoder.embed(self.two_views(batch))  # (2N, D), the paper's h
        first, second = self.projection(representations).chunk(2)  # (N, P) each, the paper's z
        loss = nt_xent(gather(first), gather(second), temperature=self.temperature)
        self.log("loss", loss, prog_bar=True)
        return loss
