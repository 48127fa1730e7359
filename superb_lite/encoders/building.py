"""Models are built no larger than the weights that are to fill them, whatever a stranger's description says."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn
from torch.nn.modules import module as registration
from torch.utils._python_dispatch import TorchDispatchMode

from superb_lite.encoders.weights import Contents
from superb_lite.errors import SuperbLiteError

WITHOUT_WEIGHTS = Contents({f"tensor {number}": () for number in range(5000)}, 2**25)
"""What a model without a file of weights is measured by: 134 million parameters at most."""

_SPARE_TENSORS, _SPARE_NUMBERS = 1000, 2**24
_TIMES = 4
"""Heads that are taken off again, and parameters that have several names, make a model larger while it is built."""

_TIMES_REGISTERED = 16
"""The same where each parameter is registered several times, which takes no memory."""


class _Limit:
    """Counts what is built, and raises `SuperbLiteError` beyond several times the weights."""

    def __init__(self, held: Contents, what: str, times: int) -> None:
        self._held, self._what = held, what
        self._most_tensors = times * len(held.tensors) + _SPARE_TENSORS
        self._most_numbers = times * held.numbers + _SPARE_NUMBERS
        self._tensors = self._numbers = 0

    def check(self, tensors: int, numbers: int) -> None:
        if tensors > self._most_tensors or numbers > self._most_numbers:
            raise SuperbLiteError(
                f"{self._what} describes a model that is far larger than its weights, which are "
                f"{len(self._held.tensors)} tensors of {self._held.numbers} numbers: it is not built"
            )

    def count(self, module: nn.Module, name: str, parameter: Tensor | None) -> None:
        """A hook for what modules register."""
        if parameter is not None:
            self._tensors, self._numbers = self._tensors + 1, self._numbers + parameter.numel()
            self.check(self._tensors, self._numbers)


class _SizeLimit(TorchDispatchMode):
    """Looks at every size that an operator is given, before it takes any memory."""

    def __init__(self, limit: _Limit) -> None:
        super().__init__()
        self._limit = limit

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        for argument in args[:2]:  # where the operators that make tensors have the size
            if isinstance(argument, list | tuple) and argument and all(isinstance(n, int) for n in argument):
                self._limit.check(0, math.prod(argument))
        return func(*args, **(kwargs or {}))


@contextlib.contextmanager
def counting_parameters(held: Contents, what: str) -> Iterator[None]:
    """Refuse to build a model whose parameters and buffers, as they are registered, outgrow its weights.

    Enough where parameters take no memory until they are loaded, as in `transformers`, which registers each several
    times.

    Args:
        held: what the files of weights hold.
        what: the description of the model, for the message.

    Raises `SuperbLiteError` as soon as there are too many parameters, or numbers in them.
    """
    yield from _counting(_Limit(held, what, _TIMES_REGISTERED))


def _counting(limit: _Limit) -> Iterator[None]:
    hooks = [
        registration.register_module_parameter_registration_hook(limit.count),
        registration.register_module_buffer_registration_hook(limit.count),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextlib.contextmanager
def building_within(held: Contents, what: str) -> Iterator[None]:
    """Refuse to build a model that is far larger than its weights, before any memory is taken.

    As `counting_parameters`, and no single tensor may outgrow the weights either, registered or not.
    """
    limit = _Limit(held, what, _TIMES)
    with _SizeLimit(limit):
        yield from _counting(limit)
