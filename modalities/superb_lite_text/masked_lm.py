"""Masked language modelling (Devlin et al. 2019, section 3.1): predict the characters that were masked."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.objective import Objective
from superb_lite_text.bert import BertEncoder
from superb_lite_text.masking import mask_tokens
from superb_lite_text.tokenizer import MASK, SPECIAL


class MaskedLM(Objective):
    """Cross entropy on the masked positions only; masks are drawn anew for every batch.

    Args:
        vocabulary: the characters that have a token of their own.
        counts: how often each of them occurs; the output bias starts at their log-frequencies.
        layers, width, heads, hidden: the shape of the transformer.
        mask_rate: share of the characters to predict. The paper says 0.15; small models that see little data learn
            faster from more (Wettig et al. 2023, arXiv:2202.08005, find 0.4 for large ones).
    """

    encoder: BertEncoder

    def __init__(
        self,
        *,
        vocabulary: Sequence[str],
        counts: Sequence[int],
        layers: int = 2,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        mask_rate: float = 0.3,
        learning_rate: float = 3e-3,
        warmup_share: float = 0.1,
        weight_decay: float = 0.01,
        seed: int = 0,
    ) -> None:
        super().__init__(learning_rate=learning_rate, warmup_share=warmup_share, weight_decay=weight_decay, seed=seed)
        self.mask_rate = mask_rate
        self.encoder = BertEncoder(vocabulary, layers=layers, width=width, heads=heads, hidden=hidden)
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        frequency = torch.tensor([*[1] * len(SPECIAL), *counts], dtype=torch.float32)
        self.output_bias = nn.Parameter((frequency / frequency.sum()).log())

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        tokenizer = self.encoder.tokenizer
        ordinary = range(len(SPECIAL), len(tokenizer))
        corrupted, chosen = mask_tokens(batch, rate=self.mask_rate, mask_id=MASK, vocabulary=ordinary)
        hidden = self.encoder.encode(corrupted)[-1][chosen]  # (M, D)
        logits = F.linear(self.transform(hidden), self.encoder.embedding.weight, self.output_bias)  # (M, V), tied
        loss = F.cross_entropy(logits, batch[chosen])
        self.log("loss", loss, prog_bar=True)
        return loss
