"""Encoders of texts and a task of strings, all tiny."""

from __future__ import annotations

import random

import torch

from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer

CORPUS = ["the quick brown fox jumps over the lazy dog, 12 times", "你好 世界", "we told them a tale of hens"] * 5
SPECIFICATION = train_tokenizer(CORPUS)


def tiny_bert(seed: int = 0) -> BertEncoder:
    """Drawn, and said to be pretrained."""
    torch.manual_seed(seed)
    made = BertEncoder(SPECIFICATION, layers=1, width=16, heads=2, hidden=16, max_length=24)
    made.pretraining = {"objective": "text-bert", "seed": seed}
    return made.eval()


def strings_task(name: str = "toy/strings", *, item=None, letters: str = "ACGT") -> Task:
    """Does a string have more of the first letter than of the second? item: takes the place of the first item."""
    draw = random.Random(letters)
    items, parts = {}, {"train": [], "test": []}
    for number in range(60):
        text = "".join(draw.choices(letters, k=9))
        items[f"s{number}"] = text
        label = int(text.count(letters[0]) > text.count(letters[1]))
        parts["train" if number < 40 else "test"].append(Example(f"s{number}", (f"s{number}",), label))
    if item is not None:
        items["s0"] = item
    data = TaskData(items, tuple(parts["train"]), tuple(parts["test"]))
    return Task(
        name=name,
        version=1,
        modality="bits",
        form="classify",
        metrics=("accuracy",),
        labels=("fewer", "more"),
        load=lambda root: data,
    )
