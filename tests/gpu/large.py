"""How well a GPU is used by training that is large enough for one: a BERT of the base size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.pretraining.gpus import gpu_of
from tests.gpu.training import CountingClock, TrainingSpeed, measure

BERT_BASE = (
    *("--trainer.accumulate_grad_batches=1", "--data.workers=4"),
    *("--data.second_task=none", "--data.stream=true"),
)
"""Beside the paper's recipe (Devlin et al. 2019): 64 full rows of 512 tokens a step, and attention needs no mask."""

VARIANTS = {
    "as in the paper": (),
    "Muon and AdamW": ("--muon_rate=0.02",),
    "packed rows, a mask": ("--data.stream=false",),
    "relative bias": ("--position=relative",),
}
"""What costs how much: the optimiser, a boolean mask, and a bias for each head and pair of positions."""


def bert_base(
    folder: Path, *, accelerator: str, data: Path | None = None, shape: Sequence[str] = BERT_BASE
) -> dict[str, TrainingSpeed]:
    """`text-bert` by the paper's recipe, in each of `VARIANTS`."""
    found = {}
    for number, (name, options) in enumerate(VARIANTS.items()):
        place = folder / str(number)
        place.mkdir()
        arguments = [*shape, *options]
        found[name] = measure(
            "text-bert",
            place,
            accelerator=accelerator,
            data=data,
            budget="paper",
            arguments=arguments,
            clock=CountingClock,
        )
    return found


def training_row(name: str, speed: TrainingSpeed, *, device: str) -> list[str]:
    """The cells of one variant: name, steps/s, TFLOP/s, share of the device's peak (MFU), share of the time waited."""
    rate = speed.steps_per_second * (speed.flops or 0)
    gpu = gpu_of(device)
    share = "" if gpu is None else f"{100 * rate / gpu.peak:.1f}%"
    return [name, f"{speed.steps_per_second:.2f}", f"{rate / 1e12:.1f}", share, f"{100 * speed.waited:.0f}%"]


TRAINING_HEADER = ["text-bert of the base size, bf16", "steps/s", "TFLOP/s", "of the peak", "waited for data"]
