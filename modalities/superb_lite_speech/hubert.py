"""Hubert: guess the hidden unit of every masked position of a waveform from its context (Hsu et al. 2021)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.pretraining.objective import Objective
from superb_lite_speech.hubert_encoder import HubertEncoder
from superb_lite_speech.masking import draw_span_mask


class Hubert(Objective):
    """Cross entropy over hidden units, which are told by the cosine between a projection and an embedding of each unit.

    Args:
        encoder: what is trained.
        classes: how many hidden units there are.
        mask_start: the probability that a position begins a masked span.
        mask_span: positions of 20 ms in a span.
        alpha: weight of the mean loss on masked positions; 1 - alpha is that on the others (equation 2).
        code_size: numbers in the embedding of a unit.
        temperature: that cosines are divided by (equation 3).
        feature_gradient: what the gradient of the convolutions is multiplied by (fairseq's code: 0.1).
        feature_penalty: weight of the mean square of what the convolutions give (fairseq's code: 10).
    """

    encoder: HubertEncoder

    def __init__(
        self,
        *,
        encoder: HubertEncoder,
        classes: int,
        mask_start: float = 0.08,
        mask_span: int = 10,
        alpha: float = 1.0,
        code_size: int = 256,
        temperature: float = 0.1,
        feature_gradient: float = 1.0,
        feature_penalty: float = 0.0,
        learning_rate: float = 2e-3,
        muon_rate: float | None = 0.02,
        **options: Any,
    ) -> None:
        super().__init__(encoder=encoder, learning_rate=learning_rate, muon_rate=muon_rate, **options)
        for name, share in (("mask_start", mask_start), ("alpha", alpha)):
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"{name} {share} is not a share: it must be between 0 and 1")
        if mask_span < 1:
            raise ValueError(f"mask_span {mask_span}: a span has at least 1 position")
        if temperature <= 0.0:
            raise ValueError(f"temperature {temperature}: it must be more than 0")
        self.mask_share = 1.0 - (1.0 - mask_start) ** mask_span
        self.mask_span = mask_span
        self.alpha = alpha
        self.temperature = temperature
        self.feature_gradient = feature_gradient
        self.feature_penalty = feature_penalty
        self.mask_embedding = nn.Parameter(torch.rand(encoder.width))
        self.projection = nn.Linear(encoder.width, code_size)
        self.codes = nn.Parameter(torch.rand(classes, code_size))

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: waveform (B, S), clusters (B, T) int64."""
        clusters = batch["clusters"]
        convolved = self.encoder.convolve(batch["waveform"])
        if self.feature_gradient != 1.0 and convolved.requires_grad:
            convolved.register_hook(lambda gradient: gradient * self.feature_gradient)
        masked = draw_span_mask(torch.ones_like(clusters, dtype=torch.bool), share=self.mask_share, span=self.mask_span)
        embedded = torch.where(masked[..., None], self.mask_embedding, self.encoder.embed(convolved))
        context = self.encoder.contextualise(embedded)[-1]
        loss = self.alpha * self._unit_loss(context, clusters, masked)
        if self.alpha < 1.0:
            loss = loss + (1.0 - self.alpha) * self._unit_loss(context, clusters, ~masked)
        self.log("loss", loss, prog_bar=True)
        if self.feature_penalty:
            numbers = torch.tensor(convolved.numel(), device=convolved.device)
            loss = loss + self.feature_penalty * self.mean_over(numbers, convolved.float().square().mean())
        return loss

    def _unit_loss(self, context: Tensor, clusters: Tensor, chosen: Tensor) -> Tensor:
        logits = unit_logits(self.projection(context[chosen]), self.codes, temperature=self.temperature)
        return self.mean_over(chosen.sum(), F.cross_entropy(logits, clusters[chosen]))


def unit_logits(projected: Tensor, codes: Tensor, *, temperature: float) -> Tensor:
    """(N, D) projections and (C, D) embeddings of units -> (N, C): their cosines by the temperature (equation 3)."""
    return F.normalize(projected, dim=-1) @ F.normalize(codes, dim=-1).T / temperature
