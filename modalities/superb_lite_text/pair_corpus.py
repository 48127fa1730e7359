"""Text for BERT: one text, or two that the model has to judge."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple, Self, get_args

import numpy as np
import torch
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.corpus import WINDOW
from superb_lite.pretraining.streams.stream import Piece
from superb_lite.seeds import step_seed
from superb_lite_text.corpus import TextCorpus, flat
from superb_lite_text.kept import Text
from superb_lite_text.rows import lay_out
from superb_lite_text.tokenizer import CLS, SEP

SecondTask = Literal["none", "nsp", "sop"]
"""Beside masked language modelling: nothing (Liu et al. 2019, RoBERTa), next sentence prediction (Devlin et al. 2019,
section 3.1, task 2), or sentence order prediction (Lan et al. 2020, ALBERT, section 3.1)."""


class PairCorpus(TextCorpus):
    """Texts [CLS] text [SEP] without a second task, else [CLS] a [SEP] b [SEP].

    a and b are consecutive sentences of a document; in half of the texts, drawn anew each time, b is from another text
    (nsp), or the two are swapped (sop). A text of a single sentence is not a pair: it is shown as it is, not judged.

    Args:
        second_task: none, nsp or sop; full rows (`stream`) have none. Others: see `TextCorpus`.
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
        stream: bool = False,
        second_task: SecondTask = "none",
    ) -> None:
        if second_task not in get_args(SecondTask):
            raise SuperbLiteError(f"--data.second_task {second_task}: it must be none, nsp or sop")
        if stream and second_task != "none":
            raise SuperbLiteError(
                f"--data.stream true leaves no pairs to judge: give --data.second_task none, not {second_task}"
            )
        super().__init__(
            path=path,
            batch_size=batch_size,
            seed=seed,
            workers=workers,
            share=share,
            window=window,
            row_length=row_length,
            vocabulary=vocabulary,
            stream=stream,
        )
        self.second_task = second_task
        self.paired = [text for text in self.texts if len(text) > 1]
        if second_task != "none" and len(self.paired) < 2:
            raise SuperbLiteError(f"--data.second_task {second_task}: the corpus has no texts of two sentences")

    def renewed(self, pieces: Iterable[Piece], *, first: int, seed: int) -> Self:
        window = super().renewed(pieces, first=first, seed=seed)
        # A window without pairs borrows those of the first one.
        window.paired = [text for text in window.texts if len(text) > 1] or self.paired
        return window

    masked = True
    """Tokens of it are masked and predicted, so that an encoder keeps what predicts them."""

    @property
    def judged(self) -> bool:
        """Whether there is a second task, for which [CLS] is trained."""
        return self.second_task != "none"

    def batch(self, step: int) -> dict[str, Tensor]:
        """token, document: as `TextCorpus.batch`. segment: (B, T).

        label: (B, T), at every [CLS] 1 where b does not follow a, 0 where it does; -1 where there is no b, and
        everywhere else.
        """
        if self.stream:
            token = super().batch(step)["token"]
            return {"token": token, "segment": torch.zeros_like(token), "label": torch.full_like(token, -1)}
        rng = np.random.default_rng(step_seed(self.seed, step))
        made = [[self._pair(text, rng) for text in row] for row in self.drawn(step)]
        token, document = lay_out([[pair.token for pair in row] for row in made])
        segment, _ = lay_out([[pair.segment for pair in row] for row in made], 0)
        label, _ = lay_out([[[pair.label, *[-1] * (len(pair.token) - 1)] for pair in row] for row in made], -1)
        return {"token": token, "document": document, "segment": segment, "label": label}

    def _pair(self, text: Text, rng: np.random.Generator) -> _Pair:
        if self.second_task == "none" or len(text) == 1:
            token = [CLS, *flat(text), SEP]
            return _Pair(token, [0] * len(token), -1)
        at = int(rng.integers(1, len(text)))
        a, b = flat(text[:at]), flat(text[at:])
        label = int(rng.random() < 0.5)
        if label and self.second_task == "sop":
            a, b = b, a
        elif label:
            other = self.paired[int(rng.integers(len(self.paired)))]
            # Not longer than what follows, so that the row still fits and length tells nothing.
            b = flat(other[int(rng.integers(1, len(other))) :])[: len(b)]
        return _Pair([CLS, *a, SEP, *b, SEP], [0] * (len(a) + 2) + [1] * (len(b) + 1), label)


class _Pair(NamedTuple):
    """One text as it is shown."""

    token: list[int]
    """[CLS] a [SEP], or [CLS] a [SEP] b [SEP]."""
    segment: list[int]
    """0 up to the first [SEP], 1 after it."""
    label: int
    """1 where b does not follow a, 0 where it does, -1 where there is no b."""
