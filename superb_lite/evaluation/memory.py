"""How much memory something takes at most, as far as the system says."""

from __future__ import annotations

from pathlib import Path

import torch


class PeakMemory:
    """The bytes by which memory grows inside, at its peak; `grown` is None where the system does not say."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.grown: int | None = None

    def __enter__(self) -> PeakMemory:
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
