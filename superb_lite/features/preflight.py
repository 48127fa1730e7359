"""Checks that find what is wrong with data or features by name, before it turns into a score."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from superb_lite import plugins
from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.pooling import pool_items
from superb_lite.forms import form_of
from superb_lite.tasks.labels import Item, TaskData
from superb_lite.tasks.task import Task


def check_data(task: Task, data: TaskData) -> None:
    """Refuse data that no evaluation should start on, naming the example. Raises `SuperbLiteError`."""
    modality = plugins.modalities().get(task.modality)
    if modality is not None:
        for key, item in data.items.items():
            modality.check_item(key, item)
    kind = form_of(task)
    seen: set[str] = set()
    for example in (*data.train, *data.validation, *data.test):
        if example.id in seen:
            raise SuperbLiteError(f"task '{task.name}': the example id '{example.id}' stands for two examples")
        seen.add(example.id)
        for key in example.items:
            if key not in data.items:
                raise SuperbLiteError(f"task '{task.name}': example '{example.id}' names the missing item '{key}'")
        if len(example.items) not in kind.arity:
            wanted = " to ".join(str(n) for n in sorted({min(kind.arity), max(kind.arity)}))
            raise SuperbLiteError(
                f"task '{task.name}': example '{example.id}' has {len(example.items)} items: form '{kind.name}' takes "
                f"{wanted}"
            )
        kind.check(example, task, data.items)
    if not data.test:
        raise SuperbLiteError(f"task '{task.name}' has no test examples")
    kind.check_splits(task, data)


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


PREFLIGHT_ITEMS = 3


@torch.no_grad()
def preflight(encoder: Encoder, items: Mapping[str, Item], *, name: str, units: bool = False) -> None:
    """Encode two tiny batches of real items, one of them twice, and refuse an encoder whose scores would mean nothing.

    It is refused when `collate` or `forward` fails, when features are malformed, not finite, or hold on to gradients,
    when two calls give the same items different features, when layers differ in width between batches, and when
    encoding changes weights or buffers. Takes a moment; run before hours of evaluation.

    Args:
        items: raw items by id; the first and the last ones are used.
        name: what errors call the encoder.
        units: some task has units, so that spans are needed.

    Raises:
        SuperbLiteError: names the encoder and what is wrong with it.
    """
    encoder.eval()
    keys = list(items)
    first, last = keys[:PREFLIGHT_ITEMS], keys[-PREFLIGHT_ITEMS:]
    before = _tensor_hashes(encoder)
    once, again, other = (_encoded(encoder, items, part, name) for part in (first, first, last))
    after = _tensor_hashes(encoder)
    changed = [key for key, value in after.items() if before.get(key) != value]
    if changed or len(before) != len(after):
        what = f"'{changed[0]}'" if changed else "its list of tensors"
        raise SuperbLiteError(
            f"encoder {name}: encoding changes its weights or buffers ({what}): it must leave them alone"
        )
    _check_repeats(once, again, name)
    if [x.shape[-1] for x in once.layers] != [x.shape[-1] for x in other.layers]:
        widths = " and ".join(str([x.shape[-1] for x in f.layers]) for f in (once, other))
        raise SuperbLiteError(f"encoder {name}: its layers have other widths for other items: {widths}")
    if units and once.layer_spans(0) is None:
        raise SuperbLiteError(f"encoder {name}: its features have no spans, so tasks that label units cannot be scored")


def _encoded(encoder: Encoder, items: Mapping[str, Item], keys: Sequence[str], name: str) -> Features:
    with foreign_errors(f"encoder {name}: collate failed"):
        batch = encoder.collate([items[key] for key in keys])
    check_batch(batch, name)
    with foreign_errors(f"encoder {name}: forward failed"):
        features: Features = encoder({key: value.to(encoder.device) for key, value in batch.items()})
    check_features(features, len(keys), name)
    check_covered(features, keys, name)
    for number, layer in enumerate(features.layers):
        if layer.requires_grad:
            raise SuperbLiteError(
                f"encoder {name}: layer {number} requires gradients although they are switched off: "
                "detach it, and do not switch them on in forward"
            )
    for pooled in pool_items(features, len(keys)):
        for key, row in zip(keys, pooled, strict=True):
            if not bool(torch.isfinite(row).all()):
                raise SuperbLiteError(f"encoder {name}: features that are not finite for item '{key}'")
    return features


def _check_repeats(once: Features, again: Features, name: str) -> None:
    """The same items twice: the same shapes, and values as close as the order of floating-point sums allows."""
    for number, (x, y) in enumerate(zip(once.layers, again.layers, strict=False)):
        if x.shape != y.shape or len(once.layers) != len(again.layers):
            raise SuperbLiteError(
                f"encoder {name}: two calls with the same items give shapes {tuple(x.shape)} and {tuple(y.shape)} "
                f"in layer {number}"
            )
        mask = once.layer_mask(number)
        tolerance = 1e-3 * max(1e-6, float(x[mask].abs().max()))
        if not torch.equal(mask, again.layer_mask(number)) or not torch.allclose(
            x[mask].float(), y[mask].float(), rtol=0.0, atol=tolerance
        ):
            raise SuperbLiteError(
                f"encoder {name}: two calls with the same items give different features in layer {number}: "
                "is dropout or another random part left on?"
            )


def _tensor_hashes(encoder: Encoder) -> dict[str, str]:
    return {
        name: hashlib.sha256(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()).hexdigest()
        for name, tensor in encoder.state_dict().items()
    }


def check_unchanged(encoder: Encoder, fingerprint: str, name: str) -> None:
    """Refuse a result of an encoder that is no longer what it was when its content hash was taken."""
    if encoder.content_hash() != fingerprint:
        raise SuperbLiteError(
            f"encoder {name}: its weights or buffers changed while it was evaluated, so the result is not kept"
        )
