"""Next-token prediction (Radford et al. 2018, GPT, section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
        output_scale: how much each layer adds at first, of what untrained weights do; GPT-2 has 1/sqrt(2 x layers), a
            small model starts best with nothing (see `Transformer.scale_outputs`).
        Others: see `Objective`.
    """

    encoder: GptEncoder

    def __init__(
        self,
        *,
        encoder: GptEncoder,
        counts: Sequence[int],
        output_scale: float = 0.0,
        learning_rate: float = 1e-2,
        muon_rate: float | None = 0.02,
        **options: Any,
    ) -> None:
        super().__init__(encoder=encoder, learning_rate=learning_rate, muon_rate=muon_rate, **options)
        encoder.transformer.scale_outputs(output_scale)
        with torch.no_grad():
            encoder.output_bias.copy_(log_frequencies(counts))

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: token, and document where there are several in a row (B, T), see `TextCorpus`."""
        token, document = batch["token"], batch.get("document")
        following = token[:, 1:]
        if document is None:
            hidden, asked = self.encoder.encode(token[:, :-1])[-1].flatten(0, 1), following.flatten()
            count = torch.full((), len(asked), device=token.device)
        else:
            real = (following != PAD) & (document[:, 1:] == document[:, :-1])
            hidden, asked = self.encoder.encode(token[:, :-1], document[:, :-1])[-1][real], following[real]
            count = real.sum()
        loss = self.mean_over(count, F.cross_entropy(self.encoder.logits(hidden), asked))
        self.log("loss", loss, prog_bar=True)
        return loss
