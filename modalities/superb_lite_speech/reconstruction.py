"""Reconstruction: restore altered frames (TERA, Liu, Li & Lee 2021; Mockingjay, Liu et al. 2020)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from superb_lite_speech.alteration import Alteration
from superb_lite_speech.contrast import VoicedObjective
from superb_lite_speech.frame_encoder import FrameEncoder


class Reconstruction(VoicedObjective):
    """L1 between the frames that the head makes of altered ones and the true ones, where time or channel was altered.

    The shares are TERA's; its time stretches are 7 frames of 10 ms, ours 4 positions of 20 ms.

    Args:
        encoder: what is trained; its front end makes the frames of the corpus.
        time_share: of positions in altered stretches.
        time_span: positions in a stretch.
        channel_share: the widest block of bands that is zeroed, as a share of all.
        noise_share: of rows that noise is added to.
        noise_std: its standard deviation.
    """

    encoder: FrameEncoder

    def __init__(
        self,
        *,
        encoder: FrameEncoder,
        time_share: float = 0.15,
        time_span: int = 4,
        channel_share: float = 0.2,
        noise_share: float = 0.15,
        noise_std: float = 0.2,
        learning_rate: float = 5e-3,
        muon_rate: float | None = 0.02,
        **options: Any,
    ) -> None:
        super().__init__(encoder=encoder, learning_rate=learning_rate, muon_rate=muon_rate, **options)
        for name, share in (("time_share", time_share), ("channel_share", channel_share), ("noise_share", noise_share)):
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"{name} {share} is not a share: it must be between 0 and 1")
        self.time_share, self.time_span = time_share, time_span
        self.channel_share = channel_share
        self.noise_share, self.noise_std = noise_share, noise_std
        width = encoder.width
        self.head = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width), nn.Linear(width, encoder.frame)
        )

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: features (B, T, D), mask (B, T) of real positions."""
        features, mask = batch["features"], batch["mask"]
        alteration = Alteration.draw(
            mask,
            self.encoder.front_end.bands,
            time_share=self.time_share,
            time_span=self.time_span,
            channel_share=self.channel_share,
            noise_share=self.noise_share,
            noise_std=self.noise_std,
        )
        frames = features[..., : self.encoder.frame]
        restored = self.head(self.encoder.contextualise(self.encoder.embed(alteration.apply(frames)), mask)[-1])
        altered = alteration.altered(mask)
        return self.with_voice(self.mean_over(altered.sum(), selected_l1(restored, frames, altered)), batch)


def selected_l1(predicted: Tensor, target: Tensor, selected: Tensor) -> Tensor:
    """Mean absolute difference of two (B, T, D) tensors over the selected numbers alone, (B, T, D) bool."""
    difference = (predicted - target).abs()
    return (difference * selected).sum() / torch.as_tensor(selected.sum()).clamp_min(1)
