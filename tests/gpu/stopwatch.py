"""Times on a device: kernels run after the host has gone on, so a GPU's times are those of events on its own line."""

from __future__ import annotations

import time
from typing import Any

import torch


class Stopwatch:
    """Moments on the time line of a device.

    Args:
        device: a CUDA device, or one whose work is done when a call returns, such as the CPU.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def now(self) -> Any:
        """The moment at which the device has done all that it was given so far; the host does not wait for it."""
        if self.device.type != "cuda":
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record(torch.cuda.current_stream(self.device))
        return event

    def seconds(self, earlier: Any, later: Any) -> float:
        """The time between two moments, once the device has reached the later one."""
        if self.device.type != "cuda":
            return float(later - earlier)
        later.synchronize()
        return float(earlier.elapsed_time(later)) / 1000.0

    def start_of_peak(self) -> None:
        """Forget how much memory was in use before."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)

    def peak(self) -> int | None:
        """The most memory in bytes that tensors held since `start_of_peak`; None where the device does not count it."""
        return torch.cuda.max_memory_allocated(self.device) if self.device.type == "cuda" else None
