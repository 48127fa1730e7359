"""Twenty steps of an objective on a device: how fast, how much memory, and how long the device waited for data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import Callback
from torch.utils.flop_counter import FlopCounterMode

from superb_lite.pretraining.run import pretrain
from tests.gpu.stopwatch import Stopwatch

WARMUP, STEPS = 5, 20


@dataclass(frozen=True)
class TrainingSpeed:
    """What some steps of an objective took.

    Attributes:
        objective: its name.
        steps_per_second: after the warm-up.
        items_per_second: rows of text, crops of speech or images.
        peak_memory: in bytes, of tensors on the device; None on the CPU.
        waited: share of the time in which the device had nothing to do between two steps, because the host was still
            making the next batch or had not sent it yet.
        flops: floating-point operations of a step, forward and backward; None where nobody counted them.
    """

    objective: str
    steps_per_second: float
    items_per_second: float
    peak_memory: int | None
    waited: float
    flops: int | None = None


class Clock(Callback):
    """Measures the steps after `WARMUP` and writes figures to a JSON file.

    Args:
        path: the file.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.starts: list[Any] = []
        self.ends: list[Any] = []

    def on_train_start(self, trainer: Any, module: Any) -> None:
        self.watch = Stopwatch(module.device)
        self.watch.start_of_peak()

    def on_train_batch_start(self, trainer: Any, module: Any, batch: Any, batch_idx: int) -> None:
        self.starts.append(self.watch.now())

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        self.ends.append(self.watch.now())

    def on_train_end(self, trainer: Any, module: Any) -> None:
        self.path.write_text(json.dumps(self.figures(trainer, module)), encoding="utf-8")

    def figures(self, trainer: Any, module: Any) -> dict[str, float | int | None]:
        """What `TrainingSpeed` has beside the name of the objective."""
        ends, starts = self.ends[WARMUP - 1 :], self.starts[WARMUP:]
        seconds = self.watch.seconds(ends[0], ends[-1])
        waited = sum(self.watch.seconds(end, start) for end, start in zip(ends, starts, strict=False))
        rate = len(starts) / seconds
        return {
            "steps_per_second": rate,
            "items_per_second": rate * trainer.datamodule.batch_size,
            "peak_memory": self.watch.peak(),
            "waited": waited / seconds,
        }


class CountingClock(Clock):
    """Also counts the operations of one step, after the run."""

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        super().on_train_batch_end(trainer, module, outputs, batch, batch_idx)
        self.batch = batch

    def figures(self, trainer: Any, module: Any) -> dict[str, float | int | None]:
        found = super().figures(trainer, module)
        module.log = lambda *arguments, **options: None  # Lightning logs within its own loops alone
        with trainer.precision_plugin.train_step_context(), FlopCounterMode(display=False) as counter:
            module.training_step(self.batch, 1).backward()
        return {**found, "flops": counter.get_total_flops()}


def measure(
    objective: str,
    folder: Path,
    *,
    accelerator: str,
    data: Path | None = None,
    budget: str = "minute",
    arguments: Sequence[str] = (),
    clock: type[Clock] = Clock,
) -> TrainingSpeed:
    """Pretrain an objective for `WARMUP` and `STEPS` steps as `superb-lite pretrain` does.

    Args:
        folder: where the checkpoint and the figures go.
        accelerator: Lightning's word for the device: "cuda" or "cpu".
        data: a corpus; None for the embedded one.
        budget: whose recipe is followed.
        arguments: further options of `superb-lite pretrain`.
        clock: what takes the time.
    """
    figures = folder / f"{objective}.json"
    options = [
        f"--trainer.accelerator={accelerator}",
        f"--trainer.max_steps={WARMUP + STEPS}",
        f"--trainer.callbacks+={clock.__module__}.{clock.__name__}",
        f"--trainer.callbacks.path={figures}",
        *arguments,
    ]
    pretrain(objective, folder / objective, data=data, budget=budget, arguments=options)
    return TrainingSpeed(objective, **json.loads(figures.read_text(encoding="utf-8")))


def row(speed: TrainingSpeed) -> list[str]:
    """The cells of one objective: name, steps/s, items/s, peak memory in MiB, share of the time waited."""
    values = asdict(speed)
    memory = "" if speed.peak_memory is None else f"{values['peak_memory'] / 2**20:,.0f}"
    return [
        speed.objective,
        f"{speed.steps_per_second:.1f}",
        f"{speed.items_per_second:,.0f}",
        memory,
        f"{100 * speed.waited:.0f}%",
    ]


HEADER = ["objective", "steps/s", "items/s", "peak memory, MiB", "waited for data"]
