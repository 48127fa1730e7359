"""A device that every machine has: "cuda" under `FakeTensorMode`.

There a tensor has a shape, a type and a device and no numbers, and an operation on tensors of two devices raises
`FakeTensorDeviceMismatchError`. With a `ShapeEnv`, shapes that depend on numbers (`x[mask]`) are symbols; asking for a
number (`bool(mask.all())`), which makes the host wait for the device, raises an error of `DATA_DEPENDENT`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch._dispatch.python import enable_python_dispatcher
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException, FakeTensorMode
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode, ShapeEnv
from torch.utils._python_dispatch import TorchDispatchMode

DATA_DEPENDENT = (DataDependentOutputException, DynamicOutputShapeException, GuardOnDataDependentSymNode)
"""What is raised where code asks for a number that only a real device has."""


class NoDouble(TorchDispatchMode):
    """Refuses float64 on any device but the CPU: Apple's GPUs have none."""

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, list | tuple) else [made]:
            if isinstance(tensor, Tensor) and tensor.dtype == torch.float64 and tensor.device.type != "cpu":
                raise TypeError(f"{function} makes a float64 tensor on the device")
        return made


@contextmanager
def fake_cuda(*, double: bool = False) -> Iterator[None]:
    """A mode under which tensors can be on "cuda", but not as float64, unless `double` says so.

    Recurrent layers would ask the driver; without cuDNN, the python dispatcher takes them apart instead.
    """
    with (
        torch.backends.cudnn.flags(enabled=False),
        FakeTensorMode(shape_env=ShapeEnv()),
        nullcontext() if double else NoDouble(),
        enable_python_dispatcher(),
    ):
        yield


def like(value: Any, device: str) -> Any:
    """A tensor, or a mapping or module of tensors, as it would be after `value.to(device)`; under a fake mode.

    A module is changed in its place (`restored` puts it back).
    """
    if isinstance(value, Tensor):
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=device)
    if isinstance(value, dict):
        return {key: like(part, device) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(like(part, device) for part in value)
    if not isinstance(value, nn.Module):
        return value
    # What `nn.Module.to` moves, and nothing else: a tensor that is a plain attribute stays where it is.
    for module in value.modules():
        for name, parameter in list(module._parameters.items()):
            if parameter is not None:
                setattr(module, name, nn.Parameter(like(parameter, device), parameter.requires_grad))
        for name, buffer in list(module._buffers.items()):
            if buffer is not None:
                setattr(module, name, like(buffer, device))
    return value


@contextmanager
def restored(module: nn.Module) -> Iterator[None]:
    """Afterwards the parameters and buffers of a module and its parts are what they were."""
    before = [(part, dict(part._parameters), dict(part._buffers)) for part in module.modules()]
    try:
        yield
    finally:
        for part, parameters, buffers in before:
            part._parameters.clear()
            part._parameters.update(parameters)
            part._buffers.clear()
            part._buffers.update(buffers)


def devices(features: Any) -> set[str]:
    """The kinds of devices that the tensors of some features are on."""
    found = set()
    for part in dataclasses.fields(features):
        value = getattr(features, part.name)
        found |= {one.device.type for one in (value if isinstance(value, tuple) else (value,)) if one is not None}
    return found
