"""What is wrong with the data of a task is found, and named, before an evaluation starts on it."""

from __future__ import annotations

import itertools
from collections import ChainMap
from collections.abc import Iterable, MutableMapping, Sequence
from typing import cast

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.forms import form_of
from superb_lite.tasks.item_hashes import ItemHashes
from superb_lite.tasks.labels import Example, Item, TaskData
from superb_lite.tasks.task import Task


def check_data(task: Task, data: TaskData) -> None:
    """Refuse data that no evaluation should start on, naming the example. Raises `SuperbLiteError`."""
    check_all([(task, data)])


def check_all(tasks: Iterable[tuple[Task, TaskData]]) -> None:
    """`check_data` for several tasks; what was checked before is not checked again.

    Items are read one at a time, and each of them once for all tasks that share a mapping. Their hashes are computed
    on the way, so that neither `TaskData.content_hash` nor the feature store need read them for that.
    """
    unchecked = [(task, data) for task, data in tasks if task not in data.checked]
    for task, data in unchecked:
        _check_examples(task, data)
    by_mapping: dict[int, list[tuple[Task, TaskData]]] = {}
    for task, data in unchecked:
        by_mapping.setdefault(id(data.items), []).append((task, data))
    for sharing in by_mapping.values():
        _check_items(sharing[0][1].hashes, sharing)
    for task, data in unchecked:
        if not data.test:
            raise SuperbLiteError(f"task '{task.name}' has no test examples")
        form_of(task).check_splits(task, data)
        data.checked.add(task)


def _check_examples(task: Task, data: TaskData) -> None:
    """What can be told of examples without reading an item."""
    form = form_of(task)
    seen: set[str] = set()
    for example in (*data.train, *data.validation, *data.test):
        if example.id in seen:
            raise SuperbLiteError(f"task '{task.name}': the example id '{example.id}' stands for two examples")
        seen.add(example.id)
        for key in example.items:
            if key not in data.items:
                raise SuperbLiteError(f"task '{task.name}': example '{example.id}' names the missing item '{key}'")
        if len(example.items) not in form.arity:
            arity = " to ".join(str(n) for n in sorted({min(form.arity), max(form.arity)}))
            raise SuperbLiteError(
                f"task '{task.name}': example '{example.id}' has {len(example.items)} items: form '{form.name}' takes "
                f"{arity}"
            )


def _check_items(hashes: ItemHashes, sharing: Sequence[tuple[Task, TaskData]]) -> None:
    """Read every item of a mapping once: check it, hash it, and check the labels of examples that it comes first in."""
    items = cast(MutableMapping[str, Item], hashes.items)
    examples: dict[str, list[tuple[Task, Example]]] = {}
    for task, data in sharing:
        for example in (*data.train, *data.validation, *data.test):
            examples.setdefault(example.items[0], []).append((task, example))
    names = {task.modality for task, _ in sharing}
    if names <= hashes.checked:
        for task, example in itertools.chain.from_iterable(examples.values()):
            form_of(task).check(example, task, items)
        return
    modalities = [m for name, m in plugins.modalities().items() if name in names - hashes.checked]
    for key, item in items.items():
        for modality in modalities:
            modality.check_item(key, item)
        hashes.add(key, item)
        for task, example in examples.get(key, ()):
            form_of(task).check(example, task, ChainMap({key: item}, items))
    hashes.checked |= names
