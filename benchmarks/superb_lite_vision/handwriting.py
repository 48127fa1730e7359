"""The data of the tasks on handwritten digits."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
from PIL import Image

from superb_lite.tasks.labels import Example, TaskData
from superb_lite_sources import digits

SIZE = 32
"""scikit-learn's digits, 8x8 pixels, and those that are turned are enlarged to this height and width."""

TURN, ZOOM, SHIFT = 45.0, 0.2, 4.0
"""A digit is turned by up to so many degrees, resized by up to such a share, and moved by up to so many pixels."""


def load_mnist(root: Path | None) -> TaskData:
    """MNIST digits, (1, 28, 28) uint8. `root` is not needed: the digits come with a package."""
    return _task_data("mnist", digits.mnist("train"), digits.mnist("test"))


def load_mnist_50(root: Path | None) -> TaskData:
    """MNIST digits, (1, 28, 28) uint8, labelled ones out of the pretraining corpus; the test is that of `load_mnist`.

    Of the pool of `load_mnist` fifty a class would be all there is, and every seed would draw the same.
    """
    return _task_data("mnist", digits.mnist("pretraining"), digits.mnist("test"))


def load_digits(root: Path | None) -> TaskData:
    """scikit-learn's digits, (1, 32, 32) uint8. `root` is not needed: the digits come with a package."""
    return _task_data("digits", *(_enlarged(digits.digits(part)) for part in ("train", "test")))


def load_mnist_turned(root: Path | None) -> TaskData:
    """The digits of `load_mnist`, each turned, resized and moved in its own way; (1, 32, 32) uint8."""
    return _task_data("mnist-turned", *(_turned(digits.mnist(part), "mnist") for part in ("train", "test")))


def load_digits_turned(root: Path | None) -> TaskData:
    """The digits of `load_digits`, each turned, resized and moved in its own way; (1, 32, 32) uint8."""
    return _task_data("digits-turned", *(_turned(digits.digits(part), "digits") for part in ("train", "test")))


def _task_data(name: str, train: digits.Digits, test: digits.Digits) -> TaskData:
    items = {f"{name}-{i}": image[None] for d in (train, test) for i, image in zip(d.indices, d.images, strict=True)}
    return TaskData(items=items, train=_examples(name, train), test=_examples(name, test))


def _examples(name: str, part: digits.Digits) -> tuple[Example, ...]:
    pairs = zip(part.indices, part.labels, strict=True)
    return tuple(Example(id=f"{name}-{i}", items=(f"{name}-{i}",), label=int(label)) for i, label in pairs)


def _enlarged(part: digits.Digits) -> digits.Digits:
    resized = [Image.fromarray(image).resize((SIZE, SIZE), Image.Resampling.BICUBIC) for image in part.images]
    return digits.Digits(np.stack([np.asarray(image) for image in resized]), part.labels, part.indices)


def _turned(part: digits.Digits, name: str) -> digits.Digits:
    images = []
    for index, image in zip(part.indices, _enlarged(part).images, strict=True):
        seed = hashlib.sha256(f"{name}/turned/{index}".encode()).digest()
        images.append(turn(image, np.random.default_rng(int.from_bytes(seed[:8], "little"))))
    return digits.Digits(np.stack(images), part.labels, part.indices)


def turn(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A (32, 32) uint8 image turned, resized and moved at random; what comes in from outside is black."""
    angle = math.radians(rng.uniform(-TURN, TURN))
    zoom = rng.uniform(1 - ZOOM, 1 + ZOOM)
    right, down = rng.uniform(-SHIFT, SHIFT, size=2)
    # PIL maps pixel (x, y) of the new image to the point (a*x + b*y + c, d*x + e*y + f) of the old one.
    cos, sin, half = math.cos(angle) / zoom, math.sin(angle) / zoom, SIZE / 2
    x, y = half + right, half + down  # where the old middle goes
    mapping = (cos, sin, half - cos * x - sin * y, -sin, cos, half + sin * x - cos * y)
    return np.asarray(
        Image.fromarray(image).transform((SIZE, SIZE), Image.Transform.AFFINE, mapping, Image.Resampling.BILINEAR)
    )
