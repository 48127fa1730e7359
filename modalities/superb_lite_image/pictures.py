"""Pictures of a folder, read when they are asked for, as two random crops each: for corpora that no memory holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms import v2

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.item_hashes import item_hash
from superb_lite_image.folder import read_image

LOOKED_AT = 2000
"""Pictures, drawn at random, that are read to tell which sources are among them, and for the hash of their content."""


class Pictures:
    """The pictures in some files.

    Args:
        files: in order.
        folder: that they lie in.
        size: height and width of a crop in pixels.
        smallest: the smallest share of a picture that a crop may show.
    """

    def __init__(self, files: Sequence[Path], *, folder: Path, size: int, smallest: float) -> None:
        if not 0.0 < smallest <= 1.0:
            raise SuperbLiteError(f"--data.crop_area {smallest:g}: it must be more than 0 and at most 1")
        self.files = files
        self.folder = folder
        self._crop = v2.RandomResizedCrop(size, scale=(smallest, 1.0), antialias=True)

    def __len__(self) -> int:
        return len(self.files)

    def two_crops(self, number: int) -> Tensor:
        """(2, 3, S, S) uint8 of one picture, drawn by torch's generator (v2.RandomResizedCrop)."""
        picture = read_image(self.files[number])
        return torch.stack([self._crop(picture), self._crop(picture)])

    def looked_at(self) -> tuple[set[str], str]:
        """The hashes of `LOOKED_AT` pictures, and SHA-256 of these, of all names and of all sizes in bytes."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.relative_to(self.folder).as_posix()}:{file.stat().st_size};".encode())
        drawn = np.random.default_rng(0).permutation(len(self.files))[:LOOKED_AT]
        pieces = [item_hash(read_image(self.files[number]).numpy()) for number in sorted(drawn)]
        digest.update("".join(pieces).encode())
        return set(pieces), digest.hexdigest()
