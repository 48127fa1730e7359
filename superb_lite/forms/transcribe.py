"""transcribe: the sequence of symbols in an item, by connectionist temporal classification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from superb_lite.forms.base import POSITIONS, Constant, Positions, SequenceForm, View
from superb_lite.metrics import Prediction
from superb_lite.metrics.base import index
from superb_lite.tasks.labels import Example, Item, TaskData
from superb_lite.tasks.task import Task

CONSTANT_LABELS = 20
"""So many labels of training are tried as the answer to everything."""


class Transcribe(SequenceForm):
    """CTC over positions (Graves et al. 2006, section 3); the blank is the output after the last symbol.

    CTC needs a position for each symbol and one between two equal ones. Where an item has too few, its outputs are
    repeated until there are just enough, so that no example is dropped. Decoding is greedy: the best output at each
    position, repetitions merged, blanks removed.
    """

    name: ClassVar[str] = "transcribe"
    predicts: ClassVar[str] = "symbols"

    def view(self, example: Example) -> View:
        return POSITIONS

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        label = example.label
        if type(label) is not tuple or not label or not all(type(symbol) is int for symbol in label):
            raise self.refuse(
                example, task, "needs a tuple of symbol indices, not empty, as its label, as its form is 'transcribe'"
            )
        for symbol in _symbols(example):
            if not 0 <= symbol < len(task.labels):
                last = len(task.labels) - 1
                raise self.refuse(example, task, f"has symbol {symbol}, but symbols go from 0 to {last}")

    def truth(self, example: Example) -> Prediction | None:
        return tuple(_symbols(example))

    def outputs(self, task: Task) -> int:
        return len(task.labels) + 1

    def constants(self, task: Task, data: TaskData) -> Sequence[Constant]:
        """Nothing, each symbol by itself, and the most frequent labels of training."""
        counts = Counter(tuple(_symbols(example)) for example in data.train)
        frequent = [symbols for symbols, _ in counts.most_common(CONSTANT_LABELS)]
        alone = [(symbol,) for symbol in range(len(task.labels))]
        answers = dict.fromkeys([*alone, *frequent])
        words = {answer: " ".join(task.labels[symbol] for symbol in answer) for answer in answers}
        return [
            Constant.of("an empty transcription", ()),
            *(Constant.of(f"always '{words[answer]}'", answer) for answer in answers),
        ]

    def too_short(self, positions: int, example: Example) -> bool:
        return positions < _needed(example)

    def loss(self, outputs: Tensor, positions: Positions, examples: Sequence[Example], task: Task) -> Tensor:
        """-log of the probability of the label, divided by its length."""
        rows = []
        for scores, mask, example in zip(outputs, positions.mask, examples, strict=True):
            row = scores[mask].log_softmax(dim=-1)  # (T, K)
            length, needed = len(row), _needed(example)
            if length < needed:
                row = row[torch.arange(needed, device=row.device) * length // needed]
            rows.append(row)
        return _loss(rows, [_symbols(example) for example in examples], blank=len(task.labels))

    def prediction(
        self, outputs: Tensor, positions: Positions, example: Example, task: Task, items: Mapping[str, Item]
    ) -> Prediction:
        merged = outputs.argmax(dim=-1).unique_consecutive().tolist()
        return tuple(symbol for symbol in merged if symbol != len(task.labels))

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        """The symbols in a row, with spaces between them; of letters (one symbol is a space, or all have one
        character) only longer names stand by themselves."""
        symbols = [task.labels[index(symbol)] for symbol in prediction]  # type: ignore[union-attr]
        if " " not in task.labels and any(len(name) > 1 for name in task.labels):
            return " ".join(symbols)
        return " ".join("".join(name if len(name) == 1 else f" {name} " for name in symbols).split())


def _loss(rows: list[Tensor], symbols: Sequence[Sequence[int]], *, blank: int) -> Tensor:
    """The loss of (T, K) log probabilities, long enough for their symbols. The lengths stay on the host."""
    targets = [torch.tensor(of_row, device=rows[0].device) for of_row in symbols]
    return F.ctc_loss(
        pad_sequence(rows),  # (T, B, K)
        pad_sequence(targets, batch_first=True),
        torch.tensor([len(row) for row in rows]),
        torch.tensor([len(target) for target in targets]),
        blank=blank,
    )


def _symbols(example: Example) -> tuple[int, ...]:
    label = example.label if isinstance(example.label, tuple) else ()
    return tuple(symbol for symbol in label if isinstance(symbol, int))


def _needed(example: Example) -> int:
    """How many positions CTC needs for the label."""
    symbols = _symbols(example)
    return len(symbols) + sum(a == b for a, b in pairwise(symbols))
