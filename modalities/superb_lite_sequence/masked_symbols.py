"""Masked language modelling (Devlin et al. 2019, section 3.1) of symbols."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.pretraining.muon import muon_with_adamw
from superb_lite.pretraining.objective import Objective
from superb_lite_sequence.encoder import SequenceEncoder
from superb_lite_sequence.masking import mask_symbols


class MaskedSymbols(Objective):
    """Cross entropy on the masked symbols only; masks are drawn anew for every batch.

    Args:
        encoder: its embeddings are the weights of the output layer, too.
        counts: how often each id occurs; the output bias starts at their log-frequencies.
        mask_rate: share of the symbols to predict.
        span: so many symbols that follow each other are masked together.
        distance_rate: learning rate of the biases by distance. They are attention logits, which start at up to 4: at
            the rate of the weights they hardly move in a minute, and heads do not come to read every third letter, by
            which codons are told (docs/pretraining.md).
    """

    encoder: SequenceEncoder

    def __init__(
        self,
        *,
        encoder: SequenceEncoder,
        counts: Sequence[int],
        mask_rate: float = 0.3,
        span: int = 1,
        learning_rate: float = 1e-2,
        warmup_share: float = 0.1,
        weight_decay: float = 0.01,
        muon_rate: float | None = 0.02,
        distance_rate: float = 0.1,
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
        if not 0 < mask_rate < 1:
            raise ValueError(f"mask_rate {mask_rate}: it must lie between 0 and 1")
        if span < 1:
            raise ValueError(f"span {span}: it must be at least 1")
        self.mask_rate = mask_rate
        self.span = span
        self.distance_rate = distance_rate
        width = encoder.embedding.embedding_dim
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        frequency = torch.tensor(counts, dtype=torch.float32).clamp(min=1.0)
        self.output_bias = nn.Parameter((frequency / frequency.sum()).log())

    def make_optimizer(self) -> torch.optim.Optimizer:
        """As every objective's, with a rate of their own for the biases by distance."""
        position = self.encoder.transformer.position
        return muon_with_adamw(
            self,
            self.encoder,
            matrix_rate=self.muon_rate,
            rate=self.learning_rate,
            weight_decay=self.weight_decay,
            fast=() if position is None else list(position.parameters()),
            fast_rate=self.distance_rate,
            adam=self.adam,
        )

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: token, document (B, T), see `SequenceCorpus`."""
        token = batch["token"]
        corrupted, chosen = mask_symbols(token, rate=self.mask_rate, span=self.span)
        hidden = self.encoder.encode(corrupted, torch.zeros_like(token), batch["document"])[-1]
        logits = F.linear(self.transform(hidden[chosen]), self.encoder.embedding.weight, self.output_bias)
        loss = self.mean_over(chosen.sum(), F.cross_entropy(logits, token[chosen]))
        self.log("loss", loss, prog_bar=True)
        return loss
