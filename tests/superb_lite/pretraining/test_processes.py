"""NT-Xent over two processes (gloo) is NT-Xent of one process on the joint batch, gradients included."""

import os
import tempfile
from pathlib import Path

import torch
from torch import distributed as dist
from torch import multiprocessing, nn
from torch.nn.parallel import DistributedDataParallel

from superb_lite.pretraining.processes import gather
from superb_lite_image.nt_xent import nt_xent

PROCESSES, IMAGES = 2, 6


def made():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(7, 9), nn.Tanh(), nn.Linear(9, 5)).double()
    return network, torch.randn(2, IMAGES, 7, dtype=torch.float64)


def step(network, views):
    """Loss of the (2, N, 7) views as a SimCLR step makes it; gradients are left in the weights."""
    first, second = network(views.flatten(0, 1)).chunk(2)
    loss = nt_xent(gather(first), gather(second), temperature=0.2)
    loss.backward()
    return loss.detach()


def one_process(rank, folder):
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=PROCESSES)
    network, views = made()
    share = IMAGES // PROCESSES
    loss = step(DistributedDataParallel(network), views[:, rank * share : (rank + 1) * share])
    torch.save([loss, *(p.grad for p in network.parameters())], Path(folder) / f"{rank}.pt")
    dist.barrier()
    # Taking the group down races with the other process over the file where they met, and now and then aborts.
    os._exit(0)


def test_two_processes_equal_one_on_the_joint_batch():
    network, views = made()
    loss = step(network, views)
    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(one_process, args=(folder,), nprocs=PROCESSES)
        found = [torch.load(Path(folder) / f"{rank}.pt", weights_only=True) for rank in range(PROCESSES)]
    for other, *gradients in found:
        torch.testing.assert_close(other, loss, atol=1e-6, rtol=0)
        for gradient, parameter in zip(gradients, network.parameters(), strict=True):
            torch.testing.assert_close(gradient, parameter.grad, atol=1e-6, rtol=0)


def test_in_one_process_nothing_is_done():
    x = torch.randn(3, 2)
    assert gather(x) is x
