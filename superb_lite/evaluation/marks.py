"""Marks on a scale: what encoders of known worth score between floor and ceiling, under the task's own budget.

They are ten untrained encoders of the modality's lite architecture, its simple baselines, and whatever references are
given. Each untrained encoder has its own draw of labels, so that the spread of the ten holds both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.ceilings import MakeEvaluator, encoder_for, shown
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.samples import Samples, samples_of
from superb_lite.evaluation.scoring import Predictions
from superb_lite.protocols.base import Protocol
from superb_lite.tasks.task import Task

UNTRAINED = 10
"""Untrained encoders, each under one evaluation seed."""

SEEDS = 5
"""Evaluation seeds of every other mark."""


@dataclass(frozen=True)
class Marks:
    """What was measured of a task under a protocol."""

    untrained: Samples
    """A row for each untrained encoder."""
    twin: Samples
    """The first of them under `SEEDS` evaluation seeds."""
    baselines: dict[str, Samples]
    """By reference, a row for each evaluation seed."""
    references: dict[str, Samples]
    """The same of other encoders, by what files call them."""

    def several_seeds(self) -> list[Samples]:
        """Those with `SEEDS` rows, whose differences can be paired seed by seed."""
        return [self.twin, *self.baselines.values(), *self.references.values()]


def measure_marks(
    task: Task,
    how: Protocol,
    *,
    architecture: str,
    baselines: Sequence[str],
    references: Sequence[str] = (),
    untrained: int = UNTRAINED,
    evaluator: MakeEvaluator = Evaluator,
) -> Marks:
    """Evaluate all marks of a task under a protocol. baselines, references: encoders, as references."""

    test = make_problem(task, seeds=range(1), limit=None, root=None).test

    def predictions(reference: str, seeds: Sequence[int]) -> list[Predictions]:
        problem = make_problem(task, seeds=seeds, limit=None, root=None)
        outcomes = evaluator(encoder_for(task, reference), reference=reference).outcomes(problem, how)
        return [outcome.predictions for outcome in outcomes]

    def samples(reference: str) -> Samples:
        return samples_of(task, test, predictions(reference, range(SEEDS)))

    twin = predictions(f"random:{architecture}:0", range(SEEDS))
    others = [predictions(f"random:{architecture}:{number}", [number])[0] for number in range(1, untrained)]
    return Marks(
        untrained=samples_of(task, test, [twin[0], *others]),
        twin=samples_of(task, test, twin),
        baselines={reference: samples(reference) for reference in baselines},
        references={name: samples(reference) for name, reference in names_of(references).items()},
    )


def names_of(references: Sequence[str]) -> dict[str, str]:
    """References by what files call them, with as many parts of paths as it takes to tell them apart.

    Raises `SuperbLiteError` for one that is given twice.
    """
    for parts in range(1, 1 + max((reference.count("/") + 1 for reference in references), default=0)):
        found = {shown(reference, parts): reference for reference in references}
        if len(found) == len(references):
            return found
    if references:
        raise SuperbLiteError("a reference is given twice, and none is better than itself")
    return {}
