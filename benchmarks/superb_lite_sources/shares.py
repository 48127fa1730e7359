"""Order and randomness that follow from texts: what a record gets does not depend on what else there is."""

from __future__ import annotations

import hashlib

import numpy as np


def rank(text: str, salt: str) -> str:
    """What records are sorted by to shuffle them: SHA-256 of the salt and the text, in hexadecimal digits."""
    return hashlib.sha256(f"{salt}/{text}".encode()).hexdigest()


def generator(text: str) -> np.random.Generator:
    """A generator that is seeded with a text."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little"))
