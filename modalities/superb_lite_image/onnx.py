"""Models of images in the format ONNX."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch, Features
from superb_lite.encoders.onnx_encoder import OnnxEncoder, Options
from superb_lite.encoders.onnx_graph import OnnxGraph, Port
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.tasks.labels import Item
from superb_lite_image.encoder import normalised
from superb_lite_image.foreign import IMAGENET_MEAN, IMAGENET_STD
from superb_lite_image.items import resize_all
from superb_lite_image.preprocessing import Preprocessing, numbers_of, preprocessing
from superb_lite_image.timm_backbone import LARGEST_IMAGE

SIZE = 224
"""Height and width where nothing says another."""


class OnnxImageEncoder(OnnxEncoder):
    """A layer for each output: a map (B, C, H, W), or the patches (B, T, D) of a transformer.

    A token in front of a square of patches is no place: it is the summary where no output (B, D) is one. A model that
    has (B, D) outputs alone has one layer of one position, the whole image. An input whose last dimension has three
    channels is given them last, and its maps are read so.

    Options: `size`, `mean` and `std`, one number or three with colons between them; what they leave out is taken from
    preprocessor_config.json beside the model, then from the input, then from ImageNet.
    """

    modality: ClassVar[str | None] = "image"
    options: ClassVar[tuple[str, ...]] = ("size", "mean", "std")

    def __init__(self, graph: OnnxGraph, folder: Path, options: Options) -> None:
        super().__init__(graph, folder, options)
        if not self.reads(graph.inputs):
            shown = one_line(", ".join(port.name for port in graph.inputs), 80)
            raise SuperbLiteError(f"'{graph.file}': its inputs ({shown}) must be one of images, (B, C, H, W)")
        (port,) = graph.inputs
        self.port = port
        self.channels_last = port.shape[-1] in (1, 3) and port.shape[1] not in (1, 3)
        channels, *sides = [port.shape[n] for n in ((3, 1, 2) if self.channels_last else (1, 2, 3))]
        self.channels = channels or 3
        said = preprocessing(folder, options)
        self.flipped = said.flipped
        self.image_size = self._size(sides, said)
        self.mean = numbers_of("mean", options["mean"]) if "mean" in options else said.mean or IMAGENET_MEAN
        self.std = numbers_of("std", options["std"]) if "std" in options else said.std or IMAGENET_STD

    def _size(self, sides: Sequence[int | None], said: Preprocessing) -> int:
        fixed = {side for side in sides if side is not None}
        asked = self.number("size", most=LARGEST_IMAGE)
        if len(fixed) > 1 or (asked and fixed and fixed != {asked}) or max(fixed, default=1) > LARGEST_IMAGE:
            raise SuperbLiteError(
                f"'{self.graph.file}' reads images of {' x '.join(str(side or '?') for side in sides)}: images become "
                f"squares of up to {LARGEST_IMAGE}, and of the size that the model has"
            )
        return asked or next(iter(fixed), None) or said.size or SIZE

    @classmethod
    def reads(cls, inputs: tuple[Port, ...]) -> bool:
        """One input of rank 4."""
        return len(inputs) == 1 and len(inputs[0].shape) == 4

    def config(self) -> dict[str, Any]:
        return {
            **super().config(),
            "size": self.image_size,
            "mean": self.mean,
            "std": self.std,
            "flipped": self.flipped,
        }

    def collate(self, items: Sequence[Item]) -> Batch:
        """pixels: (B, 3, S, S) uint8; item: (B,)."""
        return {"pixels": resize_all(items, self.image_size), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        images = batch["pixels"]
        if self.port.dtype is not None and self.port.dtype.is_floating_point:
            images = normalised(images.float() / 255, self.mean, self.std)
        if self.flipped:
            images = images.flip(1)
        if self.channels == 1:
            images = images.float().mean(dim=1, keepdim=True)
        maps, summary = self.run({self.port.name: images.permute(0, 2, 3, 1) if self.channels_last else images})
        layers = []
        for made in maps:
            if made.ndim == 4:
                layers.append(made.flatten(1, 2) if self.channels_last else made.flatten(2).transpose(1, 2))
                continue
            first, patches = _without_token(made)
            layers.append(patches)
            summary = first if self.outputs.summary is None and first is not None else summary
        if not layers:
            assert summary is not None
            layers = [summary[:, None]]
        masks = tuple(torch.ones(layer.shape[:2], dtype=torch.bool, device=layer.device) for layer in layers)
        return Features(tuple(layers), masks, batch["item"], summary=summary)


def _without_token(made: Tensor) -> tuple[Tensor | None, Tensor]:
    """The (B, D) token in front of a square of (B, T, D) patches, and these; None where there is none."""
    count = made.shape[1]
    if count > 1 and math.isqrt(count) ** 2 != count and math.isqrt(count - 1) ** 2 == count - 1:
        return made[:, 0], made[:, 1:]
    return None, made
