"""A picture of the score of every layer, as SVG: one panel a task, dots with 95% intervals."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite.charts import svg
from superb_lite.evaluation.layers import LayerResult

WIDTH, HEIGHT = 340, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 30, 34
COLUMNS = 3


def layer_chart(results: Sequence[LayerResult]) -> str:
    """The SVG text. Every panel has its own vertical axis, in percent, that just holds its intervals."""
    tasks: dict[str, list[LayerResult]] = {}
    for result in results:
        tasks.setdefault(result.result.task, []).append(result)
    columns = min(COLUMNS, len(tasks))
    rows = -(-len(tasks) // columns)
    panels = [
        svg.group(WIDTH * (n % columns), HEIGHT * (n // columns), _panel(task, found))
        for n, (task, found) in enumerate(tasks.items())
    ]
    return svg.document(WIDTH * columns, HEIGHT * rows, panels)


def _panel(task: str, found: Sequence[LayerResult]) -> list[str]:
    depth = found[0].depth
    x = svg.Axis(-0.5, depth - 0.5, LEFT, WIDTH - RIGHT)
    y = svg.just_holding((100 * end for r in found for end in r.result.ci), HEIGHT - BOTTOM, TOP)
    parts = [svg.title(LEFT, 18, task), *svg.rules(y, LEFT, WIDTH - RIGHT)]
    parts.append(svg.polyline([(x.at(r.layer), y.at(100 * r.result.score)) for r in found], "#9bb8d3"))
    for r in found:
        lo, hi = r.result.ci
        parts += svg.dot(x.at(r.layer), y.at(100 * r.result.score), (y.at(100 * lo), y.at(100 * hi)))
        parts.append(svg.text(x.at(r.layer), HEIGHT - BOTTOM + 16, str(r.layer), anchor="middle"))
    parts.append(svg.text((LEFT + WIDTH) / 2, HEIGHT - 4, "layer", anchor="middle"))
    return parts
