"""Blur and solarisation of whole batches with parameters of their own for every image (SimCLR, BYOL)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.transforms import v2

KERNEL_SHARE = 0.1
"""Of the image's side: the kernel of SimCLR's code, 23 pixels at 224."""


class BatchRandomGaussianBlur(v2.Transform):
    """Blur each image with probability `p`, by a deviation of its own, uniform in `sigma` (pixels)."""

    def __init__(self, size: int, *, p: float, sigma: tuple[float, float] = (0.1, 2.0)) -> None:
        super().__init__()
        self.p, self.sigma = p, sigma
        self.kernel = 2 * (int(KERNEL_SHARE * size) // 2) + 1

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """chosen: (B,) bool; sigma: (B,)."""
        batch = len(flat_inputs[0])
        return {"chosen": torch.rand(batch) < self.p, "sigma": torch.empty(batch).uniform_(*self.sigma)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        chosen = params["chosen"].to(inpt.device)[:, None, None, None]
        return torch.where(chosen, gaussian_blur(inpt, params["sigma"].to(inpt), kernel=self.kernel), inpt)


class BatchRandomSolarize(v2.Transform):
    """Invert what is at least half as bright as white, in each image with probability `p`."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """chosen: (B,) bool."""
        return {"chosen": torch.rand(len(flat_inputs[0])) < self.p}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        chosen = params["chosen"].to(inpt.device)[:, None, None, None]
        return torch.where(chosen & (inpt >= 0.5), 1 - inpt, inpt)


def gaussian_blur(images: Tensor, sigma: Tensor, *, kernel: int) -> Tensor:
    """(B, C, H, W) images, each blurred by its (B,) deviation, with an odd kernel; edges are mirrored."""
    batch, channels, rows, columns = images.shape
    place = torch.arange(kernel, device=images.device) - kernel // 2
    weight = torch.softmax(-0.5 * (place / sigma[:, None]).square(), dim=1)  # (B, K)
    weight = weight.repeat_interleave(channels, dim=0)[:, None, :]  # (B * C, 1, K)
    half = kernel // 2
    flat = F.pad(images, (half, half, half, half), mode="reflect").flatten(0, 1)[None]  # (1, B * C, ...)
    flat = F.conv2d(flat, weight[..., None], groups=len(weight))
    flat = F.conv2d(flat, weight[:, :, None, :], groups=len(weight))
    return flat.reshape(batch, channels, rows, columns)
