"""SimCLR: a simple framework for contrastive learning of visual representations (Chen et al. 2020)."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from superb_lite.pretraining.processes import gather
from superb_lite_image.encoder import TimmEncoder
from superb_lite_image.nt_xent import nt_xent
from superb_lite_image.two_views import TwoViews, mlp


class SimCLR(TwoViews):
    """Two augmented views of every image; each view has to find its partner among all views of the batch.

    Under several processes the batch is that of all of them (`--trainer.sync_batchnorm true`, as in the paper, keeps
    BatchNorm from telling which process a view comes from).

    Args:
        encoder: what is trained.
        projection_size: width of the projections that the loss compares (the paper's z; it uses 128).
        temperature: of NT-Xent. The paper finds 0.5 best for long runs at 32x32 and 0.1 for large images.
        shared: see `TwoViews`.
    """

    def __init__(
        self,
        *,
        encoder: TimmEncoder,
        projection_size: int = 128,
        temperature: float = 0.2,
        **shared: Any,
    ) -> None:
        super().__init__(encoder=encoder, **shared)
        width = self.encoder.width
        self.projection = mlp(width, width, projection_size, hidden_bias=False)
        self.temperature = temperature

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        """batch: (N, 3, S, S) uint8 images, or two crops of each, (N, 2, 3, S, S)."""
        representations = self.encoder.embed(self.two_views(batch))  # (2N, D), the paper's h
        first, second = self.projection(representations).chunk(2)  # (N, P) each, the paper's z
        loss = nt_xent(gather(first), gather(second), temperature=self.temperature)
        self.log("loss", loss, prog_bar=True)
        return loss
