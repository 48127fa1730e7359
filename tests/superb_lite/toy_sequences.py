"""Made-up tasks for forms that read sequences, with features that say the label. See `toy_tasks` for items and encoder.

A document is a text in which "<" begins and ">" ends the answer; `PairEncoder` reads it character by character.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.tasks.labels import Answer, Diarization, Example, TaskData, Turn
from superb_lite.tasks.task import Task
from tests.superb_lite.toy_tasks import one_hot

METRIC = {"span": "exact_match", "transcribe": "per", "diarize": "der"}
CHARACTERS = "?abcdefgh<>"


class PairEncoder(Encoder):
    """Reads (question, document) jointly: each row holds the question and a window of the document, between two special
    positions that the mask leaves out. Windows overlap by half. One layer, one-hot characters under a trainable map."""

    modality: ClassVar[str | None] = "toy"
    pairs: ClassVar[bool] = True

    def __init__(self, window: int = 12) -> None:
        super().__init__()
        self.window = window
        self.map = nn.Linear(len(CHARACTERS), len(CHARACTERS))
        with torch.no_grad():
            self.map.weight.copy_(torch.eye(len(CHARACTERS)))
            self.map.bias.zero_()

    def config(self) -> dict[str, Any]:
        return {"window": self.window}

    def length(self, item):
        return len(item[1])

    def collate(self, items):
        rows = [
            (number, question, document[start : start + self.window], start)
            for number, (question, document) in enumerate(items)
            for start in range(0, max(1, len(document) - self.window // 2), self.window // 2)
        ]
        width = 2 + max(len(question) + len(text) for _, question, text, _ in rows)
        places = np.zeros((len(rows), width, 4), dtype=np.int64)  # code, start, mask, segment
        for row, (_, question, text, start) in enumerate(rows):
            for t, character in enumerate(question + text, start=1):
                second = t > len(question)
                at = start + t - 1 - len(question) if second else t - 1
                places[row, t] = CHARACTERS.index(character), at, True, second
        code, at, mask, segment = torch.from_numpy(places).unbind(dim=-1)
        item = torch.tensor([number for number, *_ in rows])
        spans = torch.stack([at, at + 1], dim=-1)
        return {"code": code, "mask": mask.bool(), "spans": spans, "segment": segment, "item": item}

    def forward(self, batch):
        layer = self.map(torch.nn.functional.one_hot(batch["code"], len(CHARACTERS)).float())
        return Features((layer,), batch["mask"], batch["item"], spans=batch["spans"], segment=batch["segment"])


def span_example(key, rng, shuffle):
    length = int(rng.integers(10, 30))
    start, size = int(rng.integers(0, length - 5)), int(rng.integers(2, 6))
    text = [CHARACTERS[i] for i in rng.integers(1, 9, length)]
    text[start], text[start + size - 1] = "<", ">"
    document = "".join(text)
    if shuffle:
        size = int(rng.integers(2, 6))
        start = int(rng.integers(0, length - size))
    return ("??", document), Example(key, (key,), (Answer(start, start + size, document[start : start + size]),))


def transcribe_example(key, rng, shuffle, copies):
    """Each symbol for two positions, so that equal ones in a row need a blank: position-wise class 2 says "none"."""
    symbols = [int(s) for s in rng.integers(0, 2, 2 + int(rng.integers(0, 3)))]
    shown = [int(s) for s in rng.integers(0, 2, len(symbols))] if shuffle else symbols
    item = one_hot([c for s in shown for c in (s, s, 2)], scale=1.0, noise=0.0, rng=rng, copies=copies)
    return item, Example(key, (key,), tuple(symbols))


def diarize_example(key, rng, shuffle, copies):
    """Feature n of a position says whether a speaker talks there; which one it is differs from example to example."""
    units = int(rng.integers(5, 9))
    active = rng.random((units, 2)) < 0.5
    active[0], active[1] = (True, False), (False, True)
    shown = rng.random((units, 2)) < 0.5 if shuffle else active
    names = rng.permutation(2)
    turns = [Turn(2 * int(t), 2 * int(t) + 2, int(names[s])) for t, s in zip(*np.nonzero(active), strict=True)]
    item = np.tile(np.concatenate([shown, np.ones((units, 1))], axis=1), copies).astype(np.float32)
    return item, Example(key, (key,), Diarization(2, 2 * units, tuple(turns)))


def sequence_data(kind, *, train=60, test=40, seed=0, shuffle=False, copies=8):
    rng = np.random.default_rng(seed)
    items, parts = {}, {}
    for part, size in (("train", train), ("test", test)):
        examples = []
        for i in range(size):
            key = f"{part}-{i}"
            if kind == "span":
                items[key], example = span_example(key, rng, shuffle)
            elif kind == "transcribe":
                items[key], example = transcribe_example(key, rng, shuffle, copies)
            else:
                items[key], example = diarize_example(key, rng, shuffle, copies)
            examples.append(example)
        parts[part] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


def sequence_task(kind, data=None, **changes) -> Task:
    data = data or sequence_data(kind, **changes)
    return Task(f"toy/{kind}", 1, "toy", kind, (METRIC[kind],), ("a", "b"), lambda root: data)
