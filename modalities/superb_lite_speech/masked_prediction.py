"""MaskedPrediction: guess the cluster of every masked frame from its context (HuBERT, Hsu et al. 2021, section II)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite_speech.contrast import VoicedObjective
from superb_lite_speech.frame_encoder import FrameEncoder
from superb_lite_speech.masking import draw_span_mask


class MaskedPrediction(VoicedObjective):
    """Cross entropy over cluster ids, with a linear head, beside the contrastive term of `VoicedObjective`.

    HuBERT scores clusters by cosine similarity; with 100 of them a linear layer learns as well and has no temperature.

    Args:
        encoder: what is trained.
        counts: how often each cluster occurs in the corpus; the output bias starts at their log-frequencies.
        mask_share: of positions that are masked.
        mask_span: positions of 20 ms in a masked span.
        alpha: weight of the mean loss on masked positions; 1 - alpha is that on the others (HuBERT, equation 2).
    """

    encoder: FrameEncoder

    def __init__(
        self,
        *,
        encoder: FrameEncoder,
        counts: Sequence[int],
        mask_share: float = 0.5,
        mask_span: int = 5,
        alpha: float = 0.5,
        learning_rate: float = 5e-3,
        muon_rate: float | None = 0.02,
        **options: Any,
    ) -> None:
        super().__init__(encoder=encoder, learning_rate=learning_rate, muon_rate=muon_rate, **options)
        self.mask_share = mask_share
        self.mask_span = mask_span
        self.mask_embedding = nn.Parameter(torch.randn(encoder.width))
        if not 0.0 <= alpha <= 1.0:
            raise ValueError(f"alpha {alpha} is not a share: it must be between 0 and 1")
        self.alpha = alpha
        self.head = nn.Linear(encoder.width, len(counts))
        with torch.no_grad():
            frequency = torch.tensor(counts, dtype=torch.float32).clamp_min(1.0)
            self.head.bias.copy_((frequency / frequency.sum()).log())

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: features (B, T, D), clusters (B, T) int64, mask (B, T) of real positions, recording (B,)."""
        masked = draw_span_mask(batch["mask"], share=self.mask_share, span=self.mask_span)
        embedded = torch.where(masked[..., None], self.mask_embedding, self.encoder.embed(batch["features"]))
        logits = self.head(self.encoder.contextualise(embedded, batch["mask"])[-1])
        loss = self.alpha * self.mean_over(masked.sum(), masked_cross_entropy(logits, batch["clusters"], masked))
        if self.alpha < 1.0:
            seen = batch["mask"] & ~masked
            unmasked = self.mean_over(seen.sum(), masked_cross_entropy(logits, batch["clusters"], seen))
            loss = loss + (1.0 - self.alpha) * unmasked
        return self.with_voice(loss, batch)


def masked_cross_entropy(logits: Tensor, targets: Tensor, masked: Tensor) -> Tensor:
    """Mean cross entropy of (B, T, C) logits over the masked (B, T) positions alone."""
    return F.cross_entropy(logits[masked], targets[masked])
