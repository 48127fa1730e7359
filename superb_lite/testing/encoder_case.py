"""An encoder with raw items to try it on, and what its checks have in common: encoding, and comparing features."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from superb_lite import plugins
from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.batches import to_device
from superb_lite.features.feature_checks import check_batch, check_covered, check_features
from superb_lite.imports import resolve
from superb_lite.modality import EncoderSpec
from superb_lite.testing.check import Options, Skipped
from superb_lite.testing.sample_items import sample_items, size_of

TOLERANCE = 1e-3
"""How far two features may be apart where they should be equal, relative to the largest of their layer: sums in another
order differ in the last digits."""


class MalformedError(SuperbLiteError):
    """A batch or features that are not what an encoder has to give."""


@dataclass(frozen=True)
class ItemFeatures:
    """The real positions of one item."""

    layers: tuple[Tensor, ...]
    """(N, D) each, the rows of the item one after the other."""
    spans: tuple[Tensor, ...] | None
    """(N, 2) each."""
    segment: Tensor | None
    """(N,) of the first layer."""
    summary: Tensor | None
    """(R, D), of each of its rows."""


class EncoderCase:
    """One encoder under test.

    Args:
        subject: an `Encoder`, an `EncoderSpec`, or a reference.
    """

    def __init__(self, subject: Encoder | EncoderSpec | str, options: Options) -> None:
        self.spec, self.encoder = _loaded(subject, options)
        self.encoder.eval()
        self.options = options
        if isinstance(subject, Encoder):
            self.label = type(subject).__name__
        else:
            self.label = subject if isinstance(subject, str) else subject.name
        self.name = f"encoder '{self.label}'"

    @property
    def items(self) -> Mapping[str, Any]:
        """Raw items by name, of different sizes, single ones only.

        Raises `Skipped` where there are none, which `shapes-and-dtypes` says.
        """
        if isinstance(self.found, str):
            raise Skipped("it has no items to be tried on: see shapes-and-dtypes")
        return self.found

    @functools.cached_property
    def found(self) -> Mapping[str, Any] | str:
        """The items, or why there are none."""
        if self.options.items is not None:
            return {key: item for key, item in self.options.items.items() if not isinstance(item, tuple)}
        if self.encoder.modality is None:
            return f"{self.name} takes items of any modality: give some (items={{name: item, ...}})"
        try:
            return sample_items(self.encoder.modality, root=self.options.root)
        except SuperbLiteError as error:
            return str(error)

    @functools.cached_property
    def fault(self) -> str | None:
        """Why its features are malformed, for all items together or for one alone; None where they are sound."""
        if isinstance(self.found, str):
            return self.found
        for keys in [list(self.items), *([key] for key in self.items)]:
            try:
                self._encoded([self.items[key] for key in keys])
            except SuperbLiteError as error:
                return str(error)
        return None

    @functools.cached_property
    def repeats(self) -> bool:
        """Whether one batch has the same features twice."""
        items = list(self.items.values())
        once, again = self.encode(items), self.encode(items)
        return all(apart(a, b) is None for a, b in zip(once, again, strict=True))

    def need_sound(self) -> None:
        """Raise `Skipped` where features are malformed, which `shapes-and-dtypes` says."""
        if self.fault is not None:
            raise Skipped("its features are malformed: see shapes-and-dtypes")

    def need_comparable(self) -> None:
        """Raise `Skipped` where features tell nothing: malformed, or other ones each time."""
        self.need_sound()
        if not self.repeats:
            raise Skipped("two passes over one batch differ: see evaluation-is-deterministic")

    def features(self, items: Sequence[Any]) -> Features:
        """Of one batch, without gradients. Raises `SuperbLiteError` for features that are malformed."""
        self.need_sound()
        return self._encoded(items)

    def encode(self, items: Sequence[Any]) -> list[ItemFeatures]:
        """The features of each of some items, as one batch."""
        return by_item(self.features(items), len(items))

    @functools.cached_property
    def alone(self) -> dict[str, ItemFeatures]:
        """The features of each item by itself."""
        return {key: self.encode([item])[0] for key, item in self.items.items()}

    @functools.cached_property
    def by_length(self) -> list[str]:
        """The names of the items from what the encoder calls short to long."""

        def cost(key: str) -> tuple[float, int]:
            length = self.encoder.length(self.items[key])
            return (length if isinstance(length, int | float) else 0.0), size_of(self.items[key]) or 0

        return sorted(self.items, key=cost)

    def _encoded(self, items: Sequence[Any]) -> Features:
        features: Features
        with foreign_errors("collate failed"), torch.no_grad():
            batch = self.encoder.collate(items)
        with malformed():
            check_batch(batch, self.label)
        with foreign_errors("forward failed"), torch.no_grad():
            features = self.encoder(to_device(batch, self.encoder.device))
        with malformed():
            check_features(features, len(items), self.label)
        return features

    def batch(self) -> Batch:
        """All items, collated."""
        self.need_sound()
        return self.encoder.collate(list(self.items.values()))

    @functools.cached_property
    def config(self) -> dict[str, Any]:
        """The configuration, as it comes back from a file. Raises `Skipped` where it is no JSON."""
        try:
            found: dict[str, Any] = json.loads(json.dumps(self.encoder.config()))
        except Exception as error:  # `config-is-json` says it
            raise Skipped("its configuration is no JSON: see config-is-json") from error
        return found

    def need_own_class(self) -> None:
        """Raise `Skipped` where the encoder stands for code or a model that its constructor does not make."""
        if self.encoder.code != "" or not self.encoder.gradients:
            raise Skipped("it is code of a person's own, which has no configuration to be built from")


@contextlib.contextmanager
def malformed() -> Iterator[None]:
    """Refusals in here are of what an encoder gave, not of an item that it was given."""
    try:
        yield
    except SuperbLiteError as error:
        raise MalformedError(str(error)) from error.__cause__


def _loaded(subject: Encoder | EncoderSpec | str, options: Options) -> tuple[EncoderSpec | None, Encoder]:
    known = plugins.architectures()
    if isinstance(subject, str):
        return known.get(subject.removeprefix("random:")), load_encoder(subject, trust_code=options.trust_code)
    if isinstance(subject, EncoderSpec):
        with foreign_errors(f"architecture '{subject.name}' cannot be built"), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            cls = resolve(subject.encoder)
            encoder = cls() if subject.name.startswith("raw:") else cls.lite()
        if not isinstance(encoder, Encoder):
            raise SuperbLiteError(f"architecture '{subject.name}': {subject.encoder} makes no Encoder")
        return subject, encoder
    # By name: to import what others registered could fail for their faults.
    path = f"{type(subject).__module__}:{type(subject).__qualname__}"
    return next((spec for spec in known.values() if spec.encoder == path), None), subject


def by_item(features: Features, items: int) -> list[ItemFeatures]:
    """What a batch says about each of its items."""
    found = []
    for number in range(items):
        rows = features.item == number
        kept = [features.layer_mask(layer)[rows] for layer in range(len(features.layers))]
        spans = None
        if features.spans is not None:
            spans = tuple(features.layer_spans(layer)[rows][mask] for layer, mask in enumerate(kept))  # type: ignore[index]
        found.append(
            ItemFeatures(
                layers=tuple(layer[rows][mask].float() for layer, mask in zip(features.layers, kept, strict=True)),
                spans=spans,
                segment=None if features.segment is None else features.segment[rows][kept[0]],
                summary=None if features.summary is None else features.summary[rows].float(),
            )
        )
    return found


def apart(one: ItemFeatures, other: ItemFeatures, tolerance: float = TOLERANCE) -> str | None:
    """In what the features of two items differ; None where they are equal but for rounding. NaN equals NaN."""
    for number, (x, y) in enumerate(zip(one.layers, other.layers, strict=False)):
        if x.shape != y.shape or len(one.layers) != len(other.layers):
            return f"{len(x)} and {len(y)} real positions in layer {number}"
        if (share := _differing(x, y, tolerance)) is not None:
            return f"layer {number} differs by {100 * share:.3g}% of its largest feature"
    if one.summary is None or other.summary is None:
        return None if one.summary is other.summary else "there is a summary of one only"
    if one.summary.shape != other.summary.shape:
        return f"{len(one.summary)} and {len(other.summary)} summaries"
    share = _differing(one.summary, other.summary, tolerance)
    return None if share is None else f"the summary differs by {100 * share:.3g}% of its largest feature"


def _differing(x: Tensor, y: Tensor, tolerance: float) -> float | None:
    """How far they are apart, as a share of the largest feature; None: not more than rounding."""
    x, y = x.cpu(), y.cpu()
    finite = x[torch.isfinite(x)].abs()
    largest = max(1e-6, float(finite.max()) if len(finite) else 0.0)
    if torch.allclose(x, y, rtol=0.0, atol=tolerance * largest, equal_nan=True):
        return None
    return float((x - y).abs().nan_to_num().max()) / largest


def uncovered(case: EncoderCase, features: Features, keys: Sequence[str]) -> str | None:
    """An item that has no position at all."""
    try:
        check_covered(features, keys, case.label)
    except SuperbLiteError as error:
        return str(error)
    return None
