"""Probing: the frozen protocol on each layer by itself, and on all of them under learned weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.analysis.kept import Kept, encoder_key
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, counted, one_line
from superb_lite.evaluation.run import Evaluator, TaskProgress
from superb_lite.forms import form_of
from superb_lite.machine import code_sha256
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Probed:
    """What probes of one encoder say on one task."""

    layers: tuple[Result, ...]
    """Of each layer by itself, the input embedding first."""
    mixed: Result
    """Of all layers, under weights that the head learns."""

    @property
    def weights(self) -> tuple[float, ...] | None:
        """The share of each layer, a mean over evaluation seeds; None where one layer is chosen instead."""
        found = [row.chosen.get("layers") for row in self.mixed.seeds]
        if not all(isinstance(shares, list | tuple) and len(shares) == len(self.layers) for shares in found):
            return None
        return tuple(sum(shares) / len(found) for shares in zip(*found, strict=True))

    @property
    def centre(self) -> float | None:
        """The mean number of a layer under the learned weights (centre of gravity: Tenney et al. 2019, equation 2)."""
        weights = self.weights
        return None if weights is None else sum(layer * share for layer, share in enumerate(weights)) / sum(weights)


def check_tasks(tasks: Sequence[Task]) -> None:
    """Raise `SuperbLiteError` for a task whose layers cannot be probed."""
    for task in tasks:
        if not Frozen().takes(form_of(task)):
            raise SuperbLiteError(
                f"'{task.name}' has form '{task.form}', whose head reads no single layer: leave it out"
            )


def check_depths(probes: Mapping[str, Mapping[str, Probed]]) -> None:
    """Raise `SuperbLiteError` unless all encoders, by their names, have as many layers: seeds of one thing have."""
    depths = {name: len(next(iter(of.values())).layers) for name, of in probes.items()}
    first = next(iter(depths))
    for name, depth in depths.items():
        if depth != depths[first]:
            raise SuperbLiteError(
                f"'{one_line(first, 80)}' has {counted(depths[first], 'layer')} and '{one_line(name, 80)}' {depth}: "
                "give encoders that differ in their pretraining seed alone"
            )


def probe(
    encoder: Encoder,
    tasks: Sequence[Task],
    *,
    name: str,
    results: ResultStore,
    kept: Kept,
    device: str = "auto",
    batch_size: int = 32,
    seeds: int = 5,
    limit: int | None = None,
    root: Path | None = None,
    feature_dir: Path | None = None,
    progress: TaskProgress | None = None,
    finished: Callable[[Result], object] = lambda result: None,
) -> Mapping[str, Probed]:
    """Probe an encoder on tasks, each of its items encoded once; what is finished is taken from `results` and `kept`.

    name: what messages call the encoder. seeds: of evaluation. limit: test examples of each task; None: all.
    finished: told each result under learned weights as it comes.
    """
    evaluator = Evaluator(
        encoder,
        reference=name,
        device=device,
        batch_size=batch_size,
        seeds=seeds,
        limit=limit,
        root=root,
        results=results,
        feature_dir=feature_dir,
        progress=progress,
    )
    mixed: dict[str, Result] = {}
    for result in evaluator.evaluate([(task, Frozen.name) for task in tasks]):
        mixed[result.task] = result
        finished(result)

    def layers_of(task: Task) -> list[dict[str, object]]:
        return [found.result.model_dump(mode="json") for found in evaluator.layers([task])]

    found = {}
    for task in tasks:
        load = task.load if isinstance(task.load, str) else task.load.__module__
        key = {
            "analysis": "layers",
            "task": [task.name, task.version, mixed[task.name].data_sha256],
            "task_code": code_sha256(load.partition(":")[0].partition(".")[0]),
            "seeds": seeds,
            "limit": limit,
            **encoder_key(encoder),
        }
        values = kept.get_or_compute(key, lambda task=task: layers_of(task))  # type: ignore[misc]
        found[task.name] = Probed(
            tuple(Result.model_validate_json(json.dumps(value)) for value in values), mixed[task.name]
        )
    return found
