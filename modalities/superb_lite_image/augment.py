"""SimCLR's augmentations, on whole batches with parameters of their own for every image.

The transforms of torchvision v2 draw one set of parameters for a whole batch, and a contrastive batch whose views all
share a crop teaches little. So these subclasses draw one set an image, from torchvision's distributions, and apply all
of them at once; each gives what torchvision's functional gives for the same image and the same parameters.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.transforms import v2

from superb_lite_image.blur import BatchRandomGaussianBlur, BatchRandomSolarize


def simclr_augmentation(
    *,
    size: int,
    smallest_crop: float,
    jitter_strength: float,
    flip_probability: float,
    rotation: float,
    shear: float,
    bend: float,
    saturation: float = 0.8,
    blur: float = 0.0,
    solarise: float = 0.0,
    cropped: bool = False,
) -> v2.Transform:
    """The view of Chen et al. 2020, appendix A (without blur that of their appendix B.9 for 32x32), warped.

    Takes (B, 3, H, W) uint8 images, gives (B, 3, size, size) float32 in [0, 1]. Images that are `cropped` already are
    (B, 3, size, size), and are not warped.
    """
    s = jitter_strength
    warped = BatchRandomWarpedCrop(size, scale=(smallest_crop, 1.0), rotation=rotation, shear=shear, bend=bend)
    parts: list[v2.Transform] = [
        v2.ToDtype(torch.float32, scale=True),
        *([] if cropped else [warped]),
        BatchRandomHorizontalFlip(p=flip_probability),
        BatchColorJitter(brightness=0.8 * s, contrast=0.8 * s, saturation=saturation * s, hue=0.2 * s, p=0.8),
        BatchRandomGrayscale(p=0.2),
    ]
    if blur:
        parts.append(BatchRandomGaussianBlur(size, p=blur))
    if solarise:
        parts.append(BatchRandomSolarize(p=solarise))
    return v2.Compose(parts)


class BatchRandomResizedCrop(v2.RandomResizedCrop):
    """`v2.RandomResizedCrop` with a box of its own for every image.

    Bilinear without antialiasing, which makes no difference as long as crops are not larger than `size`.
    """

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """top, left, height, width: (B,) int64 each."""
        batch, _, rows, columns = flat_inputs[0].shape
        # Ten attempts an image, as torchvision makes them; the first that fits is taken.
        area = rows * columns * torch.empty(batch, 10).uniform_(*self.scale)
        ratio = torch.empty(batch, 10).uniform_(math.log(self.ratio[0]), math.log(self.ratio[1])).exp()
        width = (area * ratio).sqrt().round().long()
        height = (area / ratio).sqrt().round().long()
        fits = (width > 0) & (width <= columns) & (height > 0) & (height <= rows)
        first = fits.int().argmax(dim=1, keepdim=True)
        # Where none fits: the largest box in the middle whose aspect ratio is allowed.
        allowed = min(max(columns / rows, self.ratio[0]), self.ratio[1])
        whole_height = min(rows, round(columns / allowed))
        whole_width = min(columns, round(rows * allowed))
        found = fits.any(dim=1)
        height = torch.where(found, height.gather(1, first)[:, 0], whole_height)
        width = torch.where(found, width.gather(1, first)[:, 0], whole_width)
        top = torch.where(found, _below(rows - height + 1), (rows - height) // 2)
        left = torch.where(found, _below(columns - width + 1), (columns - width) // 2)
        return {"top": top, "left": left, "height": height, "width": width}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        rows, columns = inpt.shape[-2:]
        y = _sample_points(params["top"], params["height"], self.size[0]).to(inpt.device)  # (B, S)
        x = _sample_points(params["left"], params["width"], self.size[1]).to(inpt.device)
        # grid_sample counts from -1 at the left edge of the first pixel to 1 at the right edge of the last one.
        grid_y = ((2 * y + 1) / rows - 1)[:, :, None].expand(-1, -1, x.shape[1])
        grid_x = ((2 * x + 1) / columns - 1)[:, None, :].expand(-1, y.shape[1], -1)
        grid = torch.stack([grid_x, grid_y], dim=-1).to(inpt)
        return F.grid_sample(inpt, grid, mode="bilinear", padding_mode="border", align_corners=False)


class BatchRandomWarpedCrop(BatchRandomResizedCrop):
    """A crop that is sheared, turned and bent around its middle, each image in its own way.

    What lies outside of the image repeats its edge. Handwriting varies in these ways (Simard et al. 2003, section 2).

    Args:
        size, scale: see `BatchRandomResizedCrop`.
        rotation, shear: largest angles in degrees, to either side.
        bend: standard deviation of the shifts of `BEND_POINTS` x `BEND_POINTS` points, as a share of half the image;
            points between them move smoothly.
    """

    def __init__(self, size: int, *, scale: tuple[float, float], rotation: float, shear: float, bend: float) -> None:
        super().__init__(size, scale=scale)
        self.rotation, self.shear, self.bend = math.radians(rotation), math.radians(shear), bend

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """The crop's, and rotation, shear: (B,) in radians; shifts: (B, 2, P, P), to the right and down."""
        batch = len(flat_inputs[0])
        return {
            **super().make_params(flat_inputs),
            "rotation": torch.empty(batch).uniform_(-self.rotation, self.rotation),
            "shear": torch.empty(batch).uniform_(-self.shear, self.shear),
            "shifts": self.bend * torch.randn(batch, 2, BEND_POINTS, BEND_POINTS),
        }

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        rows, columns = inpt.shape[-2:]
        places = [(torch.arange(side) + 0.5) / side - 0.5 for side in self.size]
        y = (places[0] * params["height"][:, None])[:, :, None]  # (B, S, 1) pixels from the middle of the crop
        x = (places[1] * params["width"][:, None])[:, None, :]
        x = x + params["shear"].tan()[:, None, None] * y
        cos, sin = (f(params["rotation"])[:, None, None] for f in (torch.cos, torch.sin))
        middle_y, middle_x = (params["top"] + params["height"] / 2), (params["left"] + params["width"] / 2)
        # grid_sample counts from -1 at the left edge of the first pixel to 1 at the right edge of the last one.
        grid_x = 2 * (middle_x[:, None, None] + cos * x - sin * y) / columns - 1
        grid_y = 2 * (middle_y[:, None, None] + sin * x + cos * y) / rows - 1
        shifts = F.interpolate(params["shifts"], size=self.size, mode="bicubic", align_corners=True)
        grid = (torch.stack([grid_x, grid_y], dim=1) + shifts).permute(0, 2, 3, 1).to(inpt)
        return F.grid_sample(inpt, grid, mode="bilinear", padding_mode="border", align_corners=False)


BEND_POINTS = 4
"""Points to each side whose shifts `BatchRandomWarpedCrop` draws."""


def _below(limits: Tensor) -> Tensor:
    """For each limit a random whole number from 0 to limit - 1."""
    return (torch.rand(limits.shape, dtype=torch.float64) * limits).long()


def _sample_points(start: Tensor, length: Tensor, size: int) -> Tensor:
    """(B, size) coordinates of pixel centres; kept within the crop, so that nothing outside of it is seen."""
    points = (torch.arange(size) + 0.5) * (length / size)[:, None] - 0.5
    return start[:, None] + points.clamp(min=0).minimum(length[:, None] - 1.0)


class BatchRandomHorizontalFlip(v2.Transform):
    """Mirror each image with probability `p`."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """chosen: (B,) bool."""
        return {"chosen": torch.rand(len(flat_inputs[0])) < self.p}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return torch.where(params["chosen"].to(inpt.device)[:, None, None, None], inpt.flip(-1), inpt)


class BatchRandomGrayscale(v2.Transform):
    """Make each image grey, keeping three channels, with probability `p`."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """chosen: (B,) bool."""
        return {"chosen": torch.rand(len(flat_inputs[0])) < self.p}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return torch.where(params["chosen"].to(inpt.device)[:, None, None, None], grey(inpt), inpt)


class BatchColorJitter(v2.ColorJitter):
    """`v2.ColorJitter` with factors and an order of its own for every image, applied with probability `p`."""

    def __init__(self, *, brightness: float, contrast: float, saturation: float, hue: float, p: float) -> None:
        super().__init__(brightness=brightness, contrast=contrast, saturation=saturation, hue=hue)
        self.p = p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """chosen: (B,) bool; order: (B, 4), which of the four comes first to last; factors: (B, 4)."""
        batch = len(flat_inputs[0])
        ranges = [self.brightness, self.contrast, self.saturation, self.hue]
        neutral = [1.0, 1.0, 1.0, 0.0]
        bounds = [r or (n, n) for r, n in zip(ranges, neutral, strict=True)]
        return {
            "chosen": torch.rand(batch) < self.p,
            "order": torch.rand(batch, 4).argsort(dim=1),
            "factors": torch.stack([torch.empty(batch).uniform_(low, high) for low, high in bounds], dim=1),
        }

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        functions = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
        images = inpt.clone()
        order = params["order"].masked_fill(~params["chosen"][:, None], -1)
        for turn in range(4):
            for number, function in enumerate(functions):
                rows = torch.nonzero(order[:, turn] == number)[:, 0]
                factor = params["factors"][rows, number].to(images)[:, None, None, None]
                rows = rows.to(images.device)
                images[rows] = function(images[rows], factor)
        return images


def grey(images: Tensor) -> Tensor:
    """(B, 3, H, W) -> (B, 1, H, W) luma (ITU-R 601), torchvision's weights."""
    red, green, blue = images.unbind(dim=1)
    return (0.2989 * red + 0.587 * green + 0.114 * blue)[:, None]


def adjust_brightness(images: Tensor, factor: Tensor) -> Tensor:
    """Blend (B, 3, H, W) images in [0, 1] with black; factor (B, 1, 1, 1), 1 changes nothing."""
    return (factor * images).clamp(0, 1)


def adjust_contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Blend images with their mean grey."""
    mean = grey(images).mean(dim=(1, 2, 3), keepdim=True)
    return (factor * images + (1 - factor) * mean).clamp(0, 1)


def adjust_saturation(images: Tensor, factor: Tensor) -> Tensor:
    """Blend images with their grey version."""
    return (factor * images + (1 - factor) * grey(images)).clamp(0, 1)


def adjust_hue(images: Tensor, shift: Tensor) -> Tensor:
    """Turn the hue by `shift`, a share of the colour circle; value and saturation (of HSV) stay."""
    value, brightest = images.max(dim=1)  # (B, H, W)
    chroma = value - images.amin(dim=1)
    # The distance of the other two channels decides where on the circle, in sixths, a pixel lies.
    red, green, blue = images.unbind(dim=1)
    divisor = torch.where(chroma == 0, torch.ones_like(chroma), chroma)
    blue_or_green = torch.where(brightest == 1, (blue - red) / divisor + 2, (red - green) / divisor + 4)
    sector = torch.where(brightest == 0, (green - blue) / divisor, blue_or_green)
    hue = (sector + 6 * shift[:, 0]) % 6
    # Back to RGB: a channel is bright near its own place on the circle and dark opposite to it.
    offset = torch.tensor([5.0, 3.0, 1.0]).to(images)[None, :, None, None]
    k = (hue[:, None] + offset) % 6
    return value[:, None] - chroma[:, None] * torch.minimum(k, 4 - k).clamp(0, 1)
