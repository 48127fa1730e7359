"""Muon for the matrices of a network's blocks and AdamW for the rest, as one optimiser."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer


class MuonWithAdamW(Optimizer):
    """`torch.optim.Muon` and `torch.optim.AdamW` with one list of groups and one state.

    So schedules, clipping and saved states treat the two as one.

    Muon moves a matrix by its momentum with all singular values made one (Jordan et al. 2024,
    https://kellerjordan.github.io/posts/muon/).

    Args:
        matrices: (N, M) parameters inside of a network, not embeddings and not output layers.
        others: groups of all other parameters, as AdamW takes them.
        matrix_rate: Muon's learning rate; a matrix that is higher than wide gets it times the root of their ratio.
        rate: AdamW's learning rate.
        weight_decay: of the matrices.
        adam: further arguments of AdamW.

    Raises ValueError for a matrix that has not two dimensions.
    """

    def __init__(
        self,
        matrices: Sequence[Tensor],
        others: Sequence[dict[str, Any]],
        *,
        matrix_rate: float,
        rate: float,
        weight_decay: float,
        adam: Mapping[str, Any] | None = None,
    ) -> None:
        # Neither takes an empty list of parameters.
        muon = [{"params": list(matrices)}] if matrices else []
        rest = [group for group in others if group["params"]]
        self._parts: list[Optimizer] = []
        if muon:
            self._parts.append(Muon(muon, lr=matrix_rate, weight_decay=weight_decay))
        if rest:
            self._parts.append(AdamW(rest, lr=rate, **(adam or {})))
        super().__init__([group for part in self._parts for group in part.param_groups], {})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step of both."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        groups = iter(self.param_groups)
        for part in self._parts:
            # Loading a state replaces groups and state by new objects.
            part.param_groups = [next(groups) for _ in part.param_groups]
            part.state = self.state
            part.step()
        return loss


def muon_with_adamw(
    module: nn.Module,
    inside: nn.Module,
    *,
    matrix_rate: float | None,
    rate: float,
    weight_decay: float,
    outside: Collection[Tensor] = (),
    fast: Sequence[Tensor] = (),
    fast_rate: float = 0.0,
    adam: Mapping[str, Any] | None = None,
) -> Optimizer:
    """Muon for the weights of the linear maps in `inside`, AdamW for all other parameters of `module`.

    matrix_rate: Muon's learning rate; None: AdamW for everything. weight_decay: of parameters with two dimensions or
    more. outside: what AdamW trains although it lies in `inside`, as output layers. fast: parameters that AdamW trains
    with `fast_rate` and without decay. adam: further arguments of AdamW, such as `betas` and `eps`.
    """
    linear: Iterator[Tensor] = (part.weight for part in inside.modules() if isinstance(part, nn.Linear))
    others_too = {id(weight) for weight in outside}
    linear = (weight for weight in linear if id(weight) not in others_too)
    matrices = [weight for weight in linear if weight.requires_grad and matrix_rate is not None]
    own = {id(weight) for weight in (*matrices, *fast)}
    left = [p for p in module.parameters() if p.requires_grad and id(p) not in own]
    others: list[dict[str, Any]] = [
        {"params": [p for p in left if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in left if p.ndim <= 1], "weight_decay": 0.0},
        *([{"params": list(fast), "weight_decay": 0.0, "lr": fast_rate}] if fast else []),
    ]
    if matrix_rate is None:
        return AdamW(others, lr=rate, **(adam or {}))
    return MuonWithAdamW(matrices, others, matrix_rate=matrix_rate, rate=rate, weight_decay=weight_decay, adam=adam)
