"""A made-up modality for tests: an item is a (T, D) float32 array, and an encoder hands its rows over as features.

Row t covers the raw input [2 t, 2 t + 2), so that spans and positions are not the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite.tasks.labels import Example, TaskData, Unit
from superb_lite.tasks.task import Task


class ToyEncoder(Encoder):
    """Two layers: the item itself, and a trainable linear map of it that starts as the identity."""

    modality: ClassVar[str | None] = "toy"

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.map = nn.Linear(width, width)
        with torch.no_grad():
            self.map.weight.copy_(torch.eye(width))
            self.map.bias.zero_()

    def config(self) -> dict[str, Any]:
        return {"width": self.map.in_features}

    def length(self, item):
        return len(item)

    def collate(self, items):
        longest = max(len(item) for item in items)
        x = torch.full((len(items), longest, self.map.in_features), 7.0)  # padding that would be noticed
        length = torch.tensor([len(item) for item in items])
        for row, item in enumerate(items):
            x[row, : len(item)] = torch.from_numpy(item)
        return {"x": x, "length": length, "item": torch.arange(len(items))}

    def forward(self, batch):
        x = batch["x"]
        position = torch.arange(x.shape[1], device=x.device)
        spans = torch.stack([2 * position, 2 * position + 2], dim=1).expand(len(x), -1, -1)
        mask = position[None, :] < batch["length"][:, None]
        return Features(layers=(x, self.map(x)), mask=mask, item=batch["item"], spans=spans)


def table_of(encoder, items, *, units=None, view=View("mean"), batch_size=32):  # noqa: B008
    """The features of items by their own names; units: per item, in place of `view`."""
    views = {key: view if units is None else View("units", tuple(map(tuple, units[key]))) for key in items}
    store = FeatureStore(encoder, None, batch_size=batch_size)
    return store.table({key: ItemView(items, key, views[key]) for key in items})


def one_hot(labels, *, scale: float, noise: float, rng, copies: int, classes: int = 3):
    """(T, classes * copies) rows; with many copies a head needs only small weights, which few steps can reach."""
    rows = scale * np.eye(classes)[np.asarray(labels)] + noise * rng.standard_normal((len(labels), classes))
    return np.tile(rows, copies).astype(np.float32)


def classify_data(*, train=60, test=120, scale=1.0, noise=0.0, copies=1, seed=0, shuffle=False):
    """Three balanced classes. shuffle: labels that have nothing to do with the items."""
    rng = np.random.default_rng(seed)
    items, parts = {}, {}
    for part, size in (("train", train), ("test", test)):
        labels = np.arange(size) % 3
        shown = rng.permutation(labels) if shuffle else labels
        examples = []
        for i, (label, seen) in enumerate(zip(labels, shown, strict=True)):
            key = f"{part}-{i}"
            items[key] = one_hot([seen] * (1 + i % 4), scale=scale, noise=noise, rng=rng, copies=copies)
            examples.append(Example(key, (key,), int(label)))
        parts[part] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


def tag_data(*, train=40, test=60, scale=1.0, noise=0.0, copies=1, seed=0, shuffle=False):
    """Sequences of 4 to 7 units of raw length 2, each of one of three classes."""
    rng = np.random.default_rng(seed)
    items, parts = {}, {}
    for part, size in (("train", train), ("test", test)):
        examples = []
        for i in range(size):
            key = f"{part}-{i}"
            labels = rng.integers(0, 3, 4 + i % 4)
            shown = rng.integers(0, 3, len(labels)) if shuffle else labels
            items[key] = one_hot(shown, scale=scale, noise=noise, rng=rng, copies=copies)
            units = tuple(Unit(2 * t, 2 * t + 2, int(label)) for t, label in enumerate(labels))
            examples.append(Example(key, (key,), units))
        parts[part] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


class ReadCounter(Mapping):
    """Items that are read from somewhere, and how often each of them was."""

    def __init__(self, items):
        self._items = items
        self.reads = dict.fromkeys(items, 0)

    def __getitem__(self, key):
        self.reads[key] += 1
        return self._items[key]

    def __iter__(self):
        return iter(self._items)

    def __len__(self):
        return len(self._items)

    def __contains__(self, key):
        return key in self._items


def toy_task(data: TaskData, *, form="classify", **changes) -> Task:
    values: dict[str, Any] = {
        "name": f"toy/{form}",
        "version": 1,
        "modality": "toy",
        "form": form,
        "metrics": ("accuracy",) if form == "classify" else ("unit_accuracy",),
        "labels": ("a", "b", "c"),
        "load": lambda root: data,
        "protocols": ("frozen", "finetune"),
    }
    return Task(**{**values, **changes})
