"""A dozen raw items of different sizes, of the tasks of a modality."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from superb_lite import plugins
from superb_lite.errors import BadItemError, SuperbLiteError

COUNT = 12
LOOKED_AT = 200
"""Test examples of the first task whose items are looked at."""

STRETCH, LONGEST = 8, 400_000
"""How often the longest item is repeated to see whether it is cut, and the most characters or samples that make one."""


def size_of(item: Any) -> int | None:
    """How long a raw item is in characters, samples or rows; None where its units are not counted along one axis."""
    if isinstance(item, str):
        return len(item)
    if isinstance(item, np.ndarray) and item.ndim in (1, 2) and item.dtype.kind == "f":
        return len(item)
    return None


def sample_items(modality: str, *, root: Path | None = None) -> dict[str, Any]:
    """Test items of the first task of a modality with single items: the shortest, the longest and some between.

    Raises `SuperbLiteError` where no task of the modality is at hand.
    """
    tasks = plugins.embedded_tasks(modality)
    for task in tasks:
        data = task.data(root)
        keys = [example.items[0] for example in data.test[:LOOKED_AT] if len(example.items) == 1]
        items = {key: data.items[key] for key in dict.fromkeys(keys)}
        if items:
            order = sorted(items, key=lambda key: size_of(items[key]) or 0)
            places = np.linspace(0, len(order) - 1, min(COUNT, len(order))).round().astype(int)
            return {order[place]: items[order[place]] for place in places}
    raise SuperbLiteError(
        f"no task of the modality '{modality}' is at hand: give raw items (items={{name: item, ...}})"
    )


def is_item(modality: str | None, item: Any) -> bool:
    """Whether a modality takes an item; one that is not registered takes anything."""
    if modality is None or modality not in plugins.modalities():
        return True
    try:
        plugins.modality(modality).check_item("made up", item)
    except BadItemError:
        return False
    return True


def stretched(items: Mapping[str, Any]) -> Any | None:
    """The longest item several times over; None where items have no length, or it would be too long."""
    longest = max(items.values(), key=lambda item: size_of(item) or 0)
    size = size_of(longest)
    if not size or size * STRETCH > LONGEST:
        return None
    return longest * STRETCH if isinstance(longest, str) else np.concatenate([longest] * STRETCH)
