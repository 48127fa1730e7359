"""Asking all encoders; what is finished is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from superb_lite.analysis.kept import Kept
from superb_lite.analysis.shots.asking import Answers, answers_of
from superb_lite.analysis.shots.curves import Measured
from superb_lite.analysis.shots.groups import grouped, last_steps
from superb_lite.encoders.encoder import Encoder, Generative
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.devices import device_named
from superb_lite.evaluation.problems import make_problem
from superb_lite.features.store import Progress
from superb_lite.forms import form_of
from superb_lite.heads.problem import Problem
from superb_lite.protocols.incontext import InContext, InContextSettings
from superb_lite.tasks.task import Task


def check_encoder(encoder: Encoder, name: str) -> None:
    """Raises `SuperbLiteError` for an encoder without likelihoods."""
    if not isinstance(encoder, Generative):
        raise SuperbLiteError(
            f"'{name}' has no likelihoods: only a language model (text-gpt, hf: with a language model's head) answers "
            "after solved examples"
        )


def check_task(task: Task) -> None:
    """Raises `SuperbLiteError` for a task that cannot be asked."""
    if not InContext().takes(form_of(task)):
        raise SuperbLiteError(f"task '{task.name}': a prompt asks for a class or a choice, not for form '{task.form}'")


def measure(
    encoders: Mapping[str, Encoder],
    tasks: Sequence[Task],
    *,
    shots: Sequence[int],
    draws: int,
    limit: int | None,
    kept: Kept,
    finetune: bool = True,
    settings: InContextSettings | None = None,
    device: str = "auto",
    root: Path | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Ask every encoder about every task after every number of solved examples.

    Args:
        encoders: by their references.
        shots: the numbers of solved examples; those that a task has too few labelled examples for are left out.
        draws: of solved examples, from the training examples of as many evaluation seeds.
        limit: of test examples, always the same ones; None: all.
        finetune: whether encoder and head are also trained on the same examples, of each run at its last step.
        progress: told (done, total) cells.

    Raises `SuperbLiteError` for an encoder without likelihoods and for a task that cannot be asked.
    """
    settings = settings or InContextSettings()
    for name, encoder in encoders.items():
        check_encoder(encoder, name)
    for task in tasks:
        check_task(task)
    problems: dict[str, Problem] = {
        task.name: make_problem(task, seeds=range(draws), limit=limit, root=root) for task in tasks
    }
    answers: dict[tuple[str, str, int], Answers] = {}
    measured = Measured(grouped(encoders), problems, tuple(sorted(set(shots))), answers)
    last = {name for group in last_steps(measured.groups) for name in group.members}
    cells = [(name, of, k) for name in encoders for of in problems for k in measured.fitting(of)]
    for done, (name, of, k) in enumerate(cells):
        encoder = encoders[name].eval().to(device_named(device))
        tune = finetune and name in last
        answers[name, of, k] = answers_of(encoder, name, problems[of], k, settings, kept=kept, finetune=tune)
        if progress is not None:
            progress(done + 1, len(cells))
    return measured
