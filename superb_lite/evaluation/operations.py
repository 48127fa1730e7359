"""What is computed while something runs: floating-point operations, and the parameters that they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count


class Operations(NamedTuple):
    """What was counted."""

    flops: int
    """As `torch.utils.flop_counter` counts them: matrix products, convolutions and attention."""
    parameters: int
    """How many were read, but for those of tables in which rows are only looked up."""


def operations(model: nn.Module, run: Callable[[], None]) -> Operations | None:
    """What `run` computes with the parameters of a model; None where it cannot be followed."""
    counter, used = FlopCounterMode(display=False, custom_mapping=_ON_THE_CPU), _UsedParameters(model)
    try:
        with counter, used:
            run()
    except Exception:  # code that no dispatch mode can follow
        return None
    return Operations(counter.get_total_flops(), used.count)


class _UsedParameters(TorchDispatchMode):
    """Counts the parameters that operations read other than by looking rows up."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self._sizes = {_storage(parameter): parameter.numel() for parameter in model.parameters()}
        self._used: set[int] = set()

    @property
    def count(self) -> int:
        return sum(self._sizes[storage] for storage in self._used)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket not in _LOOKUPS and not func.is_view:
            read = {_storage(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)}
            self._used |= read & self._sizes.keys()
        return func(*args, **(kwargs or {}))


_LOOKUPS = {
    torch.ops.aten.embedding,
    torch.ops.aten._embedding_bag,
    torch.ops.aten._embedding_bag_forward_only,
    torch.ops.aten.index,
    torch.ops.aten.index_select,
    torch.ops.aten.gather,
}


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _attention(query: Any, key: Any, value: Any, *_: Any, out_shape: Any = None, **__: Any) -> int:
    return int(sdpa_flop_count(query, key, value))


_ON_THE_CPU = {torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention}
"""What torch's counter does not know."""
