"""Every layer by itself: which one knows what a task asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite.encoders.encoder import Encoder
from superb_lite.results.result import Result
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class LayerResult:
    """What a head reads from one layer of an encoder (`superb_lite.evaluation.run.Evaluator.layers`)."""

    layer: int
    """Its number; 0 is the input embedding."""

    depth: int
    """How many layers the encoder has."""

    result: Result


def evaluate_layers(model: Encoder, tasks: Sequence[Task], **options: Any) -> Iterator[LayerResult]:
    """`Evaluator.layers`, for callers that have not changed to it yet."""
    from superb_lite.evaluation.run import Evaluator

    return Evaluator(model, **options).layers(tasks)
