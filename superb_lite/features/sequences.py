"""Sequences of frozen features, read from a `FeatureTable` by batches for heads that are trained example by example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from superb_lite.features.design_matrix import FEATURE_BUDGET
from superb_lite.features.table import FeatureTable, ItemFeatures
from superb_lite.forms import Positions

READ = 16
"""Items that are read at a time where all of them are needed, and encoded at a time where they are not kept."""


class SequenceData:
    """Features of all positions, standardised with the statistics of the keys that a head is trained on.

    As many items as `FEATURE_BUDGET` has room for are kept in memory once they were read, so that memory does not grow
    with their number beyond it.
    """

    def __init__(self, table: FeatureTable, trained_on: Iterable[str]) -> None:
        self.table = table
        keys = list(dict.fromkeys(trained_on))
        self._kept: dict[tuple[str, tuple[int, ...]], tuple[Tensor, Tensor, Tensor, Tensor]] = {}
        self._room = FEATURE_BUDGET
        self._moments = moments_of_layers(table, keys)

    def length(self, key: str, layers: Sequence[int]) -> int:
        """How many positions an item has."""
        return self.table.count(key, layers[0])

    def batch(self, keys: Sequence[str], layers: tuple[int, ...]) -> tuple[Tensor, Positions]:
        """(B, T, L, D) standardised features, zeros on padding, and where their positions lie."""
        new = list(dict.fromkeys(key for key in keys if (key, layers) not in self._kept))
        read = dict(zip(new, self.table.items(new), strict=True))
        found = [self._standardised(key, layers, read.get(key)) for key in keys]
        x, spans, segment, window = ([row[n] for row in found] for n in range(4))
        return pad_sequence(x, batch_first=True), pad_positions(spans, segment, window)

    def _standardised(
        self, key: str, layers: tuple[int, ...], item: ItemFeatures | None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(T, L, D) standardised features of one item, its spans, segment and window. item: unless they are held."""
        if item is None:
            return self._kept[key, layers]
        first = layers[0]
        x = torch.stack([(item.layers[n] - self._moments[n][0]) / self._moments[n][1] for n in layers], dim=1)
        found = x, item.spans[first], item.segment[first], item.window[first]
        size = sum(tensor.nbytes for tensor in found)
        if size <= self._room and (key, layers) not in self._kept:
            self._kept[key, layers] = found
            self._room -= size
        return found


def layer_groups(table: FeatureTable, keys: Iterable[str]) -> list[tuple[int, ...]]:
    """The layers that a head reads: all of them, or each alone where they differ in width or length."""
    layers = tuple(range(table.depth))
    alike = len(set(table.widths)) == 1 and all(len({table.count(key, n) for n in layers}) == 1 for key in set(keys))
    return [layers] if alike else [(n,) for n in layers]


def pad_positions(spans: Sequence[Tensor], segment: Sequence[Tensor], window: Sequence[Tensor]) -> Positions:
    """The positions of several sequences, (T, 2), (T,) and (T,) each, as one padded batch."""
    return Positions(
        mask=pad_sequence([torch.ones_like(s, dtype=torch.bool) for s in segment], batch_first=True),
        spans=pad_sequence(list(spans), batch_first=True),
        segment=pad_sequence(list(segment), batch_first=True),
        window=pad_sequence(list(window), batch_first=True),
    )


def length_batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Random batches of indices in which items are of similar length, so that little of a batch is padding.

    Within each random group of four batches the items are sorted by length.
    """
    order = torch.randperm(len(lengths))
    batches = [
        part.tolist()
        for group in order.split(4 * size)
        for part in torch.tensor(sorted(group.tolist(), key=lambda i: lengths[i])).split(size)
    ]
    return [batches[i] for i in torch.randperm(len(batches)).tolist()]


def endless_batches(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """`length_batches`, epoch after epoch."""
    while True:
        yield from length_batches(lengths, size)


def read_once(table: FeatureTable, keys: Sequence[str]) -> Iterator[tuple[Tensor, ...]]:
    """By layer the (T, D) features of each key in order, `READ` keys at a time."""
    for start in range(0, len(keys), READ):
        yield from table.layers_of(keys[start : start + READ])


def moments_of_layers(table: FeatureTable, keys: Sequence[str]) -> list[tuple[Tensor, Tensor]]:
    """By layer the (D,) mean and standard deviation of all positions of some keys."""
    merged = [Moments() for _ in range(table.depth)]
    for layers in read_once(table, keys):
        for of_layer, layer in zip(merged, layers, strict=True):
            of_layer.add(layer)
    return [of_layer.mean_and_std() for of_layer in merged]


def moments(chunks: Iterable[Tensor]) -> tuple[Tensor, Tensor]:
    """(D,) mean and standard deviation of the rows of (n, D) chunks."""
    merged = Moments()
    for chunk in chunks:
        merged.add(chunk)
    return merged.mean_and_std()


class Moments:
    """Mean and variance of rows, merged chunk by chunk (Chan et al. 1979)."""

    def __init__(self) -> None:
        self._count, self._mean, self._squares = 0, torch.zeros(()), torch.zeros(())

    def add(self, chunk: Tensor) -> None:
        """(n, D) rows."""
        x, n, count = chunk.double(), len(chunk), self._count
        gap = x.mean(dim=0) - self._mean
        self._squares = self._squares + x.var(dim=0, correction=0) * n + gap.square() * (count * n / (count + n))
        self._mean = self._mean + gap * (n / (count + n))
        self._count += n

    def mean_and_std(self) -> tuple[Tensor, Tensor]:
        """(D,) each."""
        std = (self._squares / self._count).sqrt().float()
        # A feature that never varies in training says nothing; dividing by a tiny number would only amplify noise.
        return self._mean.float(), torch.where(std > 1e-6, std, torch.ones_like(std))
