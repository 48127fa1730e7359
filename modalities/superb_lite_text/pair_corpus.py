"""Text for BERT: rows of one text, or of two that the model has to judge."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.objective import step_seed
from superb_lite_text.corpus import SPECIAL_TOKENS, Row, TextCorpus, pad
from superb_lite_text.tokenizer import CLS, SEP

SecondTask = Literal["none", "nsp", "sop"]
"""Beside masked language modelling: nothing (Liu et al. 2019, RoBERTa), next sentence prediction (Devlin et al. 2019,
section 3.1, task 2), or sentence order prediction (Lan et al. 2020, ALBERT, section 3.1)."""


class PairCorpus(TextCorpus):
    """Rows [CLS] text [SEP] without a second task, else [CLS] a [SEP] b [SEP].

    a and b are consecutive sentences of a document; in half of the rows, drawn anew each time, b is from another row
    (nsp), or the two are swapped (sop). A row of a single sentence is no pair: it is shown as it is, and not judged.

    Args:
        second_task: none, nsp or sop. Others: see `TextCorpus`.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 48,
        seed: int = 0,
        row_length: int = 64,
        second_task: SecondTask = "none",
    ) -> None:
        if second_task not in get_args(SecondTask):
            raise SuperbLiteError(f"--data.second_task {second_task}: it must be none, nsp or sop")
        super().__init__(path=path, batch_size=batch_size, seed=seed, row_length=row_length)
        self.second_task = second_task
        self.paired = [number for number, row in enumerate(self.rows) if len(row) > 1]
        if second_task != "none" and len(self.paired) < 2:
            raise SuperbLiteError(f"--data.second_task {second_task}: the corpus has no rows of two sentences")

    def batch(self, step: int) -> dict[str, Tensor]:
        """token, segment: (B, T). label: (B,), 1 where b does not follow a, 0 where it does, -1 where there is no b."""
        rng = np.random.default_rng(step_seed(self.seed, step))
        made = [self._row(self.rows[i], rng) for i in self.buckets.indices(step)]
        tokens, segments, labels = zip(*made, strict=True)
        return {"token": pad(tokens), "segment": pad(segments, 0), "label": torch.tensor(labels)}

    def _row(self, row: Row, rng: np.random.Generator) -> tuple[list[int], list[int], int]:
        """Token ids, segments and the label of one row."""
        if self.second_task == "none" or len(row) == 1:
            text = [t for sentence in row for t in sentence]
            return [CLS, *text, SEP], [0] * (len(text) + 2), -1
        at = int(rng.integers(1, len(row)))
        a, b = ([t for sentence in part for t in sentence] for part in (row[:at], row[at:]))
        label = int(rng.random() < 0.5)
        if label and self.second_task == "sop":
            a, b = b, a
        elif label:
            other = self.rows[self.paired[int(rng.integers(len(self.paired)))]]
            b = [t for sentence in other[int(rng.integers(1, len(other))) :] for t in sentence]
            b = b[: self.row_length - SPECIAL_TOKENS - len(a)]
        return [CLS, *a, SEP, *b, SEP], [0] * (len(a) + 2) + [1] * (len(b) + 1), label
