"""What a recipe takes before it is run: parameters, operations, memory, and how long on which machine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.machine import this_machine
from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.estimate import PLACES, TIMED, estimate
from superb_lite.pretraining.objective import Objective
from superb_lite.pretraining.options import build_cli, choose_encoder
from superb_lite.pretraining.quiet import quiet
from superb_lite.pretraining.recipes import MINUTE, find_recipe
from superb_lite.pretraining.without_memory import CountedStep, building_without_memory, count_step

MFU = 0.4
"""The share of a GPU's peak that a run is assumed to reach where nobody says another one."""

PATIENCE = 60.0
"""Seconds: steps that would take longer are not timed."""

LOWER = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}
"""What autocast computes in, by the Trainer's precision."""

SIDE, PRODUCTS = 1024, 5
"""Of the matrices whose products are timed, and how often."""


@dataclass(frozen=True)
class Plan:
    """What a recipe takes.

    Attributes:
        parameters: that are trained. encoder_parameters: of them, those that are saved.
        steps: optimiser steps. batches: in one, of `rows` rows each, in each process.
        shapes: of the tensors of a batch, by name.
        precision: the Trainer's.
        step: of one batch.
        rate: FLOP/s of this machine: of products of matrices, or those of the recipe's own steps where they were timed.
        seconds: of the run on this machine. timed: its own steps were timed; False: operations divided by `rate`.
    """

    objective: str
    budget: str
    parameters: int
    encoder_parameters: int
    steps: int
    batches: int
    rows: int
    shapes: dict[str, tuple[int, ...]]
    precision: str
    step: CountedStep
    rate: float
    seconds: float
    timed: bool

    @property
    def flops(self) -> float:
        """Of the whole run."""
        return float(self.step.flops) * self.batches * self.steps

    def seconds_on(self, peak: float, *, gpus: int = 1, mfu: float = MFU) -> float:
        """Of the whole run on so many GPUs of this peak, which share each step."""
        return self.flops / (gpus * peak * mfu)


def make_plan(name: str, *, budget: str = MINUTE, arguments: Sequence[str] = ()) -> Plan:
    """The plan of an objective's recipe.

    Nothing is written, and nothing as large as the encoder is computed but where its steps are short enough to be timed
    (`estimate`). Arguments are those of `pretrain`, which raises the same errors.

    Raises `SuperbLiteError` where the shapes of a step depend on what the network computes, too.
    """
    spec = plugins.objective(name)
    quiet()
    encoder, options = choose_encoder(spec, arguments)
    unseen = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "max_epochs": -1}
    with torch.random.fork_rng(devices=[]):
        with building_without_memory():
            cli = build_cli(
                spec,
                encoder,
                options,
                recipe=find_recipe(spec, budget),
                trainer_defaults={**unseen, "enable_model_summary": False},
            )
        objective, corpus, trainer = cli.model, cli.datamodule, cli.trainer
        if not isinstance(objective, Objective) or not isinstance(corpus, Corpus):
            raise SuperbLiteError(f"objective '{name}': it must be a superb_lite Objective fed by a Corpus")
        steps, batches = trainer.max_steps, trainer.accumulate_grad_batches
        if steps < 1:
            raise SuperbLiteError("nothing to plan: give --trainer.max_steps")
        parameters = sum(p.numel() for p in objective.parameters() if p.requires_grad)
        encoder_parameters = sum(p.numel() for p in objective.encoder.parameters())
        batch = corpus.batch(batches * steps // 2)  # batches may grow with the run
        with foreign_errors(f"a step of objective '{name}' cannot be counted without being computed"):
            step = count_step(objective, batch, lower=LOWER.get(trainer.precision), accumulated=batches > 1)
    rate = measured_rate()
    seconds = batches * steps * step.flops / rate
    timed = PLACES * (1 + TIMED) * step.flops / rate < PATIENCE and 2 * step.memory < (
        this_machine(torch.device("cpu")).memory or 0
    )
    if timed:
        seconds = estimate(name, budget=budget, arguments=arguments).seconds
        rate = batches * steps * step.flops / seconds
    return Plan(
        name,
        budget,
        parameters,
        encoder_parameters,
        steps,
        batches,
        corpus.batch_size,
        _shapes(batch),
        trainer.precision,
        step,
        rate,
        seconds,
        timed,
    )


def measured_rate() -> float:
    """FLOP/s that this machine's processor has on products of matrices in float32."""
    a, b = torch.ones(SIDE, SIDE), torch.ones(SIDE, SIDE)
    times = []
    for _ in range(PRODUCTS):
        started = time.perf_counter()
        torch.mm(a, b)
        times.append(time.perf_counter() - started)
    return 2 * SIDE**3 / min(times)


def _shapes(batch: Any) -> dict[str, tuple[int, ...]]:
    if isinstance(batch, Tensor):
        return {"batch": tuple(batch.shape)}
    named = batch if isinstance(batch, dict) else dict(enumerate(batch))
    return {str(name): tuple(value.shape) for name, value in named.items() if isinstance(value, Tensor)}
