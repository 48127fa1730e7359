"""The ceiling of a task: the rule that labels follow, or the best of strong references that may use every label.

The references are, where the task's labels follow no rule that it states: each head of the form on each simple baseline
of the modality; its lite architecture trained from scratch, where the form can be fine-tuned; and whatever encoders are
given, with each head and fine-tuned. All labels of the pool are theirs, and the best by validation score is taken. With
one training run the standard error holds the noise of the test examples, not that of another training.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.samples import Samples, samples_of
from superb_lite.forms import form_of
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.metrics import Prediction, higher_is_better
from superb_lite.protocols.base import Protocol
from superb_lite.protocols.finetune import Finetune, trainable
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.labels import TaskData
from superb_lite.tasks.task import Task

MakeEvaluator = Callable[..., Evaluator]
"""Makes an evaluator out of an encoder and its `reference`."""

CEILING_SEEDS = 1
CEILING_TRAINING = FinetuneSettings(learning_rates=(1e-3,), epochs=12, patience=3)
CEILING_STEPS = 600
"""Updates of a network trained from scratch, at least: twelve epochs of a small pool would leave it half-trained."""


@dataclass(frozen=True)
class Ceiling:
    """The upper end of a scale."""

    samples: Samples
    words: str
    """What it is."""


def ceiling_of(
    task: Task,
    *,
    architecture: str,
    baselines: Sequence[str],
    others: Sequence[str] = (),
    evaluator: MakeEvaluator = Evaluator,
) -> Ceiling:
    """The rule where the task states one, else the best reference.

    architecture: what is trained from scratch. baselines, others: encoders, as references.
    """
    if task.rule:
        return rule_ceiling(task)
    return _measured(task, architecture, baselines, others, evaluator)


def rule_ceiling(task: Task) -> Ceiling:
    """The score of whoever follows the rule."""
    data = task.data()
    return Ceiling(samples_of(task, data.test, [oracle(task, data)]), f"the rule: {task.rule}")


def oracle(task: Task, data: TaskData) -> dict[str, Prediction]:
    """The labels of the test examples themselves as predictions.

    Raises `SuperbLiteError` where labels cannot be predictions.
    """
    form = form_of(task)
    right: dict[str, Prediction] = {}
    for example in data.test:
        if (truth := form.truth(example)) is None:
            raise SuperbLiteError(
                f"task '{task.name}': its labels (form '{task.form}') cannot stand for predictions: leave out "
                "Task.rule, so that its ceiling is measured"
            )
        right[example.id] = truth
    return right


def _measured(
    task: Task, architecture: str, baselines: Sequence[str], others: Sequence[str], evaluator: MakeEvaluator
) -> Ceiling:
    def whole(head: str | None) -> Problem:
        unlimited = dataclasses.replace(task, budget=None, head=head)
        return make_problem(unlimited, seeds=range(CEILING_SEEDS), limit=None, root=None)

    form = form_of(task)
    candidates: list[tuple[str, str, Protocol, Problem]] = [
        (f"{head} head on {shown(reference)}, all labels", reference, Frozen(), whole(head))
        for head in form.heads
        for reference in (*baselines, *others)
    ]
    if Finetune().takes(form):
        problem = whole(task.head)
        training = Finetune(_training(len(problem.train[0])))
        scratch = f"random:{architecture}"
        candidates.append((f"{architecture} from scratch, all labels", scratch, training, problem))
        for reference in others:
            if trainable(encoder_for(task, reference)):
                candidates.append((f"{shown(reference)} fine-tuned, all labels", reference, Finetune(), problem))
    best: tuple[float, Ceiling] | None = None
    for words, reference, how, problem in candidates:
        outcomes = evaluator(encoder_for(task, reference), reference=reference).outcomes(problem, how)
        score = float(np.mean([o.chosen["validation_score"] for o in outcomes]))
        rating = score if higher_is_better(task.metrics) else -score
        if best is None or rating > best[0]:
            best = (rating, Ceiling(_samples(problem, outcomes), words))
    assert best is not None
    return best[1]


def _samples(problem: Problem, outcomes: Sequence[Outcome]) -> Samples:
    return samples_of(problem.task, problem.test, [outcome.predictions for outcome in outcomes])


def shown(reference: str, parts: int = 1) -> str:
    """A reference as files call it: of a path, which means something on one machine only, its last parts."""
    scheme, colon, argument = reference.rpartition(":")
    path, comma, options = argument.partition(",")
    if colon and not Path(path).exists():
        return reference
    return scheme + colon + "/".join(path.rstrip("/").split("/")[-parts:]) + comma + options


def encoder_for(task: Task, reference: str) -> Encoder:
    """The encoder of a reference. Raises `SuperbLiteError` where it is of another modality than the task."""
    encoder = load_encoder(reference)
    if encoder.modality not in (None, task.modality):
        raise SuperbLiteError(f"'{reference}' encodes {encoder.modality}, but '{task.name}' is a {task.modality} task")
    return encoder


def _training(examples: int) -> FinetuneSettings:
    """For so many training examples."""
    longer = math.ceil(CEILING_STEPS * CEILING_TRAINING.batch_size / examples / CEILING_TRAINING.epochs)
    return dataclasses.replace(
        CEILING_TRAINING,
        epochs=CEILING_TRAINING.epochs * max(1, longer),
        patience=CEILING_TRAINING.patience * max(1, longer),
    )
