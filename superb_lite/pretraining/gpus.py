"""What GPUs can do at most, as their makers publish it."""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite.errors import UnknownNameError


@dataclass(frozen=True)
class Gpu:
    """One GPU.

    Attributes:
        peak: FLOP/s of dense products of matrices in bfloat16 (float16 where a card has no bfloat16), without sparsity.
        memory: in bytes.
        source: the data sheet.
    """

    peak: float
    memory: int
    source: str


def _gpu(teraflops: float, gigabytes: int, source: str) -> Gpu:
    return Gpu(teraflops * 1e12, gigabytes * 10**9, source)


GPUS = {
    "b200": _gpu(2250, 180, "NVIDIA DGX B200 data sheet, an eighth"),
    "h200": _gpu(989, 141, "NVIDIA H200 data sheet, SXM"),
    "h100": _gpu(989, 80, "NVIDIA H100 data sheet, SXM"),
    "a100": _gpu(312, 80, "NVIDIA A100 data sheet"),
    "l40s": _gpu(362, 48, "NVIDIA L40S data sheet"),
    "l4": _gpu(121, 24, "NVIDIA L4 data sheet"),
    "rtx4090": _gpu(165, 24, "NVIDIA Ada architecture whitepaper, float32 accumulation"),
    "v100": _gpu(125, 32, "NVIDIA V100 data sheet, SXM2, float16"),
    "t4": _gpu(65, 16, "NVIDIA T4 data sheet, float16"),
}
"""By the names that `superb-lite plan --gpu` takes."""


def find_gpu(name: str) -> Gpu:
    """The GPU of a name. Raises `UnknownNameError` for another one."""
    if name not in GPUS:
        raise UnknownNameError("GPU", name, GPUS)
    return GPUS[name]


def gpu_of(device: str) -> Gpu | None:
    """The GPU whose name is a word of a device's, such as "NVIDIA H100 80GB HBM3"; None where there is none."""
    words = device.lower().replace("rtx ", "rtx").replace("-", " ").split()
    return next((gpu for name, gpu in GPUS.items() if name in words), None)
