"""What is asked of a task's data: ids, items, labels, parts, and that it is the same each time."""

from __future__ import annotations

from superb_lite.errors import SuperbLiteError
from superb_lite.imports import resolve
from superb_lite.tasks.labels import Example, members_of
from superb_lite.testing.check import Check, Skipped
from superb_lite.testing.other_process import hash_elsewhere
from superb_lite.testing.task_case import TaskCase

SEEDS = 3
"""Evaluation seeds whose labels are drawn."""


def _loaded(case: TaskCase) -> str | None:
    return case.loaded if isinstance(case.loaded, str) else None


def _ids(case: TaskCase) -> str | None:
    return None if case.duplicate is None else f"the example id '{case.duplicate}' stands for two examples"


def _items(case: TaskCase) -> str | None:
    return None if case.lost is None else f"example '{case.lost[0]}' names the missing item '{case.lost[1]}'"


def _labels(case: TaskCase) -> str | None:
    if case.duplicate is not None or case.lost is not None or case.misfit is not None:
        raise Skipped("ids, items or the form are wrong: see their checks")
    return case.fault


def _need_items(case: TaskCase) -> None:
    if case.lost is not None:
        raise Skipped("an item is missing: see items-exist")


def _contents(case: TaskCase, example: Example) -> tuple[str, ...]:
    """What an example is made of, made plain: one item by itself, several together, in any order."""
    return tuple(sorted(case.plain(item) for item in example.items))


def _apart(case: TaskCase) -> str | None:
    _need_items(case)
    known = {_contents(case, example) for example in (*case.data.train, *case.data.validation)}
    again = [example.id for example in case.data.test if _contents(case, example) in known]
    return f"{len(again)} test examples are among the labelled ones, the first '{again[0]}'" if again else None


def _clusters(case: TaskCase) -> str | None:
    labelled = {name for e in (*case.data.train, *case.data.validation) for name in _members(e)}
    shared = [name for e in case.data.test for name in _members(e) if name in labelled]
    if not shared:
        return None
    return f"{len(set(shared))} clusters of the test are among the labelled ones, the first '{shared[0]}'"


def _members(example: Example) -> tuple[str, ...]:
    if isinstance(example.cluster, tuple):
        return example.cluster
    return members_of(example.cluster) if example.cluster else ()


def _drawn(case: TaskCase) -> str | None:
    case.need_sound()
    for seed in range(SEEDS):
        try:
            train, validation = case.task.train(seed, case.options.root)
        except SuperbLiteError as error:
            return str(error)
        if case.form.trained and not (train and validation):
            return f"evaluation seed {seed} has {len(train)} examples to train and {len(validation)} to validate on"
    return None


def _same(case: TaskCase) -> str | None:
    _need_items(case)
    load, root = case.task.load, case.options.root
    again = (resolve(load) if isinstance(load, str) else load)(root)
    if again.content_hash() != case.data.content_hash():
        return "loaded twice it has other data"
    # Sets of strings have another order in a process of another hash seed.
    if isinstance(load, str) and hash_elsewhere(load, root) != case.data.content_hash():
        return "loaded in another process, of another PYTHONHASHSEED, it has other data"
    return None


CHECKS: tuple[Check, ...] = (
    Check(
        "data-is-loaded",
        "its function `load` returns TaskData",
        "call the function that Task.load names; SUPERB_LITE_DEBUG=1 shows the line",
        _loaded,
        TaskCase,
    ),
    Check(
        "ids-are-unique", "no id stands for two examples", "number them, or put the part into the id", _ids, TaskCase
    ),
    Check(
        "items-exist", "every item that an example names is there", "look the id up in TaskData.items", _items, TaskCase
    ),
    Check(
        "labels-fit-the-form",
        "every item is one of the modality, and every label is one of the form",
        "see docs/evaluation.md for the label of a form",
        _labels,
        TaskCase,
    ),
    Check(
        "loading-is-deterministic",
        "loaded again, also in another process, the data is the same",
        "draw from a seed, and sort what comes out of a set or a folder",
        _same,
        TaskCase,
    ),
    Check(
        "test-is-apart",
        "no test item is among the labelled ones, by content: case, spaces and names hide nothing",
        "split by content, so that duplicates stay on one side",
        _apart,
        TaskCase,
    ),
    Check(
        "clusters-are-apart",
        "no cluster of the test is among the labelled examples",
        "split by cluster: whole speakers, documents, photographs",
        _clusters,
        TaskCase,
    ),
    Check(
        "labels-can-be-drawn",
        "every evaluation seed has its budget of labels to train and to validate on",
        "lower Task.budget, or give more training examples",
        _drawn,
        TaskCase,
    ),
)
"""The checks of a task's data."""
