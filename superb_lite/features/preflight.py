"""An encoder whose scores would mean nothing is found on two tiny batches, before hours are spent on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import torch

from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.feature_checks import check_batch, check_covered, check_features
from superb_lite.features.pooling import pool_items
from superb_lite.tasks.labels import Item

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
