"""What of an encoder's features is kept of each item (see `superb_lite.forms.View`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.encoders.encoder import Features
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.parts import POSITION_BYTES
from superb_lite.features.pooling import pool_box, pool_grid, pool_item_units, pool_items
from superb_lite.forms import View


@dataclass(frozen=True)
class KeptView:
    """What is kept of one item under one view."""

    item: int
    """The index of the item in its batch."""

    entry: str
    kind: str
    """The kind of the view."""

    layers: list[Tensor]
    """By layer (T, D) float32 features, on the CPU."""

    fields: list[dict[str, NDArray[Any]]] | None
    """By layer what else is kept of the T positions (`parts.POSITION_FIELDS`); None for means."""

    def size(self, width: int) -> int:
        """Bytes on disk. width: of one number."""
        per_position = 0 if self.fields is None else POSITION_BYTES
        return sum(width * layer.numel() + per_position * len(layer) for layer in self.layers)


def kept_views(features: Features, views: Sequence[Mapping[str, View]], *, name: str) -> Iterator[KeptView]:
    """What is kept of a batch. views: for each of its items the views by entry. name: of the encoder.

    Raises `SuperbLiteError` where a view needs spans, or a map, and the encoder gives none.
    """
    kinds = {view.kind for of_item in views for view in of_item.values()}
    whole: dict[str, list[Tensor]] = {}
    try:
        for kind, pool in (("mean", pool_items), ("grid", pool_grid)):
            if kind in kinds:
                whole[kind] = [layer.cpu().float() for layer in pool(features, len(views))]
    except ValueError as error:
        raise SuperbLiteError(f"encoder {name}: {error}") from None
    for number, of_item in enumerate(views):
        for entry, view in of_item.items():
            if view.kind in whole:
                yield KeptView(number, entry, view.kind, [layer[number][None] for layer in whole[view.kind]], None)
                continue
            if view.kind == "box":
                with foreign_errors(f"encoder {name}"):
                    boxed = pool_box(features, number, *view.units)
                yield KeptView(number, entry, view.kind, [layer.cpu().float() for layer in boxed], None)
                continue
            fields: list[dict[str, NDArray[Any]]]
            if view.kind == "units":
                units = torch.tensor(view.units, dtype=torch.long).reshape(-1, 2)
                layers = pool_item_units(features, number, units)
                fields = [{"spans": units.numpy()} for _ in layers]
            else:
                layers, fields = _positions(features, number, name)
            yield KeptView(number, entry, view.kind, [layer.cpu().float() for layer in layers], fields)


def _positions(features: Features, number: int, name: str) -> tuple[list[Tensor], list[dict[str, NDArray[Any]]]]:
    """Every position of an item that the mask calls real, window after window."""
    layers, fields = [], []
    rows = torch.nonzero(features.item == number)[:, 0]
    for depth, layer in enumerate(features.layers):
        spans = features.layer_spans(depth)
        if spans is None:
            raise SuperbLiteError(f"encoder {name}: it gives no spans, so only whole items can be scored")
        mask = features.layer_mask(depth)[rows]
        segment = torch.zeros_like(mask, dtype=torch.long) if features.segment is None else features.segment[rows]
        window = torch.arange(len(rows), device=mask.device)[:, None].expand_as(mask)
        layers.append(layer[rows][mask])
        kept = {"spans": spans[rows][mask], "segment": segment[mask], "window": window[mask]}
        fields.append({key: value.cpu().numpy() for key, value in kept.items()})
    return layers, fields
