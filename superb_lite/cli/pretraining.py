"""What the commands that pretrain several encoders have in common. Heavy: see `superb_lite.cli.evaluation`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.cli.progress import Stopwatch, say
from superb_lite.executors.base import Executor
from superb_lite.executors.runs import pretrain_on
from superb_lite.paths import CONFIG
from superb_lite.pretraining.arguments import TRAINING_STATE
from superb_lite.pretraining.run import pretrain


@dataclass(frozen=True)
class Run:
    """A run of pretraining."""

    objective: str
    label: str
    """What messages call it."""
    out: Path
    budget: str
    arguments: Sequence[str] = ()


def pretrain_all(runs: Sequence[Run], executor: Executor | None) -> None:
    """Pretrain what is not finished yet, or go on with what was interrupted. executor: where; None: here, in turn."""
    for run in runs:
        if (run.out / CONFIG).exists():
            say(f"{run.label}: pretrained already, in {run.out}")
    left = [run for run in runs if not (run.out / CONFIG).exists()]
    watch = Stopwatch()
    if executor is not None:
        asked = {run.label: (run.objective, run.out, run.budget, tuple(run.arguments)) for run in left}
        say(f"pretraining {', '.join(asked)}" if asked else "nothing to pretrain")
        for label in pretrain_on(executor, asked, report=say):
            say(f"{label}: pretrained, after {watch}")
        return
    for run in left:
        watch = Stopwatch()
        say(f"{run.label}: pretraining")
        resume = (run.out / TRAINING_STATE).exists()
        pretrain(run.objective, run.out, resume=resume, budget=run.budget, arguments=run.arguments)
        say(f"{run.label}: pretrained in {watch}")
