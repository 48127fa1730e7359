"""Waveforms -> one padded batch of features, long ones in several rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch
from superb_lite.tasks.labels import Item
from superb_lite_speech.front_end import spans
from superb_lite_speech.items import check_item


def collate_features(items: Sequence[Item], extract: Callable[[Tensor], Tensor], *, window: int | None) -> Batch:
    """`pack` of raw items. Raises `BadItemError` for one that is not a waveform.

    extract: (samples,) waveform -> (T, D) features of the whole item, so that windows share its normalisation.
    """
    for index, item in enumerate(items):
        check_item(str(index), item)
    features = [extract(torch.as_tensor(item, dtype=torch.float32)) for item in items]
    return pack(features, [len(item) for item in items], window=window)


def pack(features: Sequence[Tensor], samples: Sequence[int], *, window: int | None) -> Batch:
    """A batch of R rows, each at most `window` positions of one item (None: every item is one row).

    features: (T, D) of each item. samples: the length of each waveform.
    Returns features (R, T, D), zero on padding; mask (R, T); spans (R, T, 2), (0, 0) on padding; item (R,).
    """
    rows: list[tuple[int, Tensor, Tensor]] = []
    for index, (whole, length) in enumerate(zip(features, samples, strict=True)):
        size = window or len(whole)
        rows += [(index, *pair) for pair in zip(whole.split(size), spans(length).split(size), strict=True)]
    longest = max(len(chunk) for _, chunk, _ in rows)
    batch = {
        "features": torch.zeros(len(rows), longest, rows[0][1].shape[1]),
        "mask": torch.zeros(len(rows), longest, dtype=torch.bool),
        "spans": torch.zeros(len(rows), longest, 2, dtype=torch.int64),
        "item": torch.tensor([index for index, _, _ in rows]),
    }
    for row, (_, chunk, span) in enumerate(rows):
        batch["features"][row, : len(chunk)] = chunk
        batch["mask"][row, : len(chunk)] = True
        batch["spans"][row, : len(chunk)] = span
    return batch
