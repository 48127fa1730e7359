"""What an encoder costs, measured on test items: parameters, FLOPs, speed and memory."""

from __future__ import annotations

import contextlib
import functools
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from superb_lite.encoders.encoder import Encoder
from superb_lite.features.batches import to_device
from superb_lite.heads.problem import Problem
from superb_lite.machine import device_name
from superb_lite.results.cost import Cost
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
        with _random_states_kept(), torch.no_grad(), contextlib.suppress(Exception):
            sample = self._by_length(problem, items)
            flops, active = self._counted(sample[len(sample) // 2])
            if self._once is None:
                self._once = self._of_batches(sample, active)
            return self._once.model_copy(update={"flops": flops})
        return self._once or Cost()

    @functools.cached_property
    def parameters(self) -> int | None:
        """None of somebody's own code without any: what it computes with is not seen from outside."""
        count = sum(parameter.numel() for parameter in self.encoder.parameters())
        return count if count or self.encoder.code == "" else None

    def _by_length(self, problem: Problem, items: Mapping[str, Item]) -> list[Item]:
        """Test items, evenly drawn and ordered by length."""
        keys = list(dict.fromkeys(key for example in problem.test for key in example.items))
        drawn = [items[key] for key in keys[:: max(1, len(keys) // SAMPLE)]]
        return sorted(drawn, key=self.encoder.length)

    def _run(self, items: Sequence[Item]) -> None:
        self.encoder(to_device(self.encoder.collate(items), self.encoder.device))

    def _counted(self, item: Item) -> tuple[int | None, int | None]:
        """FLOPs of one item, and the parameters that it is computed with."""
        counter, used = FlopCounterMode(display=False, custom_mapping=_ON_THE_CPU), _UsedParameters(self.encoder)
        try:
            with counter, used:
                self._run([item])
        except Exception:  # code that no dispatch mode can follow
            return None, None
        flops, known = counter.get_total_flops(), self.parameters is not None
        return flops if flops or known else None, used.count if known else None

    def _of_batches(self, sample: Sequence[Item], active: int | None) -> Cost:
        """Everything but FLOPs, of the items around the middle of a sample that is ordered by length."""
        alone = self._timed([sample[len(sample) // 2]])
        size = max(1, min(self.batch_size, int(SECONDS / alone)))
        first = (len(sample) - size) // 2
        batch = [sample[(first + number) % len(sample)] for number in range(size)]
        device = self.encoder.device
        with _PeakMemory(device) as memory:
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


class _UsedParameters(TorchDispatchMode):
    """Counts the parameters that operations read, but for those in which rows are only looked up."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self._sizes = {_storage(parameter): parameter.numel() for parameter in encoder.parameters()}
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


class _PeakMemory:
    """The bytes by which memory grows inside, at its peak; `grown` is None where the system does not say."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.grown: int | None = None

    def __enter__(self) -> _PeakMemory:
        if self._device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self._device)
            self._before: int | None = torch.cuda.memory_allocated(self._device)
        else:
            self._before = _resident("VmRSS") if self._device.type == "cpu" and _reset_peak() else None
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            on_gpu = self._device.type == "cuda"
            peak = torch.cuda.max_memory_allocated(self._device) if on_gpu else _resident("VmHWM")
            self.grown = None if peak is None else max(0, peak - self._before)


def _reset_peak() -> bool:
    """Forget the largest resident memory of this process so far (Linux, man 5 proc, /proc/pid/clear_refs)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _resident(entry: str) -> int | None:
    """Bytes of VmRSS (now) or VmHWM (at most)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(f"{entry}:")), None)


def _synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


@contextlib.contextmanager
def _random_states_kept() -> Iterator[None]:
    """Inside, whatever draws random numbers changes nothing outside."""
    of_python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - somebody's code may draw there
    try:
        with torch.random.fork_rng():
            yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)  # noqa: NPY002
