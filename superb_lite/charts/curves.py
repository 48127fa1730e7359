"""A picture of learning curves, as SVG: training loss and validation score over updates, bands are 95% intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from superb_lite.charts import svg
from superb_lite.evaluation.learning_curves import Curve, Point

WIDTH, HEIGHT = 380, 250
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 30, 40
HEADER = 30
"""The title of the picture; the legend comes under it."""


def curve_chart(curves: Sequence[Curve]) -> str:
    """The SVG text of curves on one task. The validation score is in percent."""
    task = curves[0].task
    names = [curve.encoder for curve in curves]
    top = HEADER + svg.LEGEND_ROW * len(names)
    parts = [svg.title(LEFT, 20, f"{task.name}, fine-tuned"), *svg.legend(LEFT, HEADER + 12, names)]
    seeds = len(curves[0].epochs)
    note = f"mean of {seeds} seeds, 95% intervals" if seeds > 1 else "one seed: no intervals"
    panels: list[tuple[str, float, Callable[[Curve], list[Point]]]] = [
        ("training loss", 1.0, lambda curve: curve.loss),
        (f"validation score ({', '.join(task.metrics)}), %", 100.0, lambda curve: curve.score),
    ]
    for number, (heading, factor, points) in enumerate(panels):
        parts.append(svg.group(WIDTH * number, top, _panel(heading, [points(c) for c in curves], factor)))
    parts.append(svg.text(2 * WIDTH - RIGHT, 20, note, anchor="end"))
    width = max(2 * WIDTH, LEFT + 30 + max(map(svg.text_width, names)))
    return svg.document(width, top + HEIGHT, parts)


def _panel(heading: str, curves: Sequence[Sequence[Point]], factor: float) -> list[str]:
    x = svg.Axis(0.0, max(point.step for curve in curves for point in curve), LEFT, WIDTH - RIGHT)
    y = svg.just_holding((factor * end for curve in curves for p in curve for end in p.ci), HEIGHT - BOTTOM, TOP)
    parts = [svg.text(LEFT, 20, heading, fill="#222"), *svg.rules(y, LEFT, WIDTH - RIGHT)]
    for tick in x.ticks:
        parts.append(svg.text(x.at(tick), HEIGHT - BOTTOM + 16, f"{tick:g}", anchor="middle"))
    for number, curve in enumerate(curves):
        ends = [(x.at(p.step), y.at(factor * p.ci[0]), y.at(factor * p.ci[1])) for p in curve]
        parts.append(svg.band(ends, svg.colour(number)))
        line = [(x.at(p.step), y.at(factor * p.value)) for p in curve]
        parts.append(svg.polyline(line, svg.colour(number), ' stroke-width="2"'))
        parts += [f'<circle cx="{px:g}" cy="{py:g}" r="3" fill="{svg.colour(number)}"/>' for px, py in line]
    parts.append(svg.text((LEFT + WIDTH) / 2, HEIGHT - 8, "updates", anchor="middle"))
    return parts
