"""What an encoder returns is refused by the name of the field that is wrong."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from superb_lite import Example, SuperbLiteError, Task, TaskData, TaskSet, Unit
from superb_lite.encoders.encoder import Features
from superb_lite.features.data_checks import check_data
from superb_lite.features.feature_checks import check_batch, check_features

B, T, D = 3, 4, 5
START = torch.arange(T)
SOUND = Features(
    layers=(torch.zeros(B, T, D), torch.zeros(B, T, D + 1)),
    mask=torch.ones(B, T, dtype=torch.bool),
    item=torch.arange(B),
    spans=torch.stack([START, START + 1], dim=1).expand(B, -1, -1),
)


def test_sound_features_pass() -> None:
    check_features(SOUND, B, "e")
    check_features(dataclasses.replace(SOUND, spans=None, summary=torch.zeros(B, 7)), B, "e")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layers": ()}, "layers must be a tuple"),
        ({"layers": [torch.zeros(B, T, D)]}, "layers must be a tuple"),
        ({"layers": (torch.zeros(B, D),)}, r"layer 0 has shape \(3, 5\): it must be \(B, T, D\)"),
        ({"layers": (torch.zeros(B, T, D), torch.zeros(T, B, D))}, "layer 1 has shape"),
        ({"mask": torch.ones(B, T)}, "the mask of layer 0 is torch.float32"),
        ({"mask": torch.ones(B, T - 1, dtype=torch.bool)}, "the mask of layer 0"),
        ({"item": torch.arange(B) + 1}, "item must hold"),
        ({"item": torch.arange(B - 1)}, "layer 0 has shape"),
        ({"item": torch.arange(B).float()}, "item must hold"),
        ({"spans": torch.zeros(T, 2, dtype=torch.long)}, "the spans of layer 0"),
        ({"spans": torch.zeros(B, T - 1, 2, dtype=torch.long)}, "the spans of layer 0"),
        ({"spans": torch.zeros(B, T, 4, dtype=torch.long)}, r"they must be \(B, T, 2\)"),
        ({"spans": torch.zeros(B, T, 2)}, "whole characters or samples"),
        ({"spans": torch.zeros(B, T, 2, dtype=torch.long)}, "empty span"),
        ({"summary": torch.zeros(B)}, "summary has shape"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words):
        check_features(dataclasses.replace(SOUND, **change), B, "e")


def test_what_is_not_features_at_all() -> None:
    with pytest.raises(SuperbLiteError, match="forward returned Tensor, not Features"):
        check_features(torch.zeros(1), B, "e")
    with pytest.raises(SuperbLiteError, match="collate must return a dictionary"):
        check_batch([torch.zeros(1)], "e")


def tagging(unit: Unit) -> None:
    task = Task(
        name="t/x",
        version=1,
        modality="made-up",
        form="tag",
        metrics=("unit_accuracy",),
        labels=("a", "b"),
        load=lambda root: TaskData({}, (), ()),
    )
    examples = (Example("e", ("i",), (unit, Unit(0, 1, 1))),)
    other = (Example("f", ("i",), (Unit(0, 1, 0), Unit(1, 2, 1))),)
    check_data(task, TaskData({"i": np.zeros(10, np.float32)}, other, examples))


def test_units_lie_in_their_item() -> None:
    tagging(Unit(9, 10, 0))
    with pytest.raises(SuperbLiteError, match=r"unit that ends at 11, after its item \(10\)"):
        tagging(Unit(9, 11, 0))
    with pytest.raises(SuperbLiteError, match=r"the empty unit \[3, 3\)"):
        tagging(Unit(3, 3, 0))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"labels": ("a", "a")}, "different names"),
        ({"labels": "ab"}, "labels must be a tuple"),
        ({"metrics": ()}, "at least one name"),
        ({"budget": 0}, "too small"),
    ],
)
def test_a_task_that_makes_no_sense_cannot_be_written(change: dict[str, Any], words: str) -> None:
    task = Task("t/x", 1, "made-up", "classify", ("accuracy",), ("a", "b"), lambda root: TaskData({}, (), ()))
    with pytest.raises(SuperbLiteError, match=words):
        dataclasses.replace(task, **change)
    with pytest.raises(SuperbLiteError, match="two tasks of one name"):
        TaskSet("t", (task, task))
