"""Masked language modelling (Devlin et al. 2019, section 3.1): predict the tokens that were masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.pretraining.objective import Objective
from superb_lite_text.bert import BertEncoder
from superb_lite_text.lm_head import MaskedLMHead, log_frequencies
from superb_lite_text.masking import mask_tokens
from superb_lite_text.tokenizer import MASK, ORDINARY


class MaskedLM(Objective):
    """Cross entropy on the masked positions only, plus that of the second task; masks are drawn anew for every batch.

    Args:
        encoder: with a `summary`, the second task is learnt, too (set it with --data.second_task). Its `head` is
            trained, where it has one, and saved with it.
        counts: how often each token occurs; the output bias starts at their log-frequencies.
        mask_rate: share of the tokens to predict. The paper says 0.15; small models that see little data learn
            faster from more (Wettig et al. 2023, arXiv:2202.08005, find 0.4 for large ones).
        whole_words: mask all pieces of a word together.
        Others: see `Objective`.
    """

    encoder: BertEncoder
    continues: Tensor | None

    def __init__(
        self,
        *,
        encoder: BertEncoder,
        counts: Sequence[int],
        mask_rate: float = 0.3,
        whole_words: bool = False,
        learning_rate: float = 1e-2,
        muon_rate: float | None = 0.02,
        **options: Any,
    ) -> None:
        super().__init__(encoder=encoder, learning_rate=learning_rate, muon_rate=muon_rate, **options)
        self.mask_rate = mask_rate
        width = encoder.embedding.embedding_dim
        self.head = MaskedLMHead(width, len(encoder.tokenizer)) if encoder.head is None else encoder.head
        # First among the parameters, whoever has the head, so that norms of gradients are summed in the same order.
        self.output_bias = self.head.output_bias
        with torch.no_grad():
            self.output_bias.copy_(log_frequencies(counts))
        self.judge = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 2)) if encoder.summary else None
        # A buffer, so that it moves with the weights; not saved, since the tokeniser says it.
        continues = torch.tensor(encoder.tokenizer.continues()) if whole_words else None
        self.register_buffer("continues", continues, persistent=False)

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: token, segment, label, and document where there are several in a row (B, T), see `PairCorpus`."""
        token, label = batch["token"], batch["label"]
        corrupted, chosen = mask_tokens(
            token,
            rate=self.mask_rate,
            mask_id=MASK,
            vocabulary=range(ORDINARY, len(self.encoder.tokenizer)),
            continues=self.continues,
        )
        hidden = self.encoder.encode(corrupted, batch["segment"], batch.get("document"), padded=False)[-1]
        logits = self.head(hidden[chosen], self.encoder.embedding.weight)  # (M, V), tied
        loss = self.mean_over(chosen.sum(), F.cross_entropy(logits, token[chosen]))
        if self.judge is not None:
            judged = label >= 0
            # The mean, and 0 rather than a division by 0 where no text is judged.
            second = F.cross_entropy(self.judge(hidden[judged]), label[judged], reduction="sum") / judged.sum().clamp(1)
            second = self.mean_over(judged.sum(), second)
            self.log("second_loss", second, prog_bar=True)
            loss = loss + second
        self.log("loss", loss, prog_bar=True)
        return loss
