"""Seeds: randomness that depends on what is said, and on nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def step_seed(seed: int, step: int) -> int:
    """A 63-bit seed for one training step, so that randomness depends on (seed, step) and on nothing else."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{step}".encode()).digest()[:8], "little") >> 1


@contextlib.contextmanager
def random_states_kept(device: torch.device) -> Iterator[None]:
    """Inside, whatever draws random numbers changes nothing outside. device: another one that draws, beside the CPU."""
    import numpy as np  # late: every command imports this file
    import torch

    of_python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - somebody's code may draw there
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)  # noqa: NPY002
