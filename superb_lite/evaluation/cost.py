"""What an encoder costs, measured on test items: parameters, FLOPs, speed and memory."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Mapping, Sequence

import torch

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.parameters import parameter_count
from superb_lite.evaluation.memory import PeakMemory
from superb_lite.evaluation.operations import operations
from superb_lite.features.batches import to_device
from superb_lite.heads.problem import Problem
from superb_lite.machine import device_name
from superb_lite.results.cost import Cost
from superb_lite.seeds import random_states_kept
from superb_lite.tasks.item_hashes import Item

SAMPLE = 64
"""Test items among which that of median length is looked for."""

SECONDS = 0.2
"""How long batches are timed, and about how long one of them may take."""


class CostMeter:
    """Measures one encoder. What does not depend on items, speed and memory are measured once, at the first task.

    The encoder's features and the states of all random generators stay what they are. An encoder that cannot be
    measured has no cost; that is never an error.

    Args:
        encoder: in evaluation mode, on the device that counts.
        batch_size: the largest batch that is timed.
    """

    def __init__(self, encoder: Encoder, batch_size: int) -> None:
        self.encoder = encoder
        self.batch_size = batch_size
        self._once: Cost | None = None

    def measure(self, problem: Problem, items: Mapping[str, Item]) -> Cost:
        """The cost of a task's items. items: those of the problem, wherever they are read."""
        with random_states_kept(self.encoder.device), torch.no_grad(), contextlib.suppress(Exception):
            sample = self._by_length(problem, items)
            typical = sample[len(sample) // 2]
            counted, known = operations(self.encoder, lambda: self._run([typical])), self.parameters is not None
            if self._once is None:
                self._once = self._of_batches(sample, counted.parameters if counted and known else None)
            return self._once.model_copy(
                update={"flops": counted.flops if counted and (known or counted.flops) else None}
            )
        return self._once or Cost(parameters=self.parameters)

    @functools.cached_property
    def parameters(self) -> int | None:
        """None of somebody's own code without any: what it computes with is not seen from outside."""
        count = parameter_count(self.encoder)
        return count if count or self.encoder.code == "" else None

    def _by_length(self, problem: Problem, items: Mapping[str, Item]) -> list[Item]:
        """Test items, evenly drawn and ordered by length."""
        keys = list(dict.fromkeys(key for example in problem.test for key in example.items))
        drawn = [items[key] for key in keys[:: -(-len(keys) // SAMPLE)]]
        return sorted(drawn, key=self.encoder.length)

    def _run(self, items: Sequence[Item]) -> None:
        self.encoder(to_device(self.encoder.collate(items), self.encoder.device))

    def _of_batches(self, sample: Sequence[Item], active: int | None) -> Cost:
        """Everything but FLOPs, of the items around the middle of a sample that is ordered by length."""
        alone = self._timed([sample[len(sample) // 2]])
        size = max(1, min(self.batch_size, int(SECONDS / alone)))
        first = (len(sample) - size) // 2
        batch = [sample[(first + number) % len(sample)] for number in range(size)]
        device = self.encoder.device
        with PeakMemory(device) as memory:
            best = self._timed(batch)
        ends = time.perf_counter() + SECONDS
        while time.perf_counter() < ends:
            best = min(best, self._timed(batch))
        weights = sum(tensor.nbytes for tensor in (*self.encoder.parameters(), *self.encoder.buffers()))
        return Cost(
            parameters=self.parameters,
            active_parameters=active,
            items_per_second=size / best,
            batch_size=size,
            peak_memory=None if memory.grown is None else weights + memory.grown,
            device=device_name(device)[:100],
            threads=torch.get_num_threads() if device.type == "cpu" else None,
        )

    def _timed(self, items: Sequence[Item]) -> float:
        _synchronize(self.encoder.device)
        started = time.perf_counter()
        self._run(items)
        _synchronize(self.encoder.device)
        return max(time.perf_counter() - started, 1e-9)


def _synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
