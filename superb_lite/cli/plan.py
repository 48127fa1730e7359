"""`superb-lite plan`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.options import Budget, Json, Objective
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from superb_lite.pretraining.gpus import Gpu
    from superb_lite.pretraining.plan import Plan

app = typer.Typer(rich_markup_mode=None)

DAY, YEAR = 86_400.0, 365.25 * 86_400.0

SMALL = 10**12
"""FLOP of a batch: a GPU does less in a few milliseconds, and waits for the host."""

ROOM = 0.9
"""The share of a GPU's memory that a step has; libraries and what lies between tensors take the rest."""


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def plan(
    context: typer.Context,
    name: Objective,
    budget: Budget = "minute",
    data: Annotated[Path | None, typer.Option(help="Your own data; default: the embedded corpus.")] = None,
    gpus: Annotated[int, typer.Option(help="How many GPUs share each step.")] = 1,
    gpu: Annotated[
        str, typer.Option(metavar="b200|h200|h100|a100|l40s|l4|rtx4090|v100|t4", help="Which GPU.")
    ] = "h100",
    mfu: Annotated[
        float | None, typer.Option(help="The share of the GPUs' peak that is reached; default: 0.4.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a recipe takes before it is run: parameters, operations, memory, time. More options go to pretrain.

    Example: superb-lite plan text-bert --budget paper --gpus 8 --gpu a100
    """
    from superb_lite import plugins
    from superb_lite.pretraining.arguments import named_encoder
    from superb_lite.pretraining.gpus import find_gpu
    from superb_lite.pretraining.recipes import find_recipe

    spec = plugins.objective(name)
    find_recipe(spec, budget)
    named_encoder(spec, context.args)
    card = find_gpu(gpu)
    if gpus < 1:
        raise SuperbLiteError(f"--gpus {gpus}: at least one")
    if mfu is not None and not 0 < mfu <= 1:
        raise SuperbLiteError(f"--mfu {mfu:g}: a share of the peak, more than 0 and at most 1")
    if data is not None and not data.exists():
        raise SuperbLiteError(f"--data '{data}' does not exist")

    from superb_lite.pretraining.plan import MFU, make_plan

    own = [] if data is None else ["--data.path", str(data)]
    made = make_plan(name, budget=budget, arguments=[*own, *context.args])
    share = MFU if mfu is None else mfu
    if as_json:
        print(json.dumps(as_values(made, gpu, card, gpus, share), indent=1))
        return
    width = max(len(label) for label, _ in rows(made, gpu, card, gpus, share, assumed=mfu is None))
    for label, text in rows(made, gpu, card, gpus, share, assumed=mfu is None):
        print(f"{label:<{width}}  {text}")


def as_values(plan: Plan, name: str, gpu: Gpu, gpus: int, mfu: float) -> dict[str, object]:
    """The plan as JSON: bytes, seconds, FLOP."""
    return {
        **dataclasses.asdict(plan),
        "flops": plan.flops,
        "memory": plan.step.memory,
        "gpu": {
            "name": name,
            **dataclasses.asdict(gpu),
            "number": gpus,
            "mfu": mfu,
            "seconds": plan.seconds_on(gpu.peak, gpus=gpus, mfu=mfu),
        },
    }


def rows(plan: Plan, name: str, gpu: Gpu, gpus: int, mfu: float, *, assumed: bool) -> list[tuple[str, str]]:
    """What is printed: label and text of each line."""
    step = plan.step
    shapes = ", ".join(f"{key} {' x '.join(map(str, shape)) or 'a number'}" for key, shape in plan.shapes.items())
    parts = {
        "weights": step.weights,
        "gradients": step.gradients,
        "optimiser": step.state,
        "activations": step.activations,
    }
    held = ", ".join(f"{part} {_number(size)}B" for part, size in parts.items())
    fits = "fits" if step.memory < ROOM * gpu.memory else "too much for"
    how = "nine of its steps were timed" if plan.timed else "too large to be timed: the rate of products in float32"
    doubts = [
        "assumed" if assumed else "given",
        *([] if "16" in plan.precision else [f"the recipe computes in {plan.precision}, which is slower"]),
        *(["steps as small as these reach far less"] if step.flops < SMALL else []),
    ]
    return [
        ("recipe", f"{plan.objective}, {plan.budget}: {plan.steps:,} steps"),
        ("parameters", f"{plan.parameters:,} that are trained; {plan.encoder_parameters:,} in the encoder"),
        ("a step", f"{plan.batches * plan.rows:,} rows, {plan.batches} x {plan.rows}: {shapes}"),
        ("operations", f"{_number(plan.batches * step.flops)}FLOP a step, {_number(plan.flops)}FLOP in all"),
        ("memory", f"{_number(step.memory)}B estimated, {fits} one {name}: {held}"),
        ("this machine", f"{span(plan.seconds)}: {_number(plan.rate)}FLOP/s, {how}"),
        (
            f"{gpus} x {name}",
            f"{span(plan.seconds_on(gpu.peak, gpus=gpus, mfu=mfu))}: {mfu:.0%} ({'; '.join(doubts)}) of "
            f"{_number(gpu.peak)}FLOP/s in 16 bits ({gpu.source})",
        ),
    ]


def span(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("years", YEAR), ("days", DAY), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds:.1f} seconds"


def _number(value: float) -> str:
    """Three digits and the prefix of a unit: "17.1 T"."""
    for prefix, size in (("Z", 1e21), ("E", 1e18), ("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if value >= size:
            return f"{value / size:.3g} {prefix}"
    return f"{value:.3g} "
