"""Where encoders run: a device by its name."""

from __future__ import annotations

import torch

from superb_lite.errors import SuperbLiteError

AUTO = "auto"
"""The name of whatever accelerator there is: CUDA, else MPS (Apple's), else the CPU."""

NAMES = "auto, cpu, cuda, cuda:N or mps"


def device_named(name: str) -> torch.device:
    """The device of a name: auto, cpu, cuda, cuda:N or mps.

    Raises `SuperbLiteError` for another name, and for a device that cannot be used here.
    """
    if name == AUTO:
        return best_device()
    try:
        device = torch.device(name)
    except RuntimeError:
        raise SuperbLiteError(f"unknown device '{name}': it is {NAMES}") from None
    if device.type not in ("cpu", "cuda", "mps"):
        raise SuperbLiteError(f"device '{name}' is not one that is used here: it is {NAMES}")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SuperbLiteError("no CUDA device here: use --device cpu")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise SuperbLiteError("no MPS device here: use --device cpu")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise SuperbLiteError(f"no device '{name}' here: the last is cuda:{torch.cuda.device_count() - 1}")
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SuperbLiteError(f"device '{name}' cannot be used: {str(error) or type(error).__name__}") from None
    return device


def best_device() -> torch.device:
    """The first of CUDA, MPS and CPU that can be used."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
