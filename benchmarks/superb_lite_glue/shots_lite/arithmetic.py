"""arithmetic: which of four numbers is the sum?

The four are {n, n + 10, n + u, n + 10 + u}, and the right one is as often one of them as another: whoever sees the
choices alone has a quarter, and so has who knows neither tens nor units; who knows one of them has a half.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import Example, TaskData
from superb_lite_sources.arithmetic import Part, Sum, digits, question, sums

TRAIN, TEST = 1200, 800


def load(root: Path | None) -> TaskData:
    items: dict[str, str] = {}
    return TaskData(items, _examples("train", TRAIN, items), _examples("test", TEST, items))


def _examples(part: Part, size: int, items: dict[str, str]) -> tuple[Example, ...]:
    """Adds their texts to `items`; sums in either order are one cluster."""
    rng = random.Random(f"shots-lite/arithmetic/{part}")
    found = []
    for a, b in rng.sample(sums(part), size):
        choices = rng.sample(_choices((a, b), rng), 4)
        texts = [question(a, b), *(f"{digits(choice)}." for choice in choices)]
        items |= dict(zip(texts, texts, strict=True))
        name = f"{part}-{a}-{b}"
        found.append(Example(name, tuple(texts), choices.index(a + b), cluster=f"{min(a, b)}-{max(a, b)}"))
    return tuple(found)


def _choices(of: Sum, rng: random.Random) -> list[int]:
    """The sum, the sum with other tens, with other units, and with both; the units go up or down within their ten."""
    right = sum(of)
    units = rng.choice([unit for unit in range(10) if unit != right % 10])
    tens = rng.choice((-10, 10))
    other = right - right % 10 + units
    return [right, right + tens, other, other + tens]
