"""From positions to what a form needs: one vector per item, with or without places, or one per unit of raw input."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.encoders.encoder import Features

GRID = 2
"""Rows and columns of parts that an image is divided into where places matter."""


def pool_items(features: Features, items: int) -> list[Tensor]:
    """Mean over the masked positions of all rows of an item: one (items, D) tensor per layer.

    An item without any position gets zeros (`superb_lite.features.store` refuses it by name).
    """
    pooled = []
    for number, layer in enumerate(features.layers):
        weight = features.layer_mask(number).to(layer.dtype)  # (B, T)
        total = layer.new_zeros(items, layer.shape[-1])
        # As a product, so that the masked features are never written out: early layers of a CNN are large.
        total.index_add_(0, features.item, torch.einsum("bt,btd->bd", weight, layer))
        count = layer.new_zeros(items).index_add_(0, features.item, weight.sum(dim=1))
        pooled.append(total / count.clamp(min=1)[:, None])
    return pooled


def pool_summary(features: Features, items: int) -> Tensor:
    """(items, D): the encoder's own summary, averaged over the rows of an item; else the mean of the last layer."""
    if features.summary is None:
        return pool_items(features, items)[-1]
    total = features.summary.new_zeros(items, features.summary.shape[-1]).index_add_(0, features.item, features.summary)
    return total / torch.bincount(features.item, minlength=items).clamp(min=1)[:, None]


def pool_grid(features: Features, items: int) -> list[Tensor]:
    """Means over the parts of an image, `GRID` rows and columns of them, joined: (items, parts * D) for each layer.

    The masked positions of a layer are a square map in reading order; one of fewer rows has as many parts as positions.
    Raises ValueError for an item of several rows and for positions that make no square.
    """
    pooled = []
    order = features.item.argsort()
    for number, layer in enumerate(features.layers):
        real = features.layer_mask(number)
        counts = real.sum(dim=1)
        side = math.isqrt(int(counts[0]))
        if len(layer) != items or bool((counts != side * side).any()):
            raise ValueError("the positions of an item are not a square map, so there are no places")
        maps = layer[order][real[order]].reshape(items, side, side, -1).permute(0, 3, 1, 2)
        pooled.append(F.adaptive_avg_pool2d(maps, min(side, GRID)).flatten(1))
    return pooled


THOUSAND = 1000
"""Parts that a box counts the height and the width of an image in."""


def pool_box(features: Features, item: int, rows: tuple[int, int], columns: tuple[int, int]) -> list[Tensor]:
    """(1, D) for each layer: the mean of the positions of an image that overlap a box, weighted by the overlap.

    rows, columns: half open, in thousandths of height and width. Raises ValueError for positions that make no square.
    """
    pooled = []
    for number, layer in enumerate(features.layers):
        (row,) = torch.nonzero(features.item == item, as_tuple=True)
        positions = layer[row][features.layer_mask(number)[row]]  # (side * side, D), in reading order
        side = math.isqrt(len(positions))
        if len(row) != 1 or side * side != len(positions):
            raise ValueError("the positions of an item are not a square map, so there are no places")
        down, across = (_shares(side, ends).to(positions) for ends in (rows, columns))
        pooled.append((down[:, None] * across[None]).flatten()[None] @ positions)
    return pooled


def _shares(side: int, ends: tuple[int, int]) -> Tensor:
    """(side,) what share of a stretch, in thousandths, lies in each of `side` equal parts of the whole."""
    borders = torch.arange(side + 1, dtype=torch.float64) * THOUSAND / side
    inside = (borders[1:].clamp(max=ends[1]) - borders[:-1].clamp(min=ends[0])).clamp(min=0)
    return inside / inside.sum()


def pool_units(features: Features, units: Sequence[Tensor]) -> list[list[Tensor]]:
    """For each layer and each item the (U, D) features of its units.

    units: for each item a (U, 2) tensor of half-open stretches of raw input. A unit's feature is the mean of the
    positions that overlap it, weighted by the overlap; a unit that no position overlaps takes the nearest position.
    """
    items = [pool_item_units(features, number, unit) for number, unit in enumerate(units)]
    return [list(layer) for layer in zip(*items, strict=True)]


def pool_item_units(features: Features, item: int, units: Tensor) -> list[Tensor]:
    """`pool_units` of one item: a (U, D) tensor per layer."""
    pooled = []
    rows = features.item == item
    for number, layer in enumerate(features.layers):
        spans = features.layer_spans(number)
        if spans is None:
            raise ValueError("the encoder gives no spans, so it cannot be scored on units")
        keep = features.layer_mask(number)[rows]
        weights = overlap_weights(units.to(layer.device), spans[rows][keep])
        pooled.append(weights.to(layer.dtype) @ layer[rows][keep])
    return pooled


def overlap_weights(units: Tensor, spans: Tensor) -> Tensor:
    """(U, 2) units and (T, 2) spans -> (U, T) weights, rows summing to one."""
    overlap = torch.minimum(units[:, None, 1], spans[None, :, 1]) - torch.maximum(units[:, None, 0], spans[None, :, 0])
    overlap = overlap.clamp(min=0)
    covered = overlap.sum(dim=1, keepdim=True)
    middle_distance = (units.sum(dim=1)[:, None] - spans.sum(dim=1)[None, :]).abs()
    nearest = torch.zeros_like(overlap).scatter_(1, middle_distance.argmin(dim=1, keepdim=True), 1)
    # Whole numbers up to here. Not every device has float64; float32 gives the same as long as they are below 2^24.
    return torch.where(covered > 0, overlap / covered.clamp(min=1), nearest.float())
