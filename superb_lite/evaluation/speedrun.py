"""speedrun: who reaches a loss, or a score, soonest? Several pretraining seeds, and a test that the mean is there.

The rule is that of the field's speedruns (modded-nanogpt): a record holds where the mean over pretraining seeds is
beyond the target at p < 0.01, by a one-sided t-test. A task's score is that of the validation examples, so that no test
example decides what becomes a recipe.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import stats

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.validation import validation_scores
from superb_lite.machine import this_machine, versions
from superb_lite.metrics import higher_is_better
from superb_lite.paths import CONFIG, write_text
from superb_lite.pretraining.held_out import HeldOutLoss
from superb_lite.pretraining.recipes import MINUTE
from superb_lite.pretraining.run import pretrain
from superb_lite.tasks.task import Task

SIGNIFICANT = 0.01
"""A record's p value is below this."""

LEAST_SEEDS = 3
"""Fewer pretraining seeds say nothing about their spread."""

EVALUATION_SEEDS = 3


@dataclass(frozen=True)
class Record:
    """What a speedrun found, as its file holds it."""

    objective: str
    budget: str
    """Whose recipe was followed."""
    changed: Mapping[str, str]
    """Options that differ from the recipe, as they were given."""
    note: str
    """What is new about it, in words."""
    steps: int
    measure: str
    """"held-out loss", or the name of a task."""
    target: float
    values: tuple[float, ...]
    """Of the measure, one for each pretraining seed."""
    p: float
    """One-sided t-test that the mean of the values is beyond the target."""
    seconds: tuple[float, ...]
    """In training, for each seed."""
    cpu_seconds: tuple[float, ...]
    """Of all threads in training, for each seed."""
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    date: str

    @property
    def holds(self) -> bool:
        """Whether the target was reached at p < 0.01."""
        return self.p < SIGNIFICANT

    def write(self, path: Path) -> None:
        """Write the file."""
        write_text(path, json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False) + "\n")


def run_speedrun(
    objective: str,
    directory: Path,
    *,
    budget: str = MINUTE,
    arguments: Sequence[str] = (),
    task: Task | None = None,
    target: float,
    seeds: int,
    note: str = "",
    date: str,
    say: Callable[[str], None],
) -> Record:
    """Pretrain under seeds 0 .. seeds-1, measure each, and test the mean.

    Args:
        directory: where the checkpoints go; those of an earlier run are made again, since their time counts.
        arguments: of `pretrain`.
        task: measure its score on validation examples; None: the held-out loss of the corpus.
        target: what the mean has to be beyond: below it for a loss and an error rate, above it for other scores.

    Raises `SuperbLiteError` where there is nothing to measure by, and what `pretrain` and `evaluate` raise.
    """
    if seeds < LEAST_SEEDS:
        raise SuperbLiteError(f"--seeds {seeds}: a record takes at least {LEAST_SEEDS} pretraining seeds")
    values, seconds, cpu, steps = [], [], [], 0
    for seed in range(seeds):
        out = directory / f"{objective}-{seed}"
        if (out / CONFIG).exists():
            shutil.rmtree(out)
        measured = HeldOutLoss(measured=task is None)
        chosen = [*arguments, "--seed_everything", str(seed)]
        pretrain(objective, out, budget=budget, arguments=chosen, callbacks=[measured])
        encoder = load_encoder(out)
        steps = int((encoder.pretraining or {}).get("steps", 0))
        value = measured.loss if task is None else validation_score(str(out), task)
        assert value is not None
        values.append(value)
        seconds.append(round(measured.seconds, 2))
        cpu.append(round(measured.cpu_seconds, 2))
        say(f"seed {seed}: {value:.4f} after {steps} steps, {seconds[-1]:.0f} s ({cpu[-1]:.0f} s of CPU)")
    return Record(
        objective=objective,
        budget=budget,
        changed=pairs(arguments),
        note=note,
        steps=steps,
        measure="held-out loss" if task is None else task.name,
        target=target,
        values=tuple(round(value, 5) for value in values),
        p=p_value(values, target, below=task is None or not higher_is_better(task.metrics)),
        seconds=tuple(seconds),
        cpu_seconds=tuple(cpu),
        machine=dataclasses.asdict(this_machine(torch.device("cpu"))),
        versions=versions(),
        date=date,
    )


def validation_score(reference: str, task: Task) -> float:
    """The mean over evaluation seeds of the score on validation examples with which the frozen protocol chose."""
    evaluator = Evaluator(load_encoder(reference), reference=reference, seeds=EVALUATION_SEEDS)
    return validation_scores(evaluator, [task])[task.name]


def p_value(values: Sequence[float], target: float, *, below: bool) -> float:
    """Of a one-sided t-test of the hypothesis that the mean is not beyond the target."""
    if np.ptp(values) == 0:  # nothing to test by; equal values are no evidence of a spread of zero
        return 1.0
    return float(stats.ttest_1samp(values, target, alternative="less" if below else "greater").pvalue)


def pairs(arguments: Sequence[str]) -> dict[str, str]:
    """Options and their values: "--a 1 --b=2" is {"a": "1", "b": "2"}."""
    found: dict[str, str] = {}
    remaining = list(arguments)
    while remaining:
        option, equals, value = remaining.pop(0).partition("=")
        found[option.removeprefix("--")] = value if equals or not remaining else remaining.pop(0)
    return found


def read_record(path: Path) -> Record:
    """A record's file.

    Raises `SuperbLiteError` for a file that is none.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        for name in ("values", "seconds", "cpu_seconds"):
            values[name] = tuple(map(float, values[name]))
        return Record(**values)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SuperbLiteError(f"'{path}' is no record of a speedrun: {error}") from None
