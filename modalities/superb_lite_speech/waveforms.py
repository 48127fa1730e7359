"""Waveforms -> rows, and what a network makes of the rows -> `Features`: for encoders that read raw waveforms.

Padding changes what many of them make of the rest of a row (group norm over time, for one), so rows of one length go
through the network together and others by themselves: an item's features do not depend on what it is batched with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from superb_lite.encoders.encoder import Batch, Features
from superb_lite.tasks.labels import Item
from superb_lite_speech.items import SAMPLE_RATE, check_item


def collate_waveforms(items: Sequence[Item], *, window: int, spare: int = SAMPLE_RATE) -> Batch:
    """`pack_waveforms` of raw items. Raises `BadItemError` for one that is not a waveform."""
    for index, item in enumerate(items):
        check_item(str(index), item)
    waveforms = [torch.as_tensor(item, dtype=torch.float32) for item in items]
    return pack_waveforms(waveforms, window=window, spare=spare)


def pack_waveforms(waveforms: Sequence[Tensor], *, window: int, spare: int = SAMPLE_RATE) -> Batch:
    """waveform (R, S), samples (R,) of each row, start (R,) of the row within its item, item (R,).

    window, spare: samples in a row; see `windows`.
    """
    rows: list[tuple[int, int, Tensor]] = []
    for index, waveform in enumerate(waveforms):
        rows += [(index, start, waveform[start:end]) for start, end in windows(len(waveform), window, spare)]
    return {
        "waveform": pad_sequence([waveform for _, _, waveform in rows], batch_first=True),
        "samples": torch.tensor([len(waveform) for _, _, waveform in rows]),
        "start": torch.tensor([start for _, start, _ in rows]),
        "item": torch.tensor([index for index, _, _ in rows]),
    }


def windows(samples: int, window: int, spare: int = SAMPLE_RATE) -> list[tuple[int, int]]:
    """Stretches of `window` samples; a rest of fewer than `spare`, which are a second, stays with the last one."""
    starts = range(0, max(1, samples - spare + 1), window)
    return [(start, samples if start == starts[-1] else start + window) for start in starts]


def encode_by_length(
    batch: Batch, states: Callable[[Tensor], Sequence[Tensor]], rates: Callable[[int], Sequence[int]]
) -> Features:
    """The features of a batch of `collate_waveforms`.

    Position t of a layer stands for samples [r t, r t + r); the last one goes on to the end of its row.

    Args:
        states: (B, S) waveforms of one length -> one (B, T, D) tensor for each layer.
        rates: a number of layers -> r of each of them.
    """
    rows = states_by_length(batch, states)
    where = list(zip(batch["start"], batch["samples"], rows, strict=True))
    spans = [[_spans(s, n, len(row[i]), rate) for s, n, row in where] for i, rate in enumerate(rates(len(rows[0])))]
    return features_of_rows(batch, rows, spans)


def states_by_length(batch: Batch, states: Callable[[Tensor], Sequence[Tensor]]) -> list[list[Tensor]]:
    """For each row of a batch what a network makes of it, rows of one length going through it together.

    states: (B, S) waveforms of one length -> tensors (B, ...).
    """
    rows: list[list[Tensor]] = [[] for _ in batch["samples"]]
    for length in batch["samples"].unique().tolist():
        same = (batch["samples"] == length).nonzero()[:, 0].tolist()
        made = states(batch["waveform"][same, :length])
        for place, row in enumerate(same):
            rows[row] = [state[place] for state in made]
    return rows


def features_of_rows(
    batch: Batch, rows: Sequence[Sequence[Tensor]], spans: Sequence[Sequence[Tensor]], summary: Tensor | None = None
) -> Features:
    """Layers out of rows.

    rows: of each row its layers (T, D). spans: of each layer the (T', 2) samples of the item that the positions of each
    row stand for; positions without any are dropped, and an empty span is padding. summary: (B, D).
    """
    layers, masks, padded = [], [], []
    for layer, span in zip(zip(*rows, strict=True), spans, strict=True):
        layers.append(pad_sequence([x[: len(s)] for x, s in zip(layer, span, strict=True)], batch_first=True))
        padded.append(pad_sequence(list(span), batch_first=True))
        masks.append(padded[-1][..., 0] < padded[-1][..., 1])
    if all(torch.equal(padded[0], other) for other in padded[1:]):
        return Features(tuple(layers), masks[0], batch["item"], padded[0], summary=summary)
    return Features(tuple(layers), tuple(masks), batch["item"], tuple(padded), summary=summary)


def even_spans(start: Tensor, samples: Tensor, positions: int, read: int) -> Tensor:
    """(T', 2) samples of the item that the positions of a row share evenly, without those that begin behind its end.

    start, samples: where the row begins in its item, and how long it is. read: the samples that the positions share,
    with padding.
    """
    borders = torch.arange(positions + 1, device=start.device) * read // max(1, positions)
    count = int((borders[:-1] < samples).sum())
    return start + torch.stack([borders[:count], borders[1 : count + 1].clamp(max=int(samples))], dim=1)


def _spans(start: Tensor, samples: Tensor, positions: int, rate: int) -> Tensor:
    """(T, 2) samples of the item that the positions of a row stand for; those that begin beyond its end are dropped."""
    count = min(positions, -(-int(samples) // rate))
    begin = torch.arange(count, device=start.device) * rate
    end = torch.cat([begin[1:], samples[None]])
    return start + torch.stack([begin, end], dim=1)
