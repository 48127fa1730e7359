"""TimmEncoder: any backbone of the timm library, one layer a stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import timm
import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.tasks.labels import Item
from superb_lite_image.items import resize_all
from superb_lite_image.timm_backbone import check_image_size, create_backbone

LITE_BACKBONE = "resnet10t"
LITE_BACKBONE_ARGS: dict[str, Any] = {"channels": [16, 32, 64, 128], "stem_width": 8}
"""A ResNet with one basic block a stage and a quarter of the usual width: 0.3 million parameters."""


LITE_STEM_STRIDE = 2

VIT_POSITIONS = 8
"""A plain vision transformer gets patches so small that an image has at least so many to each side."""


def default_arguments(backbone: str, *, image_size: int) -> Mapping[str, Any]:
    """The arguments of a timm architecture that suit small images.

    A quarter of the width for the lite backbone, and none for others, except that one with a fixed input size gets
    `image_size`, and a plain vision transformer patches of an eighth of the image (4 pixels at 32x32, as is usual)
    where its own are larger.
    """
    if backbone == LITE_BACKBONE:
        return LITE_BACKBONE_ARGS
    arguments: dict[str, Any] = {}
    configuration = timm.get_pretrained_cfg(backbone)
    if configuration is not None and configuration.fixed_input_size:
        arguments["img_size"] = image_size
    patch = re.search(r"patch(\d+)", backbone)
    if _family(backbone) == "vision_transformer" and patch and int(patch[1]) * VIT_POSITIONS > image_size:
        arguments["patch_size"] = max(1, image_size // VIT_POSITIONS)
    return arguments


def _family(backbone: str) -> str:
    """The module of timm that a known architecture is in."""
    return str(timm.model_entrypoint(backbone).__module__.rpartition(".")[2])


class TimmEncoder(Encoder):
    """A timm backbone as a feature extractor. Every stage is a layer with its own T = H*W and D = channels.

    Args:
        backbone: the name of a timm architecture that gives feature maps (`timm.list_models()`).
        backbone_args: further arguments of that architecture. None: see `default_arguments`.
        image_size: images of any size are resized to this height and width.
        stem_stride: None keeps the backbone's own stem. 1 or 2: the stem for small images of SimCLR (Chen et al. 2020,
            appendix B.9): the first convolution is 3x3 with this stride, and there is no max pooling. ResNets only.
            "auto": 2 for ResNets, None for others.
        mean, std: pixel values, scaled to [0, 1], are normalised with these; one number, or one for each channel.
    """

    modality: ClassVar[str | None] = "image"

    def __init__(
        self,
        *,
        backbone: str = LITE_BACKBONE,
        backbone_args: Mapping[str, Any] | None = None,
        image_size: int = 32,
        stem_stride: int | Literal["auto"] | None = "auto",
        mean: float | Sequence[float] = 0.5,
        std: float | Sequence[float] = 0.25,
    ) -> None:
        super().__init__()
        if not timm.is_model(backbone):
            raise UnknownNameError("timm backbone", backbone, timm.list_models())
        self.backbone_name = backbone
        self.image_size = check_image_size(image_size)
        given = default_arguments(backbone, image_size=image_size) if backbone_args is None else backbone_args
        self.backbone_args = dict(given)
        auto = LITE_STEM_STRIDE if _family(backbone) == "resnet" else None
        self.stem_stride: int | None = auto if stem_stride == "auto" else stem_stride
        self.mean = mean if isinstance(mean, float | int) else tuple(mean)
        self.std = std if isinstance(std, float | int) else tuple(std)
        self.backbone = self._made()
        self.channels_last = getattr(self.backbone, "output_fmt", "NCHW") == "NHWC"
        self.width: int = self.backbone.feature_info.channels()[-1]

    def _made(self, weights: Path | None = None) -> Any:
        backbone = create_backbone(self.backbone_name, self.backbone_args, weights=weights)
        if self.stem_stride is not None:
            small_image_stem(backbone, stride=self.stem_stride, name=self.backbone_name)
        return backbone

    def load_weights(self, file: Path) -> None:
        """Take the weights of the whole timm model in a safetensors file, as timm fits them to its backbone."""
        self.backbone = self._made(file)

    def config(self) -> dict[str, Any]:
        return {
            "backbone": self.backbone_name,
            "backbone_args": self.backbone_args,
            "image_size": self.image_size,
            "stem_stride": self.stem_stride,
            "mean": self.mean,
            "std": self.std,
        }

    @classmethod
    def lite(cls) -> Self:
        """The untrained lite encoder; its BatchNorm has the statistics of corpus images, as a trained one's would."""
        # Late: the corpus reads its data packages only when it is asked for.
        from superb_lite_image.corpus import ImageCorpus

        encoder = cls()
        corpus = ImageCorpus(path=None, batch_size=128, seed=0)
        set_batch_norm_statistics(encoder, (encoder.collate(list(corpus.batch(step))) for step in range(8)))
        return encoder

    def collate(self, items: Sequence[Item]) -> Batch:
        """pixels: (B, 3, S, S) uint8; item: (B,)."""
        return {"pixels": resize_all(items, self.image_size), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        maps = self.stages(batch["pixels"].float() / 255)
        return Features(
            layers=tuple(x.flatten(2).transpose(1, 2) for x in maps),  # (B, C, H, W) -> (B, T, D)
            mask=tuple(torch.ones(len(x), x[0, 0].numel(), dtype=torch.bool, device=x.device) for x in maps),
            item=batch["item"],
            summary=maps[-1].mean(dim=(2, 3)),
        )

    def stages(self, images: Tensor) -> list[Tensor]:
        """(B, 3, S, S) images in [0, 1] -> the (B, C, H, W) feature map of each stage, the stem's first."""
        maps: list[Tensor] = self.backbone(normalised(images, self.mean, self.std))
        return [x.permute(0, 3, 1, 2) for x in maps] if self.channels_last else maps

    def embed(self, images: Tensor) -> Tensor:
        """(B, 3, S, S) images in [0, 1] -> (B, D) mean of the last stage; what `Features.summary` holds."""
        return self.stages(images)[-1].mean(dim=(2, 3))


def small_image_stem(backbone: Any, *, stride: int, name: str) -> None:
    """Give a timm ResNet the stem that SimCLR uses for 32x32 images: 3x3, `stride`, no max pooling. In place."""
    parts = dict(backbone.named_children())
    stem = parts.get("conv1")
    first = stem[0] if isinstance(stem, nn.Sequential) else stem
    if not isinstance(first, nn.Conv2d) or "maxpool" not in parts:
        raise SuperbLiteError(f"timm backbone '{name}' has no ResNet stem: leave stem_stride at null")
    convolution = nn.Conv2d(first.in_channels, first.out_channels, 3, stride=stride, padding=1, bias=False)
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    if isinstance(stem, nn.Sequential):
        stem[0] = convolution
    else:
        backbone["conv1"] = convolution
    backbone["maxpool"] = nn.Identity()


def normalised(images: Tensor, mean: float | Sequence[float], std: float | Sequence[float]) -> Tensor:
    """(B, 3, H, W) images minus the mean, by the standard deviation; each is one number, or one for each channel."""
    if isinstance(mean, float | int) and isinstance(std, float | int):
        return (images - mean) / std
    by_channel = [torch.tensor(value).to(images).expand(3)[:, None, None] for value in (mean, std)]
    return (images - by_channel[0]) / by_channel[1]


@torch.no_grad()
def set_batch_norm_statistics(encoder: Encoder, batches: Iterable[Batch]) -> None:
    """Set the running mean and variance of every BatchNorm to their plain average over some batches. In place."""
    norms = [m for m in encoder.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    training = encoder.training
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # torch's way to ask for a cumulative average
    encoder.train()
    for batch in batches:
        encoder(batch)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    encoder.train(training)
