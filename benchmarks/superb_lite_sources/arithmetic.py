"""Sums of two-digit numbers (Brown et al. 2020, GPT-3, section 3.9.1), those that are tested and those that a corpus
may show.

Digits stand apart, so that every tokeniser reads one digit at a time: where numbers are cut at other places from one
to the next, small models hardly learn to add (Nogueira et al. 2021, arXiv:2102.13019, section 3).
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import random
from typing import Literal

Part = Literal["train", "test"]
Sum = tuple[int, int]
"""What is added."""

NUMBERS = range(10, 100)
TESTED = 5
"""One in so many sums is tested, together with the one in the other order."""
TOGETHER = 8
"""Sums in a document of the corpus, at most."""
SOURCE = "sums"
"""What checkpoints and tasks call this source."""


@functools.cache
def sums(part: Part) -> tuple[Sum, ...]:
    """All ordered pairs of a part; a + b and b + a are in the same one."""
    pairs = ((a, b) for a in NUMBERS for b in NUMBERS)
    return tuple(pair for pair in pairs if _tested(*pair) == (part == "test"))


def _tested(a: int, b: int) -> bool:
    digest = hashlib.sha256(f"{min(a, b)} + {max(a, b)}".encode()).digest()
    return digest[0] % TESTED == 0


def question(a: int, b: int) -> str:
    """ "3 4 + 1 2 =" """
    return f"{digits(a)} + {digits(b)} ="


def digits(number: int) -> str:
    """ "4 6" """
    return " ".join(str(number))


def documents(count: int, seed: int = 0) -> tuple[str, ...]:
    """`count` sums of the training part, written out, several in a document; all of them before one comes again."""
    rng = random.Random(f"sums/{seed}")
    drawn: list[Sum] = []
    while len(drawn) < count:
        drawn += rng.sample(sums("train"), len(sums("train")))
    written = iter(f"{question(a, b)} {digits(a + b)}." for a, b in drawn[:count])
    found = []
    while part := list(itertools.islice(written, rng.randint(1, TOGETHER))):
        found.append(" ".join(part))
    return tuple(found)
