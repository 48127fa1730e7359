"""Every layer by itself: which one knows what a task asks for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import TaskProgress, device_named, make_problem, score
from superb_lite.features.store import FeatureStore
from superb_lite.forms import form_of
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.result import Result
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class LayerResult:
    """What a head reads from one layer (0: the input embedding) of an encoder of `depth` layers."""

    layer: int
    depth: int
    result: Result


def evaluate_layers(
    model: Encoder,
    tasks: Sequence[Task],
    *,
    reference: str,
    seeds: int = 5,
    limit: int | None = None,
    device: str = "cpu",
    root: Path | None = None,
    progress: TaskProgress | None = None,
    feature_dir: Path | None = None,
) -> Iterator[LayerResult]:
    """The frozen protocol, layer by layer, on features that are computed once.

    These results show where in an encoder something is found; they are not normalised, not stored and never ranked.
    """
    for task in tasks:
        if not Frozen().takes(form_of(task)):
            raise SuperbLiteError(f"--layers each does not go with form '{task.form}' (task '{task.name}')")
    model = model.to(device_named(device))
    fingerprint = model.content_hash()
    features = FeatureStore(model, feature_dir, name=reference)
    for task in tasks:
        problem = make_problem(task, seeds=range(seeds), limit=limit, root=root)
        report = progress(task, "each layer") if progress else None
        depth = features.table(problem.views(), report).depth
        for layer in range(depth):
            started = time.perf_counter()
            protocol = Frozen(layer=layer)
            outcomes = protocol.run(features, problem, report)
            yield LayerResult(
                layer,
                depth,
                score(
                    problem,
                    outcomes,
                    model=model,
                    reference=reference,
                    fingerprint=fingerprint,
                    protocol_name=f"frozen layer {layer}",
                    settings=protocol.settings(problem.form),
                    limit=limit,
                    seconds=time.perf_counter() - started,
                ),
            )
