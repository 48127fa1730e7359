"""The pictures of `superb-lite analyze transfer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from superb_lite.analysis.transfer.published import COLUMNS, published_differences
from superb_lite.analysis.transfer.report import Report
from superb_lite.analysis.transfer.rows import COMPARISONS
from superb_lite.analysis.transfer.text import short
from superb_lite.charts.forest import ForestRow, forest_chart
from superb_lite.charts.losses import LossPanel, loss_chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Score = tuple[float, float, float]


def differences_picture(report: Report) -> Figure:
    """A panel for each comparison, a row for each task; hollow, below: what was published, without intervals."""
    compared = [pair for pair in COMPARISONS if set(pair) <= set(report.rows)]
    found: dict[tuple[str | None, tuple[str, str]], Score] = {
        (each.task, (each.a, each.b)): (100 * each.value, 100 * each.ci[0], 100 * each.ci[1])
        for each in report.differences
    }
    names: list[tuple[str, str | None]] = [(short(task), task) for task in report.tasks]
    if len(names) > 1:
        names.append(("mean over tasks", None))
    rows = [ForestRow(name, [found.get((task, pair)) for pair in compared], group=0) for name, task in names]
    by_pair = [published_differences(a, b) for a, b in compared]
    for number, name in enumerate(COLUMNS):
        values = [column[number] for column in by_pair]
        rows.append(
            ForestRow(f"{name} (published)", [None if v is None else (v, v, v) for v in values], group=1, hollow=True)
        )
    return forest_chart("Differences in points", [f"{a} − {b}" for a, b in compared], rows, zero=True)


def losses_picture(report: Report) -> Figure:
    """A panel for each task, a line for each row."""
    panels = []
    for task in report.tasks:
        mine = [curve for curve in report.curves if curve.task == task]
        lines = {curve.row: curve.by_unit for curve in sorted(mine, key=lambda curve: report.rows.index(curve.row))}
        panels.append(LossPanel(short(task), mine[0].updates, lines))
    unit = "pretraining seed" if len(report.texts) > 1 else "mapping"
    return loss_chart(f"Training loss; bands: the lowest and the highest {unit}", panels)
