"""Seeds: randomness that depends on what is said, and on nothing else."""

from __future__ import annotations

import hashlib


def step_seed(seed: int, step: int) -> int:
    """A 63-bit seed for one training step, so that randomness depends on (seed, step) and on nothing else."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{step}".encode()).digest()[:8], "little") >> 1
