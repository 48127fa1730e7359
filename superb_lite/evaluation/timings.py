"""Timings: where the time of an evaluation goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings(dict[str, float]):
    """Seconds by phase: "data", "cost", "encoder", "heads", "scores"."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add what happens inside to one phase."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self[name] = self.get(name, 0.0) + time.perf_counter() - started
