"""Continuous bag of words (Mikolov et al. 2013, arXiv:1301.3781, section 3.1): one embedding for each token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Features
from superb_lite.pretraining.objective import Objective
from superb_lite_text.lm_head import log_frequencies
from superb_lite_text.token_encoder import TokenEncoder
from superb_lite_text.tokenizer import PAD


class CbowEncoder(TokenEncoder):
    """One layer, the embeddings: a token has the same features wherever it stands.

    Args:
        tokenizer, width, max_length: see `TokenEncoder`.
    """

    # Two texts of a pair would tell each other nothing.
    pairs: ClassVar[bool] = False

    def config(self) -> dict[str, Any]:
        return {
            "tokenizer": self.tokenizer.specification,
            "width": self.embedding.embedding_dim,
            "max_length": self.max_length,
        }

    def forward(self, batch: Batch) -> Features:
        return self.features(batch, [self.embedding(batch["token"])])


class Cbow(Objective):
    """Cross entropy of every token, given the mean embedding of up to `window` tokens on each side of it.

    The paper makes its softmax cheap with a tree; here a step predicts a random share of the tokens.

    Args:
        encoder: whose embeddings are trained; the rest of an encoder that has more than those stays as it is drawn.
        counts: how often each token occurs; the output bias starts at their log-frequencies.
        window: tokens on each side.
        share: of the tokens that a step predicts.
    """

    encoder: TokenEncoder

    def __init__(
        self,
        *,
        encoder: TokenEncoder,
        counts: Sequence[int],
        window: int = 4,
        share: float = 0.25,
        learning_rate: float = 1e-2,
        warmup_share: float = 0.1,
        weight_decay: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__(
            encoder=encoder,
            learning_rate=learning_rate,
            warmup_share=warmup_share,
            weight_decay=weight_decay,
            seed=seed,
        )
        self.window = window
        self.share = share
        self.output = nn.Linear(encoder.embedding.embedding_dim, len(counts))
        with torch.no_grad():
            self.output.bias.copy_(log_frequencies(counts))

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: token, document (B, T), see `TextCorpus`."""
        token = batch["token"]
        context = context_mean(self.encoder.embedding(token), batch["document"], self.window)
        real = token != PAD
        asked = real & (torch.rand(token.shape, device=token.device) < self.share)
        asked[0, 0] = True  # never none
        loss = F.cross_entropy(self.output(context[asked]), token[asked])
        self.log("loss", loss, prog_bar=True)
        return loss


def context_mean(x: Tensor, document: Tensor, window: int) -> Tensor:
    """(B, T, D): the mean of the positions of the same document at most `window` away, the position itself left out.

    x: (B, T, D). document: (B, T), see `lay_out`. A position without such neighbours gets zeros.
    """
    place = torch.arange(x.shape[1], device=x.device)
    distance = (place[:, None] - place[None, :]).abs()
    near = ((distance > 0) & (distance <= window)) & (document[:, :, None] == document[:, None, :])  # (B, T, T)
    weight = near.to(x.dtype)
    return (weight @ x) / weight.sum(dim=2, keepdim=True).clamp(min=1.0)
