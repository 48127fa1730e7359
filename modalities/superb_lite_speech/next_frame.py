"""NextFrame: autoregressive predictive coding (APC, Chung et al. 2019; Chung & Glass 2020)."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from superb_lite_speech.causal_encoder import CausalSpeechEncoder
from superb_lite_speech.contrast import VoicedObjective
from superb_lite_speech.reconstruction import selected_l1


class NextFrame(VoicedObjective):
    """L1 between the frame that lies `shift` positions ahead and a linear map of what the network made of the past.

    Args:
        encoder: what is trained; its front end makes the frames of the corpus, and no position of it sees a later one.
        shift: how far to look ahead, in positions of 20 ms; the nearest frames are too easy to guess.
    """

    encoder: CausalSpeechEncoder

    def __init__(
        self,
        *,
        encoder: CausalSpeechEncoder,
        shift: int = 2,
        learning_rate: float = 5e-3,
        muon_rate: float | None = 0.02,
        **options: Any,
    ) -> None:
        super().__init__(encoder=encoder, learning_rate=learning_rate, muon_rate=muon_rate, **options)
        if shift < 1:
            raise ValueError(f"shift {shift} does not look ahead: it must be at least 1")
        self.shift = shift
        self.head = nn.Linear(encoder.width, encoder.frame)

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: features (B, T, D), mask (B, T) of real positions."""
        features, mask = batch["features"], batch["mask"]
        context = self.encoder.contextualise(self.encoder.embed(features), mask)[-1]
        loss = shifted_l1(self.head(context), features[..., : self.encoder.frame], mask, shift=self.shift)
        return self.with_voice(self.mean_over(mask[:, self.shift :].sum(), loss), batch)


def shifted_l1(predicted: Tensor, features: Tensor, mask: Tensor, *, shift: int) -> Tensor:
    """Mean absolute difference between the prediction at t and the (B, T, D) features at t + shift, where the (B, T)
    mask says that t + shift is real. 0 where no row is longer than the shift."""
    ahead = features[:, shift:]
    selected = mask[:, shift:, None].expand_as(ahead)
    return selected_l1(predicted[:, : ahead.shape[1]], ahead, selected)
