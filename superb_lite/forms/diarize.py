"""diarize: who talks when, several speakers at a time or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.forms.base import Constant, Positions, SequenceForm, View
from superb_lite.metrics import Prediction
from superb_lite.metrics.sequences import frames, speakers
from superb_lite.tasks.labels import Diarization, Example, Item, TaskData
from superb_lite.tasks.task import Task


class Diarize(SequenceForm):
    """One sigmoid output for each speaker at each unit, trained with the permutation-invariant loss of end-to-end
    neural diarization (Fujita et al. 2019, equations 2 and 3): which speaker an output stands for is free in each
    example. A speaker talks where the output is above a half; nothing is smoothed.
    """

    name: ClassVar[str] = "diarize"
    heads: ClassVar[tuple[str, ...]] = ("linear", "bilstm", "lstm")
    predicts: ClassVar[str] = "speakers"

    def view(self, example: Example) -> View:
        assert isinstance(example.label, Diarization)
        return View("units", frames(example.label))

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        label, item = example.label, items[example.items[0]]
        if not isinstance(label, Diarization):
            raise self.refuse(example, task, "needs a Diarization as its label, as its form is 'diarize'")
        if any(type(n) is not int for n in (label.frame, label.length, *(n for turn in label.turns for n in turn))):
            raise self.refuse(example, task, "has a number in its Diarization that is not an int")
        if label.frame < 1 or label.length < 1:
            raise self.refuse(example, task, f"has a frame of {label.frame} and a length of {label.length} samples")
        # Only audio has one axis.
        if getattr(item, "ndim", 0) == 1 and label.length > len(item):
            raise self.refuse(example, task, f"ends at {label.length}, after its item ({len(item)})")
        for start, end, speaker in label.turns:
            if not 0 <= start < end <= label.length:
                raise self.refuse(example, task, f"has the turn [{start}, {end}), outside its {label.length} samples")
            if not 0 <= speaker < len(task.labels):
                last = len(task.labels) - 1
                raise self.refuse(example, task, f"has speaker {speaker}, but speakers go from 0 to {last}")

    def truth(self, example: Example) -> Prediction | None:
        assert isinstance(example.label, Diarization)
        return tuple(tuple(sorted(unit)) for unit in speakers(example.label))

    def outputs(self, task: Task) -> int:
        return len(task.labels)

    def constants(self, task: Task, data: TaskData) -> Sequence[Constant]:
        def always(talking: int) -> Constant:
            words = f"{talking or 'no'} speaker{'' if talking == 1 else 's'} all the time"
            return Constant(words, lambda example: (tuple(range(talking)),) * len(self.view(example).units))

        return [always(talking) for talking in range(len(task.labels) + 1)]

    def loss(self, outputs: Tensor, positions: Positions, examples: Sequence[Example], task: Task) -> Tensor:
        """Binary cross entropy, mean over units and speakers of an example, then over examples."""
        from scipy.optimize import linear_sum_assignment

        losses = []
        for scores, mask, example in zip(outputs, positions.mask, examples, strict=True):
            cost = _cost(scores[mask], _target(example, task).to(scores))
            # A training that diverges says so by its loss; any assignment will do.
            finite = cost.detach().nan_to_num()
            of_output, of_speaker = linear_sum_assignment(finite.cpu().numpy())
            losses.append(cost[of_output, of_speaker].mean())
        return torch.stack(losses).mean()

    def prediction(
        self, outputs: Tensor, positions: Positions, example: Example, task: Task, items: Mapping[str, Item]
    ) -> Prediction:
        return tuple(tuple(s for s, score in enumerate(unit) if score > 0) for unit in outputs.tolist())

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        """Who talks in which units, counted from 1: "a 1-4, 9; b 5-9"."""
        assert isinstance(prediction, tuple)
        parts = []
        for speaker, name in enumerate(task.labels):
            talking = [number for number, unit in enumerate(prediction, 1) if speaker in unit]  # type: ignore[operator]
            if talking:
                parts.append(f"{name} {', '.join(_stretches(talking))}")
        return "; ".join(parts) or "nobody"


def _stretches(numbers: Sequence[int]) -> list[str]:
    """Ascending numbers, those that follow one another as "first-last"."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}-{last}" for first, last in found]


def _cost(row: Tensor, target: Tensor) -> Tensor:
    """(S, S) binary cross entropies of each output for each speaker, means over units. row, target: (U, S)."""
    # BCE is softplus(x) - x * y, so that all pairs are one product.
    return (F.softplus(row).sum(dim=0)[:, None] - row.T @ target) / len(row)


def _target(example: Example, task: Task) -> Tensor:
    """(U, S): 1 where a speaker talks."""
    assert isinstance(example.label, Diarization)
    active = speakers(example.label)
    return torch.tensor([[float(s in unit) for s in range(len(task.labels))] for unit in active])
