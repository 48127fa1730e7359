"""A step of training of which nothing large is ever computed: operations and memory are counted by shapes alone.

What a batch says (token ids, masks, lengths) is real, so that shapes which depend on it are; weights, and all that is
computed from them, are fake tensors, in the types that they would have on a GPU.
"""

from __future__ import annotations

import contextlib
import functools
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._dispatch.python import enable_python_dispatcher
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.nn import functional as F
from torch.nn.modules import module as registration
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.weak import WeakIdKeyDictionary

from superb_lite.pretraining.objective import Objective


@dataclass(frozen=True)
class CountedStep:
    """What an optimiser step takes.

    Attributes:
        flops: floating-point operations of matrix products, convolutions and attention in one batch, forward and
            backward, with what checkpointing computes again. Two for each multiplication with addition.
        weights, gradients, state: bytes of parameters and buffers, of their gradients, and of the optimiser.
        activations: bytes at the peak of a batch beside all these, kept for gradients or alive for a moment.
    """

    flops: int
    weights: int
    gradients: int
    state: int
    activations: int

    @property
    def memory(self) -> int:
        """Bytes of a GPU, without what its libraries take."""
        return self.weights + self.gradients + self.state + self.activations


@contextlib.contextmanager
def building_without_memory() -> Iterator[None]:
    """The parameters that modules register have shapes and no numbers (they are on the device meta)."""

    def emptied(module: nn.Module, name: str, parameter: nn.Parameter | None) -> nn.Parameter | None:
        if parameter is None or parameter.is_meta:
            return parameter
        return nn.Parameter(torch.empty_like(parameter, device="meta"), requires_grad=parameter.requires_grad)

    hook = registration.register_module_parameter_registration_hook(emptied)  # type: ignore[arg-type]  # it may return
    try:
        with _StayEmpty():
            yield
    finally:
        hook.remove()


class _StayEmpty(TorchDispatchMode):
    """A parameter without numbers has none on the processor either, where some libraries draw what it starts with."""

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        if function is torch.ops.aten._to_copy.default and args[0].is_meta:
            given = {**given, "device": torch.device("meta")}
        return function(*args, **given)


def count_step(
    objective: Objective, batch: Any, *, lower: torch.dtype | None = None, accumulated: bool = False
) -> CountedStep:
    """A step of an objective that was built without memory; it is of no use afterwards.

    lower: what autocast computes in; None without it. accumulated: gradients of an earlier batch are there.

    Raises what torch raises where a shape depends on what the network computes.
    """
    fake = FakeTensorMode(allow_non_fake_inputs=True)
    _fake_parameters(objective, fake)
    objective.log = lambda *_, **__: None  # type: ignore[method-assign]  # Lightning logs within its own loops alone
    objective.train()
    trained = [parameter for parameter in objective.parameters() if parameter.requires_grad]
    optimizer = objective.make_optimizer()

    def one_batch() -> None:
        with torch.autocast("cpu", lower, enabled=lower is not None):
            loss = objective.training_step(batch, 1)  # not step 0, at which a step may look at its numbers
        loss.backward()

    with _as_on_a_gpu(), _Hybrid(fake) as tracked:
        with FlopCounterMode(display=False) as counter:
            one_batch()
        flops = counter.get_total_flops()
        del counter  # it holds what checkpointing would let go
        gradients = sum(_bytes(p.grad) for p in trained if p.grad is not None)
        if not accumulated:
            optimizer.zero_grad()
        before = tracked.current - (gradients if accumulated else 0)
        tracked.peak = tracked.current
        one_batch()
        activations = max(0, tracked.peak - before - gradients)
        optimizer.step()
    return CountedStep(
        flops=flops,
        weights=sum(map(_bytes, [*objective.parameters(), *objective.buffers()])),
        gradients=gradients,
        state=sum(_bytes(value) for value in tree_leaves(list(optimizer.state.values())) if isinstance(value, Tensor)),
        activations=activations,
    )


def _fake_parameters(module: nn.Module, fake: FakeTensorMode) -> None:
    """Replace parameters by fake ones; those that were one remain one."""
    made: dict[nn.Parameter, nn.Parameter] = {}
    for part in module.modules():
        for name, parameter in part._parameters.items():
            if parameter is not None:
                if parameter not in made:
                    made[parameter] = nn.Parameter(_like(parameter, fake), requires_grad=parameter.requires_grad)
                part._parameters[name] = made[parameter]


def _like(value: Any, fake: FakeTensorMode) -> Any:
    """A fake tensor in the place of another."""
    if not isinstance(value, Tensor) or isinstance(value, FakeTensor):
        return value
    with fake:
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype)


class _Hybrid(TorchDispatchMode):
    """What has a fake argument is computed by shapes, anything else really; `peak` bytes of fake ones live at once."""

    def __init__(self, fake: FakeTensorMode) -> None:
        super().__init__()
        self._fake = fake
        self._seen = WeakIdKeyDictionary()
        self.current = self.peak = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = (args, kwargs or {})
        if not any(isinstance(leaf, FakeTensor) for leaf in tree_leaves(given)):
            return function(*args, **(kwargs or {}))
        if function.overloadpacket in _INDEXED:
            args = (args[0], _places(args[1]), *args[2:])
        args, kwargs = tree_map(functools.partial(_like, fake=self._fake), (args, kwargs or {}))
        with self._fake:
            made = function(*args, **kwargs)
        for leaf in tree_leaves(made):
            if isinstance(leaf, FakeTensor):
                self._hold(leaf.untyped_storage())
        return made

    def _hold(self, storage: Any) -> None:
        if storage in self._seen:
            return
        size = storage.nbytes()
        self._seen[storage] = size
        weakref.finalize(storage, self._release, size)
        self.current += size
        self.peak = max(self.peak, self.current)

    def _release(self, size: int) -> None:
        self.current -= size


_INDEXED = {
    torch.ops.aten.index,
    torch.ops.aten.index_put,
    torch.ops.aten.index_put_,
    torch.ops.aten._index_put_impl_,
    torch.ops.aten._unsafe_index,
    torch.ops.aten._unsafe_index_put,
}


def _places(indices: Any) -> list[Any]:
    """Indices with real masks as the numbers of the places that they choose, which are as many as they really are."""
    found: list[Any] = []
    for index in indices:
        real = isinstance(index, Tensor) and not isinstance(index, FakeTensor) and index.dtype == torch.bool
        found += list(index.nonzero().unbind(1)) if real else [index]
    return found


_SINGLE = (
    *("layer_norm", "group_norm", "softmax", "log_softmax", "cosine_similarity", "cross_entropy", "nll_loss"),
    *("mse_loss", "l1_loss", "smooth_l1_loss", "binary_cross_entropy_with_logits"),
)
"""What autocast computes in float32 on a GPU, and not all of it on the processor."""


@contextlib.contextmanager
def _as_on_a_gpu() -> Iterator[None]:
    """Types are those of a GPU, and attention is the kernel that GPUs have for any mask, which keeps no matrix of
    weights. Recurrent layers are taken apart."""
    attention = F.scaled_dot_product_attention
    before = {name: getattr(F, name) for name in _SINGLE}
    F.scaled_dot_product_attention = functools.partial(_attention, attention)
    for name, function in before.items():
        setattr(F, name, functools.partial(_in_single, function))
    try:
        with enable_python_dispatcher():
            yield
    finally:
        F.scaled_dot_product_attention = attention
        for name, function in before.items():
            setattr(F, name, function)


def _in_single(function: Callable[..., Tensor], *args: Any, **kwargs: Any) -> Tensor:
    if torch.is_autocast_enabled("cpu"):
        args = tuple(x.float() if isinstance(x, FakeTensor) and x.is_floating_point() else x for x in args)
    return function(*args, **kwargs)


def _attention(
    usual: Callable[..., Tensor],
    q: Tensor,
    k: Tensor,
    v: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    **more: Any,
) -> Tensor:
    if q.ndim != 4 or more.get("enable_gqa") or not isinstance(q, FakeTensor):
        return usual(q, k, v, attn_mask, dropout_p, is_causal, scale=scale, **more)
    bias = attn_mask
    if bias is not None:
        if bias.dtype == torch.bool:
            bias = torch.zeros_like(bias, dtype=q.dtype).masked_fill(~bias, float("-inf"))
        bias = bias.to(q.dtype).expand(*q.shape[:3], k.shape[2])
    made: Tensor = torch.ops.aten._scaled_dot_product_efficient_attention(
        q, k.to(q.dtype), v.to(q.dtype), bias, q.requires_grad, dropout_p, is_causal, scale=scale
    )[0]
    return made


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()
