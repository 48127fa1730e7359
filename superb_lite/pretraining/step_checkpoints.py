"""StepCheckpoints: keeps the encoder as it is at several steps of a run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import Callback

from superb_lite.encoders.checkpoint_config import WEIGHTS
from superb_lite.encoders.trajectory import STEPS, Series
from superb_lite.paths import CONFIG


class StepCheckpoints(Callback):
    """Saves the encoder before the first step, after those of a series, and at the end. It draws no random numbers.

    A resumed run goes on: what it takes again it saves again, and that is the same.

    Args:
        series: the steps.
        save: writes the encoder, given the number of steps taken.
    """

    def __init__(self, series: Series, save: Callable[[int], None]) -> None:
        self.series = series
        self._save = save
        self._saved = -1

    def on_train_start(self, trainer: Any, module: Any) -> None:
        if trainer.global_step == 0:
            self._keep(trainer)

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        if trainer.global_step in self.series:
            self._keep(trainer)

    def on_train_end(self, trainer: Any, module: Any) -> None:
        self._keep(trainer)

    def _keep(self, trainer: Any) -> None:
        # Where gradients are accumulated, several batches end at the same step.
        if trainer.is_global_zero and trainer.global_step != self._saved:
            self._save(trainer.global_step)
            self._saved = trainer.global_step


def remove_steps(directory: Path) -> None:
    """Remove what a run kept that ended before it could be resumed, lest it pass for encoders of the next one."""
    for path in (directory / STEPS).glob("*"):
        if path.name.isdecimal():
            (path / CONFIG).unlink(missing_ok=True)
            (path / WEIGHTS).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # something else lies there
                path.rmdir()
