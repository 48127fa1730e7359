"""MaskedPrediction: guess the cluster of every masked frame from its context (HuBERT, Hsu et al. 2021, section II)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.pretraining.objective import Objective
from superb_lite_speech.frame_encoder import FrameEncoder
from superb_lite_speech.masking import draw_span_mask


class MaskedPrediction(Objective):
    """Cross entropy over cluster ids on masked positions only (HuBERT's alpha = 1), with a linear head.

    HuBERT scores clusters by cosine similarity; with 100 of them a linear layer learns as well and has no temperature.

    Args:
        encoder: what is trained.
        counts: how often each cluster occurs in the corpus; the output bias starts at their log-frequencies.
        mask_share: of positions that are masked.
        mask_span: positions of 20 ms in a masked span.
    """

    encoder: FrameEncoder

    def __init__(
        self,
        *,
        encoder: FrameEncoder,
        counts: Sequence[int],
        mask_share: float = 0.5,
        mask_span: int = 5,
        learning_rate: float = 3e-3,
        warmup_share: float = 0.1,
        weight_decay: float = 0.01,
        seed: int = 0,
    ) -> None:
        super().__init__(
            encoder=encoder,
            learning_rate=learning_rate,
            warmup_share=warmup_share,
            weight_decay=weight_decay,
            seed=seed,
        )
        self.mask_share = mask_share
        self.mask_span = mask_span
        self.mask_embedding = nn.Parameter(torch.randn(encoder.width))
        self.head = nn.Linear(encoder.width, len(counts))
        with torch.no_grad():
            frequency = torch.tensor(counts, dtype=torch.float32).clamp_min(1.0)
            self.head.bias.copy_((frequency / frequency.sum()).log())

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: features (B, T, 2 * mels), clusters (B, T) int64, mask (B, T) of real positions."""
        masked = draw_span_mask(batch["mask"], share=self.mask_share, span=self.mask_span)
        embedded = torch.where(masked[..., None], self.mask_embedding, self.encoder.embed(batch["features"]))
        context = self.encoder.contextualise(embedded, batch["mask"])[-1]
        loss = masked_cross_entropy(self.head(context), batch["clusters"], masked)
        self.log("loss", loss, prog_bar=True)
        return loss


def masked_cross_entropy(logits: Tensor, targets: Tensor, masked: Tensor) -> Tensor:
    """Mean cross entropy of (B, T, C) logits over the masked (B, T) positions alone."""
    return F.cross_entropy(logits[masked], targets[masked])
