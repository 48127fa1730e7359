"""What is asked of features: that an item has the same ones whatever it is batched with, and where they come from."""

from __future__ import annotations

import itertools
from typing import Any

import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.testing.check import Check, Skipped
from superb_lite.testing.encoder_case import EncoderCase, ItemFeatures, MalformedError, apart, uncovered
from superb_lite.testing.encoder_states import CHECKS as OF_STATES
from superb_lite.testing.sample_items import is_item, size_of, stretched

COPIES = 4
"""Of an item in a batch of itself."""


def _shapes(case: EncoderCase) -> str | None:
    if case.fault is not None:
        return case.fault
    widths = {tuple(layer.shape[-1] for layer in features.layers) for features in case.alone.values()}
    if len(widths) > 1:
        first, second, *_ = sorted(widths)
        return f"layers have the widths {list(first)} for one item and {list(second)} for another"
    features = case.features(list(case.items.values()))
    floats = [*features.layers, *([] if features.summary is None else [features.summary])]
    if wrong := [tensor.dtype for tensor in floats if not tensor.is_floating_point()]:
        return f"features are {wrong[0]}, not floating point"
    segment = features.segment
    if segment is not None and (segment.shape != features.layer_mask(0).shape or segment.dtype != torch.long):
        return f"segment is {segment.dtype} of shape {tuple(segment.shape)}, not int64 of (B, T)"
    return None


def _covered(case: EncoderCase) -> str | None:
    keys = list(case.items)
    return uncovered(case, case.features(list(case.items.values())), keys)


def _finite(case: EncoderCase) -> str | None:
    for key, features in case.alone.items():
        for number, layer in enumerate(features.layers):
            if not bool(torch.isfinite(layer).all()):
                return f"layer {number} of item '{key}' has values that are not finite"
        if features.summary is not None and not bool(torch.isfinite(features.summary).all()):
            return f"the summary of item '{key}' has values that are not finite"
    return None


def _padded(case: EncoderCase) -> tuple[str, ItemFeatures, ItemFeatures]:
    """The name and features of the shortest item beside itself and beside the longest, in batches of two."""
    if len(case.items) < 2:
        raise Skipped("there is one item only: give several of different sizes")
    order = case.by_length
    item = case.items[order[0]]
    return order[0], case.encode([item, item])[0], case.encode([item, case.items[order[-1]]])[0]


def _mask(case: EncoderCase) -> str | None:
    key, alone, beside = _padded(case)
    for number, (x, y) in enumerate(zip(alone.layers, beside.layers, strict=True)):
        if len(x) != len(y):
            return f"item '{key}' has {len(x)} real positions in layer {number}, and beside a longer item {len(y)}"
    return None


def _padding(case: EncoderCase) -> str | None:
    case.need_comparable()
    key, alone, beside = _padded(case)
    if _mask(case) is not None:
        raise Skipped("the mask calls padding real: see mask-says-padding")
    found = apart(alone, beside)
    return found and f"item '{key}' beside a longer one is another than beside itself: {found}"


def _batch_size(case: EncoderCase) -> str | None:
    case.need_comparable()
    key = case.by_length[-1]
    item = case.items[key]
    found = apart(case.encode([item])[0], case.encode([item] * COPIES)[0])
    return found and f"item '{key}' alone is another than in a batch of {COPIES} of itself: {found}"


def _order(case: EncoderCase) -> str | None:
    case.need_comparable()
    keys = list(case.items)
    forward = case.encode([case.items[key] for key in keys])
    backward = case.encode([case.items[key] for key in reversed(keys)])[::-1]
    for key, one, other in zip(keys, forward, backward, strict=True):
        if (found := apart(one, other)) is not None:
            return f"item '{key}' is another when the batch is turned around: {found}"
    return None


def _with_spans(case: EncoderCase) -> dict[str, tuple[Any, ItemFeatures]]:
    """Items that have a length, each with its features by itself."""
    if any(features.spans is None for features in case.alone.values()):
        raise Skipped("its features have no spans, which is enough for tasks that label whole items")
    found = {key: (item, case.alone[key]) for key, item in case.items.items() if size_of(item)}
    if not found:
        raise Skipped("items of this kind are not counted along one axis")
    return found


def _spans_inside(case: EncoderCase) -> str | None:
    for key, (item, features) in _with_spans(case).items():
        size = size_of(item) or 0
        for number, spans in enumerate(features.spans or ()):
            if not len(spans):
                continue
            # The last frame of a waveform may be filled up.
            spare = 0 if isinstance(item, str) else int((spans[:, 1] - spans[:, 0]).min()) - 1
            low, high, last = int(spans.min()), int(spans.max()), int(spans[:, 0].max())
            if low < 0 or last >= size or high > size + spare:
                return f"layer {number} covers {low} to {high} of item '{key}', which ends at {size}"
    return None


def _gap(item: Any, spans: torch.Tensor) -> tuple[int, int] | None:
    """The first stretch of an item that no span covers, but for white space, and for less than a span at the end."""
    size = size_of(item) or 0
    seen = torch.zeros(size + 1, dtype=torch.long)
    ends = spans.cpu().clamp(0, size)
    seen.index_add_(0, ends[:, 0], torch.ones(len(ends), dtype=torch.long))
    seen.index_add_(0, ends[:, 1], -torch.ones(len(ends), dtype=torch.long))
    missing = seen.cumsum(0)[:size] == 0
    if isinstance(item, str):
        missing &= torch.tensor([not character.isspace() for character in item])
    elif len(spans):
        missing[size - int((spans[:, 1] - spans[:, 0]).max()) + 1 :] = False
    where = missing.nonzero().flatten().tolist()
    if not where:
        return None
    run = next((n for n, (a, b) in enumerate(itertools.pairwise(where), start=1) if b != a + 1), len(where))
    return where[0], where[run - 1] + 1


def _spans_cover(case: EncoderCase) -> str | None:
    found = {key: (item, features) for key, (item, features) in _with_spans(case).items()}
    if uncovered(case, case.features(list(case.items.values())), list(case.items)) is not None:
        raise Skipped("an item has no position: see items-are-covered")
    longer = stretched({key: item for key, (item, _) in found.items()})
    if longer is not None and is_item(case.encoder.modality, longer):
        try:
            found["the longest item several times over"] = (longer, case.encode([longer])[0])
        except MalformedError:
            raise
        except SuperbLiteError as error:
            # Who refuses in one line what is too long cuts nothing in silence; with a cause, it broke.
            if error.__cause__ is not None:
                raise
    for key, (item, features) in found.items():
        for number, spans in enumerate(features.spans or ()):
            if (gap := _gap(item, spans)) is not None:
                return f"no position of layer {number} covers {gap[0]} to {gap[1]} of '{key}' ({size_of(item)} long)"
    return None


def _pairs(case: EncoderCase) -> str | None:
    if not case.encoder.pairs:
        raise Skipped("it takes no pairs")
    case.need_sound()
    keys = list(case.items)
    pairs = [(case.items[a], case.items[b]) for a, b in zip(keys, keys[1:] + keys[:1], strict=True)]
    features = case.features(pairs)
    if features.segment is None:
        return "features of pairs have no segment"
    for pair, found in zip(pairs, case.encode(pairs), strict=True):
        assert found.segment is not None
        if set(found.segment.tolist()) != {0, 1}:
            return f"a pair has the segments {sorted(set(found.segment.tolist()))}, not 0 and 1"
        if found.spans is None:
            continue
        for part, item in enumerate(pair):
            ends, size = found.spans[0][found.segment == part], size_of(item)
            if size is not None and len(ends) and int(ends.max()) > size:
                return f"spans of text {part} of a pair go to {int(ends.max())}, and it ends at {size_of(item)}"
    return None


def _checks() -> tuple[Check, ...]:
    return (
        Check(
            "shapes-and-dtypes",
            "layers, mask, item, spans, segment and summary have their shapes and types, of all items and of each",
            "see the fields of superb_lite.Features",
            _shapes,
            EncoderCase,
        ),
        Check(
            "items-are-covered",
            "every item has a position that carries input",
            "leave no item without a True in its mask",
            _covered,
            EncoderCase,
        ),
        Check(
            "features-are-finite",
            "no feature of a real position is NaN or infinite",
            "look for logarithms, roots and divisions of 0",
            _finite,
            EncoderCase,
        ),
        Check(
            "mask-says-padding",
            "an item has as many real positions beside a longer one as beside itself",
            "mask is False on what collate fills up",
            _mask,
            EncoderCase,
        ),
        Check(
            "padding-changes-nothing",
            "an item has the same features beside a longer one as beside itself",
            "keep padding and other items out of attention, sums and norms",
            _padding,
            EncoderCase,
        ),
        Check(
            "batch-size-changes-nothing",
            "an item has the same features alone and in a batch of its copies",
            "let nothing depend on how many items a batch has",
            _batch_size,
            EncoderCase,
        ),
        Check(
            "order-changes-nothing",
            "an item has the same features wherever it stands in the batch",
            "let nothing depend on the row, and say in `item` whose row it is",
            _order,
            EncoderCase,
        ),
        Check(
            "spans-are-inside",
            "the span of a position lies in the raw item",
            "count spans in characters or samples of the raw item, half open",
            _spans_inside,
            EncoderCase,
        ),
        Check(
            "spans-cover-the-input",
            "all of an item but white space is covered, also of a long one",
            "give an item that is too long for one row several rows; cut nothing",
            _spans_cover,
            EncoderCase,
        ),
        Check(
            "pairs-have-segments",
            "of a pair, segment says which text a position is of, and its span counts in that text",
            "return Features.segment (B, T), or set pairs = False",
            _pairs,
            EncoderCase,
        ),
    )


CHECKS: tuple[Check, ...] = (*_checks(), *OF_STATES)
"""The checks of an encoder."""
