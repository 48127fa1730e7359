"""Embeddings of all processes in one tensor, through which gradients flow back to each of them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist


def gather(x: Tensor) -> Tensor:
    """(N, D) of this process -> (processes * N, D) of all, in the order of their ranks; x itself in one process.

    A loss computed on the result is the same in every process. The gradients of all copies are added up, and
    DistributedDataParallel divides by their number, so that weights get the gradient of one process on the joint batch.
    Every process must bring equally many rows.
    """
    if not dist.is_available() or not dist.is_initialized() or dist.get_world_size() == 1:
        return x
    gathered: Tensor = _Gather.apply(x)
    return gathered


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        parts = [torch.empty_like(x) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, x.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].contiguous().clone()
        dist.all_reduce(total)
        return total.chunk(dist.get_world_size())[dist.get_rank()]
