"""What several processes of one run compute together: means over all of them, and rows of all of them.

Every function is the identity in one process, to the last bit.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist


def count_processes() -> int:
    """How many processes train together; 1 where torch knows of no others."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def joint_mean(mean: Tensor, count: Tensor) -> Tensor:
    """The part of this process in a mean over the numbers of all processes.

    mean: a scalar, of so many numbers of this process. count: () integers.

    The mean of means is not the mean where the counts differ. The means over processes of what is returned, and of its
    gradients, which DistributedDataParallel takes, are those of all numbers. A process without numbers has the part 0.
    """
    processes = count_processes()
    if processes == 1:
        return mean
    total = joint_sum(count)
    share = count.to(mean.dtype) * processes / total.clamp(min=1)
    return torch.where(count > 0, mean, 0.0) * share


def joint_sum(number: Tensor) -> Tensor:
    """The sum over processes of a number that no gradient flows through."""
    total = number.detach().clone()
    if count_processes() > 1:
        dist.all_reduce(total)
    return total


def gather(x: Tensor) -> Tensor:
    """(N, ...) of this process -> (processes * N, ...) of all, in the order of their ranks; x itself in one process.

    A loss computed on the result is the same in every process. The gradients of all copies are added up, and
    DistributedDataParallel divides by their number, so that weights get the gradient of one process on the joint batch.
    Every process must bring equally many rows.
    """
    if count_processes() == 1:
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
