"""Next-token prediction (Radford et al. 2018, GPT, section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.pretraining.objective import Objective
from superb_lite_text.gpt import GptEncoder
from superb_lite_text.lm_head import log_frequencies
from superb_lite_text.tokenizer import PAD


class NextToken(Objective):
    """Cross entropy of every token after the first, given those before it.

    Args:
        encoder: what is trained; no position of it sees a later one.
        counts: how often each token occurs; the output bias starts at their log-frequencies.
    """

    encoder: GptEncoder

    def __init__(
        self,
        *,
        encoder: GptEncoder,
        counts: Sequence[int],
        learning_rate: float = 1e-2,
        warmup_share: float = 0.1,
        weight_decay: float = 0.01,
        muon_rate: float | None = 0.02,
        seed: int = 0,
    ) -> None:
        super().__init__(
            encoder=encoder,
            learning_rate=learning_rate,
            warmup_share=warmup_share,
            weight_decay=weight_decay,
            muon_rate=muon_rate,
            seed=seed,
        )
        encoder.transformer.zero_outputs()
        with torch.no_grad():
            encoder.output_bias.copy_(log_frequencies(counts))

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: token, document (B, T), see `TextCorpus`."""
        token, document = batch["token"], batch["document"]
        hidden = self.encoder.encode(token[:, :-1], document[:, :-1])[-1]
        following = token[:, 1:]
        real = (following != PAD) & (document[:, 1:] == document[:, :-1])
        loss = self.mean_over(real.sum(), F.cross_entropy(self.encoder.logits(hidden[real]), following[real]))
        self.log("loss", loss, prog_bar=True)
        return loss
