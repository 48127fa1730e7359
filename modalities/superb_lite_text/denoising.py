"""Denoising: rebuild a text, or what is missing of it, from a corrupted one (Lewis et al. 2020, BART, section 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.errors import UnknownNameError
from superb_lite.pretraining.corpus import WINDOW
from superb_lite.pretraining.objective import Objective
from superb_lite.seeds import step_seed
from superb_lite_text.bart import BartEncoder
from superb_lite_text.corpus import TextCorpus
from superb_lite_text.corruption import CORRUPTIONS, IGNORE
from superb_lite_text.lm_head import log_frequencies
from superb_lite_text.rows import lay_out


class DenoisingCorpus(TextCorpus):
    """Corrupted texts, drawn anew each time they are shown.

    Args:
        corruption: masking, deletion, permutation, rotation, infilling, bart (permutation and infilling), mass or t5;
            see `superb_lite_text.corruption`. Others: see `TextCorpus`.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 21,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        window: int = WINDOW,
        row_length: int = 96,
        vocabulary: int | None = None,
        corruption: str = "bart",
    ) -> None:
        if corruption not in CORRUPTIONS:
            raise UnknownNameError("corruption", corruption, CORRUPTIONS)
        super().__init__(
            path=path,
            batch_size=batch_size,
            seed=seed,
            workers=workers,
            share=share,
            window=window,
            row_length=row_length,
            vocabulary=vocabulary,
        )
        self.corruption = corruption

    def batch(self, step: int) -> dict[str, Tensor]:
        """source: (B, S) ids; given, target: (B, T) ids, targets that are not learnt from are `IGNORE`.

        read: (B, S), said: (B, T): the documents of source and given, see `lay_out`.
        """
        rng = np.random.default_rng(step_seed(self.seed, step))
        corrupt = CORRUPTIONS[self.corruption]
        made = [[corrupt(text, rng) for text in row] for row in self.drawn(step)]
        source, read = lay_out([[one.source for one in row] for row in made])
        given, said = lay_out([[one.given for one in row] for row in made])
        target, _ = lay_out([[one.target for one in row] for row in made], IGNORE)
        return {"source": source, "read": read, "given": given, "said": said, "target": target}


class DenoisingLM(Objective):
    """Cross entropy of the decoder's targets.

    Args:
        encoder: what is trained, with its decoder.
        counts: how often each token occurs; the output bias starts at their log-frequencies.
        output_scale: see `NextToken`.
        Others: see `Objective`.
    """

    encoder: BartEncoder

    def __init__(
        self,
        *,
        encoder: BartEncoder,
        counts: Sequence[int],
        output_scale: float = 0.0,
        learning_rate: float = 1e-2,
        muon_rate: float | None = 0.02,
        **options: Any,
    ) -> None:
        super().__init__(encoder=encoder, learning_rate=learning_rate, muon_rate=muon_rate, **options)
        encoder.encoder.scale_outputs(output_scale)
        encoder.decoder.scale_outputs(output_scale)
        with torch.no_grad():
            encoder.output_bias.copy_(log_frequencies(counts))

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: see `DenoisingCorpus.batch`."""
        decoded = self.encoder.encode(batch["source"], batch["given"], (batch["read"], batch["said"]))[1][-1]
        target = batch["target"]
        learnt = target != IGNORE
        loss = self.mean_over(learnt.sum(), F.cross_entropy(self.encoder.logits(decoded[learnt]), target[learnt]))
        self.log("loss", loss, prog_bar=True)
        return loss
