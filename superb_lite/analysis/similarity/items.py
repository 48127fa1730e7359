"""What encoders are compared on: the items of a task, or items of several modalities that belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, counted
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import View
from superb_lite.tasks.item_hashes import item_hash
from superb_lite.tasks.labels import Item
from superb_lite.tasks.task import Task

Paired = Mapping[str, Sequence[Item]]
"""By modality items that belong together: the i-th of each."""


def items_of_task(task: Task, number: int, root: Path | None = None) -> Paired:
    """At most `number` different items of the test examples of a task, drawn in the same order every time."""
    data = task.data(root)
    keys = list(dict.fromkeys(key for example in data.test for key in example.items))
    found: dict[str, Item] = {}
    for place in np.random.default_rng(0).permutation(len(keys)):
        item = data.items[keys[place]]
        found.setdefault(item_hash(item), item)
        if len(found) == number:
            break
    return {task.modality: list(found.values())}


def first_items(paired: Paired, number: int, fewest: int) -> Paired:
    """The first `number` of each modality. Raises `SuperbLiteError` where there are fewer than `fewest`."""
    found = {modality: items[:number] for modality, items in paired.items()}
    count = min(map(len, found.values()))
    if count < fewest:
        raise SuperbLiteError(f"there are only {counted(count, 'item')} to compare on: at least {fewest} are needed")
    return found


def layer_vectors(
    encoder: Encoder,
    items: Sequence[Item],
    *,
    name: str,
    batch_size: int = 32,
    feature_dir: Path | None = None,
    progress: Progress | None = None,
) -> list[NDArray[np.float64]]:
    """For each layer the (n, D) mean vectors of items, the input embedding first."""
    store = FeatureStore(encoder, feature_dir, name=name, batch_size=batch_size)
    known = {str(number): item for number, item in enumerate(items)}
    table = store.table({key: ItemView(known, key, View("mean")) for key in known}, progress)
    return [table.stack(list(known), layer).double().numpy() for layer in range(table.depth)]
