"""Every layer by itself: which one knows what a task asks for."""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite.results.result import Result


@dataclass(frozen=True)
class LayerResult:
    """What a head reads from one layer of an encoder (`superb_lite.evaluation.run.Evaluator.layers`)."""

    layer: int
    """Its number; 0 is the input embedding."""

    depth: int
    """How many layers the encoder has."""

    result: Result
