"""MaskedPrediction: guess the cluster of every masked frame from its context (HuBERT, Hsu et al. 2021, section II)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.pretraining.objective import Objective
from superb_lite_speech.contrast import RecordingContrast
from superb_lite_speech.frame_encoder import FrameEncoder
from superb_lite_speech.masking import draw_span_mask


class MaskedPrediction(Objective):
    """Cross entropy over cluster ids on masked positions only (HuBERT's alpha = 1), with a linear head; and a
    contrastive term over crops of one recording.

    HuBERT scores clusters by cosine similarity; with 100 of them a linear layer learns as well and has no temperature.
    The clusters say nothing of who speaks, and what a network has no use for it loses: the second term keeps the voice.

    Args:
        encoder: what is trained.
        counts: how often each cluster occurs in the corpus; the output bias starts at their log-frequencies.
        mask_share: of positions that are masked.
        mask_span: positions of 20 ms in a masked span.
        contrast: weight of the contrastive term (`RecordingContrast`); a batch without two crops of one recording
            (`data.views`) has none.
        contrast_layer: the layer whose mean it compares.
    """

    encoder: FrameEncoder

    def __init__(
        self,
        *,
        encoder: FrameEncoder,
        counts: Sequence[int],
        mask_share: float = 0.5,
        mask_span: int = 5,
        contrast: float = 0.3,
        contrast_layer: int = -1,
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
        self.contrast, self.contrast_layer = contrast, contrast_layer
        self.head = nn.Linear(encoder.width, len(counts))
        self.compare = RecordingContrast(encoder.width)
        with torch.no_grad():
            frequency = torch.tensor(counts, dtype=torch.float32).clamp_min(1.0)
            self.head.bias.copy_((frequency / frequency.sum()).log())

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: features (B, T, D), clusters (B, T) int64, mask (B, T) of real positions, recording (B,)."""
        masked = draw_span_mask(batch["mask"], share=self.mask_share, span=self.mask_span)
        embedded = torch.where(masked[..., None], self.mask_embedding, self.encoder.embed(batch["features"]))
        layers = self.encoder.contextualise(embedded, batch["mask"])
        loss = masked_cross_entropy(self.head(layers[-1]), batch["clusters"], masked)
        self.log("loss", loss, prog_bar=True)
        if not self.contrast:
            return loss
        contrast: Tensor = self.compare(layers[self.contrast_layer], batch["mask"], batch["recording"])
        self.log("contrast", contrast)
        return loss + self.contrast * contrast


def masked_cross_entropy(logits: Tensor, targets: Tensor, masked: Tensor) -> Tensor:
    """Mean cross entropy of (B, T, C) logits over the masked (B, T) positions alone."""
    return F.cross_entropy(logits[masked], targets[masked])
