"""What image encoders are pretrained on: crops of photographs and MNIST digits, or a person's own folder of images."""

from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as tvf

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.corpus import WINDOW, Corpus, epoch_indices
from superb_lite.pretraining.sources import sources_in
from superb_lite.pretraining.streams.stream import Piece
from superb_lite.seeds import step_seed
from superb_lite.tasks.item_hashes import item_hash
from superb_lite_image.folder import image_paths, read_folder, read_pieces
from superb_lite_image.items import resize_all
from superb_lite_image.pictures import Pictures
from superb_lite_sources import digits, photographs

SCALES = (1.0, 1.5, 2.0)
"""Crops are taken of a picture whose shorter side is this many crops long."""

MOST_CROPS = 64
"""Of one picture: a panorama of 3:1 has 54, a banner of 1000:1 would have 2,000 and swamp a folder of photographs."""


@dataclass(frozen=True)
class Pool:
    """Images that a part of each batch is drawn from."""

    images: Tensor
    """(N, 3, S, S) uint8."""
    share: float
    """How much of each batch is drawn from them."""


class ImageCorpus(Corpus):
    """Batches are (batch_size, 3, S, S) uint8 tensors, cut out of crops that lie ready in memory.

    With `pictures` they are (batch_size, 2, 3, S, S): two random crops of each of so many pictures, read from disk.

    Args:
        path: a folder of images, searched with its subfolders (about 50 kB of memory an image at 32x32), or a stream of
            images; None for the embedded corpus: the pretraining regions of scikit-image's photographs and the
            pretraining part of MNIST.
        batch_size, seed, workers: see `Corpus`.
        share: of the crops and of the digits; see `Corpus`.
        window: see `Corpus`.
        image_size: height and width of a crop in pixels, S.
        digit_share: how much of each batch is MNIST digits (embedded corpus only).
        pictures: leave a folder's pictures on disk, see above; their crops are not cropped again.
        crop_area: the smallest share of a picture that such a crop may show (Chen et al. 2020, appendix A).
    """

    streamed = "image"

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 128,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        window: int = WINDOW,
        image_size: int = 32,
        digit_share: float = 0.5,
        pictures: bool = False,
        crop_area: float = 0.08,
    ) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed, workers=workers, share=share, window=window)
        self.image_size = image_size
        if not 0 <= digit_share < 1:
            raise SuperbLiteError(f"digit_share is {digit_share}: give a share from 0 to less than 1")
        self.pools: list[Pool] = []
        self.pictures: Pictures | None = None
        if pictures:
            if path is None or self.shards is not None:
                where = "embedded corpus is in memory" if path is None else "examples of a stream are no files"
                raise SuperbLiteError(f"--data.pictures true: the {where}: give --data FOLDER")
            files = self.part(image_paths(path))
            self.pictures = Pictures(files, folder=path, size=image_size, smallest=crop_area)
            pieces, self._seen = self.pictures.looked_at()
            self.sources = (*sources_in(pieces, _EMBEDDED), str(path))
        elif path is not None:
            pieces = set()
            crops: list[Tensor] = []
            for picture in read_folder(path) if self.shards is None else read_pieces(self.first_pieces(self.shards)):
                pieces.add(item_hash(picture.numpy()))
                crops += cut(picture, image_size)
            self.sources = (*sources_in(pieces, _EMBEDDED), str(path))
            self.pools = [Pool(torch.stack(crops), 1.0)]
        else:
            self.sources = ("photographs", "mnist") if digit_share else ("photographs",)
            self.pools = [Pool(_photograph_crops(image_size), 1 - digit_share)]
            if digit_share:
                self.pools.append(Pool(_mnist_images(image_size), digit_share))
        if share < 1:
            self.pools = [Pool(pool.images[self.part(range(len(pool.images)))], pool.share) for pool in self.pools]

    def batch(self, step: int) -> Tensor:
        """(batch_size, 3, S, S) uint8; (batch_size, 2, 3, S, S) with `pictures`."""
        if self.pictures is not None:
            numbers = epoch_indices(step, size=len(self.pictures), batch_size=self.batch_size, seed=self.seed)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(step_seed(self.seed, step))
                return torch.stack([self.pictures.two_crops(int(number)) for number in numbers])
        counts = [round(pool.share * self.batch_size) for pool in self.pools[1:]]
        counts.insert(0, self.batch_size - sum(counts))
        drawn = []
        for number, (pool, count) in enumerate(zip(self.pools, counts, strict=True)):
            seed = 2 * self.seed + number  # each pool is read in an order of its own
            drawn.append(pool.images[epoch_indices(step, size=len(pool.images), batch_size=count, seed=seed)])
        return torch.cat(drawn)

    def renewed(self, pieces: Iterable[Piece], *, first: int, seed: int) -> Self:
        window = copy.copy(self)
        window.seed = seed
        crops = [crop for picture in read_pieces(pieces) for crop in cut(picture, self.image_size)]
        window.pools = [Pool(torch.stack(crops), 1.0)]
        return window

    def batches_an_epoch(self) -> int:
        return max(1, len(self.pools[0].images) // self.batch_size)

    def content_hash(self) -> str:
        if self.pictures is not None:
            return self._seen
        digest = hashlib.sha256()
        for pool in self.pools:
            digest.update(f"{pool.share}:{tuple(pool.images.shape)}".encode())
            digest.update(pool.images.numpy().tobytes())
        return digest.hexdigest()


def _photographs() -> set[str]:
    """The hashes of the embedded photographs and of their regions."""
    parts: tuple[photographs.Part, ...] = ("pretraining", "train", "test")
    whole = map(photographs.picture, photographs.PICTURES)
    regions = (region.pixels() for part in parts for region in photographs.all_regions(part))
    return set(map(item_hash, itertools.chain(whole, regions)))


def _mnist() -> set[str]:
    """The hashes of the embedded digits in three channels."""
    images = (image for part in digits.MNIST_PER_CLASS for image in digits.mnist(part).images)
    return {item_hash(np.broadcast_to(image, (3, *image.shape))) for image in images}


_EMBEDDED = {"photographs": _photographs, "mnist": _mnist}


def cut(picture: Tensor, size: int) -> Iterator[Tensor]:
    """Square crops of a (3, H, W) uint8 picture at several scales: (3, size, size) each.

    The picture is resized (antialiased) until its shorter side is 1, 1.5 or 2 crops long, but enlarged only as far as
    one crop needs; the crops of one scale overlap by about half and reach all edges. Where they are more than
    `MOST_CROPS`, so many of them are taken at even steps, the first and the last among them.
    """
    shorter = min(picture.shape[1:])
    places = []
    for length in sorted({max(size, min(shorter, round(scale * size))) for scale in SCALES}):
        height, width = (max(size, round(side * length / shorter)) for side in picture.shape[1:])
        places += [(height, width, top, left) for top in _starts(height, size) for left in _starts(width, size)]
    kept = np.linspace(0, len(places) - 1, min(len(places), MOST_CROPS)).round().astype(int)
    for (height, width), crops in itertools.groupby((places[i] for i in kept), key=lambda place: place[:2]):
        scaled = tvf.resize(picture, [height, width], antialias=True)
        for _, _, top, left in crops:
            yield scaled[:, top : top + size, left : left + size]


def _starts(length: int, size: int) -> list[int]:
    count = 1 + int(np.ceil((length - size) / (size / 2)))
    return [round(start) for start in np.linspace(0, length - size, count)]


def _photograph_crops(size: int) -> Tensor:
    regions = photographs.all_regions("pretraining")
    return torch.stack([crop for region in regions for crop in cut(torch.from_numpy(region.pixels().copy()), size)])


def _mnist_images(size: int) -> Tensor:
    return resize_all(list(digits.mnist("pretraining").images[:, None]), size)
