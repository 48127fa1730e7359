"""How long a recipe takes on this machine: a few of its own steps are timed, at places all over the run."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lightning.pytorch.callbacks import Callback

from superb_lite import plugins
from superb_lite.errors import foreign_errors
from superb_lite.pretraining.options import build_cli, choose_encoder
from superb_lite.pretraining.quiet import quiet
from superb_lite.pretraining.recipes import MINUTE, find_recipe

PLACES = 3
"""Where in the run steps are timed, because batches, crops and images may grow with it."""

TIMED = 2
"""Steps at each place, after one that is not timed; the fastest of them counts, since whatever else runs slows some."""


@dataclass(frozen=True)
class Estimate:
    """What a recipe takes on this machine."""

    steps: int
    made: float
    """Seconds for the corpus and the encoder."""
    step: float
    """Seconds of a step, on average over the run."""

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.made + self.steps * self.step


def estimate(name: str, *, budget: str = MINUTE, arguments: Sequence[str] = ()) -> Estimate:
    """What `pretrain` takes with a recipe.

    Nothing is written. Arguments are those of `pretrain`, which raises the same errors.
    """
    spec, started = plugins.objective(name), time.perf_counter()
    quiet()
    encoder, options = choose_encoder(spec, arguments)
    timer = _Timer()
    trainer = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "max_epochs": -1}
    cli = build_cli(
        spec,
        encoder,
        options,
        recipe=find_recipe(spec, budget),
        trainer_defaults={**trainer, "enable_model_summary": False, "callbacks": [timer]},
    )
    made = time.perf_counter() - started
    steps, batch = cli.trainer.max_steps, cli.datamodule.batch
    places = [steps * (2 * place + 1) // (2 * PLACES) for place in range(PLACES)]
    timer.numbers = [place for place in places for _ in range(1 + TIMED)]
    # The number of a batch stands for a place in the run, as its step does.
    cli.datamodule.batch = lambda number: batch(timer.number(number))
    with foreign_errors(f"objective '{name}' cannot be trained"):
        cli.trainer.fit(cli.model, datamodule=cli.datamodule)
    return Estimate(steps, made, cli.trainer.accumulate_grad_batches * timer.seconds_a_step)


def steps_in(seconds: float, name: str, *, budget: str = MINUTE, arguments: Sequence[str] = ()) -> int:
    """How many steps of a recipe this machine takes in so many seconds, at least one."""
    return max(1, int(seconds / estimate(name, budget=budget, arguments=arguments).step))


class _Timer(Callback):
    """Moves the run from place to place, times steps there, and ends it."""

    numbers: Sequence[int]
    """The step that each step of this short run stands for."""

    def __init__(self) -> None:
        self._ends: list[float] = []

    def number(self, step: int) -> int:
        return self.numbers[min(step, len(self.numbers) - 1)]

    @property
    def seconds_a_step(self) -> float:
        """The mean over places of the fastest step there."""
        size = 1 + TIMED
        each = [after - before for before, after in zip(self._ends, self._ends[1:], strict=False)]
        at = [each[start : start + TIMED] for start in range(0, len(each), size)]
        return sum(map(min, at)) / len(at)

    def on_train_batch_start(self, trainer: Any, module: Any, batch: Any, batch_idx: int) -> None:
        _set_step(trainer, self.number(len(self._ends)))

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        float(outputs["loss"])  # waits for an accelerator
        self._ends.append(time.perf_counter())
        trainer.should_stop = len(self._ends) >= len(self.numbers)


def _set_step(trainer: Any, step: int) -> None:
    trainer.fit_loop.epoch_loop.automatic_optimization.optim_progress.optimizer.step.total.completed = step
