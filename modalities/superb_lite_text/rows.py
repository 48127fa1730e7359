"""Several texts in one row, so that little of a batch is padding, without one seeing another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from superb_lite_text.tokenizer import PAD


def lay_out(rows: Sequence[Sequence[Sequence[int]]], fill: int = PAD) -> tuple[Tensor, Tensor]:
    """Texts one after another in each row, and `fill` after the last.

    Returns (B, T) values and (B, T) documents: 1 for the first text of a row, 2 for the second, ..., 0 after the last.
    """
    longest = max(sum(map(len, row)) for row in rows)
    values, document = [], []
    for row in rows:
        rest = longest - sum(map(len, row))
        values.append([*(t for text in row for t in text), *[fill] * rest])
        document.append([*(n for n, text in enumerate(row, start=1) for _ in text), *[0] * rest])
    # Through numpy, which reads lists of integers many times faster than torch.
    return torch.from_numpy(np.array(values, dtype=np.int64)), torch.from_numpy(np.array(document, dtype=np.int64))


def visible(queries: Tensor, keys: Tensor) -> Tensor:
    """(B, T, S) bool: what a position sees of the (B, S) documents `keys`: its own one, padding everything."""
    return (queries[:, :, None] == keys[:, None, :]) | (queries[:, :, None] == 0)


def places(document: Tensor) -> Tensor:
    """(B, T): how many tokens of the same document stand before each token."""
    row = torch.arange(document.shape[1], device=document.device).expand_as(document)
    begins = torch.ones_like(document, dtype=torch.bool)
    begins[:, 1:] = document[:, 1:] != document[:, :-1]
    return row - row.masked_fill(~begins, 0).cummax(dim=1).values
