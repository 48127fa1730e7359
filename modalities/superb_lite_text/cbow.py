"""Continuous bag of words (Mikolov et al. 2013a, arXiv:1301.3781, section 3.1): one embedding for each token."""

from __future__ import annotations

import math
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
    """Cross entropy of tokens, given the mean embedding of up to `window` tokens on each side of them.

    Frequent tokens say little about their neighbours (Mikolov et al. 2013b, arXiv:1310.4546, section 2.3). There, one
    of frequency f is kept with probability sqrt(common / f); here it is asked for with this probability, and weighs so
    much in the means of others. The paper's softmax is made cheap with a tree; here it is over the token and some that
    are drawn (`sampled_cross_entropy`).

    Args:
        encoder: whose embeddings are trained; the rest of an encoder that has more than those stays as it is drawn.
        counts: how often each token occurs; the output bias starts at their log-frequencies.
        window: tokens on each side.
        common: the frequency from which a token counts as a frequent one.
        negatives: how many tokens are drawn in a step.
    """

    encoder: TokenEncoder
    kept: Tensor
    proposal: Tensor

    def __init__(
        self,
        *,
        encoder: TokenEncoder,
        counts: Sequence[int],
        window: int = 24,
        common: float = 1e-4,
        negatives: int = 512,
        learning_rate: float = 5e-3,
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
        self.negatives = negatives
        self.output = nn.Linear(encoder.embedding.embedding_dim, len(counts))
        log_frequency = log_frequencies(counts)
        with torch.no_grad():
            self.output.bias.copy_(log_frequency)
        self.register_buffer("kept", (common / log_frequency.exp()).sqrt().clamp(max=1.0), persistent=False)
        # The 3/4 power of frequencies: section 2.2 of 2013b.
        self.register_buffer("proposal", (0.75 * log_frequency).softmax(dim=0), persistent=False)

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: token, document (B, T), see `TextCorpus`."""
        token = batch["token"]
        kept = self.kept[token]
        context = context_mean(self.encoder.embedding(token), batch["document"], self.window, kept)
        asked = (token != PAD) & (torch.rand(token.shape, device=token.device) < kept)
        asked[0, 0] = True  # never none
        loss = sampled_cross_entropy(
            context[asked],
            self.output.weight,
            self.output.bias,
            token[asked],
            drawn=torch.multinomial(self.proposal, self.negatives, replacement=True),
            proposal=self.proposal,
        )
        loss = self.mean_over(asked.sum(), loss)
        self.log("loss", loss, prog_bar=True)
        return loss


def sampled_cross_entropy(
    x: Tensor, weight: Tensor, bias: Tensor, target: Tensor, *, drawn: Tensor, proposal: Tensor
) -> Tensor:
    """The cross entropy of a softmax over the right class and K that were drawn, by scores less the log-probabilities
    that classes are drawn with (Jean et al. 2015, arXiv:1412.2007, section 3.1).

    x: (N, D). weight, bias: (V, D), (V,). target: (N,). drawn: (K,) classes, the same for all rows; where one is the
    right class of a row it counts once. proposal: (V,) the probabilities that they were drawn with.
    """
    bias = bias - proposal.log()
    right = (x * weight[target]).sum(dim=1) + bias[target]
    others = (x @ weight[drawn].T + bias[drawn]).masked_fill(drawn == target[:, None], -math.inf)
    return F.cross_entropy(torch.cat([right[:, None], others], dim=1), torch.zeros_like(target))


def context_mean(x: Tensor, document: Tensor, window: int, weight: Tensor) -> Tensor:
    """(B, T, D): the weighted mean of the positions of the same document at most `window` away, the position itself
    left out.

    x: (B, T, D). document: (B, T), see `lay_out`. weight: (B, T), above 0. A position without such neighbours gets
    zeros.
    """
    place = torch.arange(x.shape[1], device=x.device)
    distance = (place[:, None] - place[None, :]).abs()
    near = ((distance > 0) & (distance <= window)) & (document[:, :, None] == document[:, None, :])  # (B, T, T)
    weights = near * weight[:, None, :]
    return (weights @ x) / weights.sum(dim=2, keepdim=True).clamp(min=torch.finfo(x.dtype).tiny)
