"""The tables of the section on layers."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite.analysis.estimate import Estimate, across_samples, across_seeds
from superb_lite.analysis.findings import Cell, Table
from superb_lite.analysis.layers.crossfit import at_layer, best_layer
from superb_lite.analysis.layers.on_task import LEARNED, OnTask, sample_at

BLANK = (None, None, None)
_ENDS = ("", "_low", "_high")


def summary_table(found: Sequence[OnTask]) -> Table:
    rows = []
    for each in found:
        best, halves = best_layer(each.by_layer())
        layers = "/".join(str(layer) for layer in sorted(set(halves)))
        last = at_layer(each.by_layer(), each.depth - 1)
        centres = [probed.centre for probed in each.trained]
        twins = [probed.centre for probed in each.twins]
        rows.append(
            (
                each.task,
                layers,
                each.depth - 1,
                *_percent(across_samples(best)),
                *_percent(across_samples([a.minus(b) for a, b in zip(best, last, strict=True)])),
                *_centre(centres),
                *_centre(twins),
            )
        )
    columns = [f"{name}{end}" for name in ("best", "best_minus_last", "centre", "twin_centre") for end in _ENDS]
    return Table(
        name="summary",
        title="Best layer of each task",
        columns=("task", "best_layer", "last_layer", *columns),
        rows=tuple(rows),
        note="best: percent, at the layer that was best on the other half of the test examples; centre: the mean "
        "number of a layer under learned weights.",
    )


def scores_table(found: Sequence[OnTask]) -> Table:
    rows = []
    for each in found:
        for layer in [*range(each.depth), LEARNED]:
            twin = across_samples([sample_at(probed, layer) for probed in each.twins]) if each.twins else None
            gain = across_samples(each.gains(layer)) if each.twins else None
            rows.append(
                (
                    each.task,
                    str(layer),
                    *_percent(across_samples(each.samples(layer))),
                    *(BLANK if twin is None else _percent(twin)),
                    *(BLANK if gain is None else _percent(gain)),
                )
            )
    columns = [f"{name}{end}" for name in ("score", "twin", "gain") for end in ("", "_low", "_high")]
    return Table(
        name="scores",
        title="The score of each layer, percent",
        columns=("task", "layer", *columns),
        rows=tuple(rows),
        note="Layer 0 is the input embedding; all: learned weights. Twin: the same architecture with random weights; "
        "gain: the paired difference.",
    )


def weights_table(found: Sequence[OnTask]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in found:
        for layer in range(each.depth):
            trained = [probed.weights[layer] for probed in each.trained if probed.weights]
            twins = [probed.weights[layer] for probed in each.twins if probed.weights]
            if trained:
                cells = across_seeds(twins).cells if twins else BLANK
                rows.append((each.task, layer, *across_seeds(trained).cells, *cells))
    columns = [f"{name}{end}" for name in ("weight", "twin_weight") for end in _ENDS]
    return Table(
        name="weights",
        title="The share that a head gives each layer",
        columns=("task", "layer", *columns),
        rows=tuple(rows),
        note="Softmax weights over standardised layers; intervals are over pretraining seeds.",
    )


def _percent(estimate: Estimate) -> tuple[Cell, ...]:
    return estimate.scaled(100).cells


def _centre(centres: Sequence[float | None]) -> tuple[Cell, ...]:
    known = [centre for centre in centres if centre is not None]
    return across_seeds(known).cells if known and len(known) == len(centres) else BLANK
