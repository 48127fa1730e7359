"""The losses of a pretraining run, from the metrics that lie beside its checkpoint."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_utf8

METRICS = "metrics.csv"
"""What an objective logs while it trains: a row for each step that is logged, a column for each name, and `step`."""

MOST_POINTS = 200
"""Of a curve that is kept."""

LARGEST_METRICS = 2**24
"""Bytes: 200,000 rows have less."""

Curve = list[tuple[int, float]]
"""(step, loss), by step."""

_COLUMNS = {"curve": "loss", "validation_curve": "val_loss"}


def training_curves(directory: Path) -> dict[str, Curve]:
    """The curves of a checkpoint directory by name, "curve" and "validation_curve"; one without points is left out.

    A file that is missing or damaged has no curve: an encoder is as good without one.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(read_utf8(directory / METRICS, limit=LARGEST_METRICS), newline="")))
    except (SuperbLiteError, csv.Error):
        return {}
    curves = {name: _curve(rows, column) for name, column in _COLUMNS.items()}
    return {name: curve for name, curve in curves.items() if curve}


def thinned(curve: Curve, most: int = MOST_POINTS) -> Curve:
    """At most so many points of a curve, evenly by their number; the first and the last are among them."""
    if len(curve) <= most:
        return curve
    return [curve[round(i * (len(curve) - 1) / (most - 1))] for i in range(most)]


def _curve(rows: list[dict[str, str]], column: str) -> Curve:
    points: dict[int, float] = {}
    for row in rows:
        try:
            step, loss = int(row["step"]), float(row[column])
        except (KeyError, TypeError, ValueError):  # another column's row, or one that was cut off
            continue
        if 0 <= step < 2**63 and math.isfinite(loss):
            points[step] = float(f"{loss:.6g}")
    return thinned(sorted(points.items()))
