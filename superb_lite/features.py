"""Features of many items under one frozen encoder, pooled as a form needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from superb_lite.checks import check_batch, check_covered, check_features
from superb_lite.encoder import Batch, Encoder, Item
from superb_lite.errors import SuperbLiteError, blaming
from superb_lite.pooling import pool_items, pool_units
from superb_lite.task import Spans

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


@dataclass(frozen=True)
class FeatureTable:
    """layers: one (R, D) float32 tensor per layer. rows: item id -> its rows (one, or one per unit)."""

    layers: tuple[Tensor, ...]
    rows: Mapping[str, range]

    def row_indices(self, ids: Sequence[str]) -> Tensor:
        """The rows of several items, in order."""
        return torch.tensor([row for key in ids for row in self.rows[key]], dtype=torch.long)


def to_device(batch: Batch, device: torch.device) -> Batch:
    """A batch with all its tensors on one device."""
    return {key: value.to(device) for key, value in batch.items()}


@torch.no_grad()
def extract(
    encoder: Encoder,
    items: Mapping[str, Item],
    *,
    units: Mapping[str, Spans] | None = None,
    batch_size: int = 32,
    progress: Progress | None = None,
) -> FeatureTable:
    """Encode each item once and pool it: per item, or per unit where `units` gives every item's units.

    Items are batched by length. Raises `SuperbLiteError`, naming the first item, when features are missing or are not
    finite.
    """
    encoder.eval()
    name = type(encoder).__name__
    order = sorted(items, key=lambda key: (encoder.length(items[key]), key))
    pooled: dict[str, list[Tensor]] = {}
    for start in range(0, len(order), batch_size):
        keys = order[start : start + batch_size]
        with blaming(f"encoder {name}: collate failed"):
            batch = encoder.collate([items[key] for key in keys])
        check_batch(batch, name)
        with blaming(f"encoder {name}: forward failed"):
            features = encoder(to_device(batch, encoder.device))
        check_features(features, len(keys), name)
        check_covered(features, keys, name)
        if units is None:
            layers = [list(layer.cpu().float()[:, None]) for layer in pool_items(features, len(keys))]
        else:
            spans = [torch.tensor(units[key], dtype=torch.long).reshape(-1, 2) for key in keys]
            layers = [[x.cpu().float() for x in layer] for layer in pool_units(features, spans)]
        for number, key in enumerate(keys):
            pooled[key] = [layer[number] for layer in layers]
            if not all(bool(torch.isfinite(x).all()) for x in pooled[key]):
                raise SuperbLiteError(f"encoder {name}: features that are not finite for item '{key}'")
        if progress is not None:
            progress(min(start + batch_size, len(order)), len(order))
    rows: dict[str, range] = {}
    first = 0
    for key in items:
        rows[key] = range(first, first + len(pooled[key][0]))
        first = rows[key].stop
    depth = len(next(iter(pooled.values())))
    layers_out = tuple(torch.cat([pooled[key][number] for key in items]) for number in range(depth))
    return FeatureTable(layers_out, rows)
