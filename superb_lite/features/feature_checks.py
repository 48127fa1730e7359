"""What an encoder returns is checked, and what is wrong is named, before it turns into a score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Features
from superb_lite.errors import SuperbLiteError


def check_features(features: Any, items: int, encoder: str) -> None:
    """Refuse what an encoder returned for a batch of `items` items, naming the field, unless it is sound `Features`."""
    if not isinstance(features, Features):
        raise SuperbLiteError(f"encoder {encoder}: forward returned {type(features).__name__}, not Features")
    layers = features.layers
    if not isinstance(layers, tuple) or not layers or not all(isinstance(x, Tensor) for x in layers):
        raise SuperbLiteError(f"encoder {encoder}: layers must be a tuple of at least one tensor")
    item = features.item
    if item.ndim != 1 or item.dtype != torch.long or len(item) == 0 or int(item.min()) < 0 or int(item.max()) >= items:
        raise SuperbLiteError(
            f"encoder {encoder}: item must hold, for each row, the index (int64) of one of {items} items"
        )
    for number, layer in enumerate(layers):
        if layer.ndim != 3 or len(layer) != len(item):
            shape, rows = tuple(layer.shape), len(item)
            raise SuperbLiteError(
                f"encoder {encoder}: layer {number} has shape {shape}: it must be (B, T, D), B = {rows}"
            )
        mask = features.layer_mask(number)
        if mask.dtype != torch.bool or mask.shape != layer.shape[:2]:
            raise SuperbLiteError(
                f"encoder {encoder}: the mask of layer {number} is {mask.dtype} of shape {tuple(mask.shape)}: "
                f"it must be bool of shape {tuple(layer.shape[:2])}"
            )
        _check_spans(features.layer_spans(number), mask, number, encoder)
    if features.summary is not None and (features.summary.ndim != 2 or len(features.summary) != len(item)):
        raise SuperbLiteError(
            f"encoder {encoder}: summary has shape {tuple(features.summary.shape)}: it must be (B, D)"
        )


def _check_spans(spans: Tensor | None, mask: Tensor, layer: int, encoder: str) -> None:
    if spans is None:
        return
    if spans.shape != (*mask.shape, 2):
        raise SuperbLiteError(
            f"encoder {encoder}: the spans of layer {layer} have shape {tuple(spans.shape)}: they must be (B, T, 2), "
            f"and (B, T) is {tuple(mask.shape)}"
        )
    if spans.is_floating_point():
        raise SuperbLiteError(f"encoder {encoder}: spans are counted in whole characters or samples, not {spans.dtype}")
    if bool((spans[mask][:, 0] >= spans[mask][:, 1]).any()):
        raise SuperbLiteError(f"encoder {encoder}: a position that the mask calls real covers an empty span")


def check_batch(batch: Any, encoder: str) -> None:
    """Refuse what `collate` returned unless it is a dictionary of tensors."""
    if not isinstance(batch, dict) or not all(isinstance(value, Tensor) for value in batch.values()):
        raise SuperbLiteError(f"encoder {encoder}: collate must return a dictionary of tensors")


def check_covered(features: Features, keys: Sequence[str], encoder: str) -> None:
    """Refuse features in which an item has no position at all."""
    seen = set(features.item[features.layer_mask(0).any(dim=1)].tolist())
    for number, key in enumerate(keys):
        if number not in seen:
            raise SuperbLiteError(f"encoder {encoder}: no position covers item '{key}'")
