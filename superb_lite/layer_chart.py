"""A picture of the score of every layer, as SVG: one panel a task, dots with 95% intervals."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from superb_lite.layers import LayerResult

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
        f'<g transform="translate({WIDTH * (n % columns)} {HEIGHT * (n // columns)})">{_panel(task, found)}</g>'
        for n, (task, found) in enumerate(tasks.items())
    ]
    width, height = WIDTH * columns, HEIGHT * rows
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
        + "".join(panels)
        + "</svg>\n"
    )


def _panel(task: str, found: Sequence[LayerResult]) -> str:
    lo = 100 * min(r.result.ci[0] for r in found)
    hi = 100 * max(r.result.ci[1] for r in found)
    margin = 0.08 * (hi - lo) or 1.0
    lo, hi = lo - margin, hi + margin
    depth = found[0].depth

    def x(layer: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (layer + 0.5) / depth, 1)

    def y(percent: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (hi - percent) / (hi - lo), 1)

    parts = [f'<text x="{LEFT}" y="18" font-size="13" font-weight="600">{escape(task)}</text>']
    for tick in _ticks(lo, hi):
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick)}" y2="{y(tick)}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(tick) + 4}" text-anchor="end" fill="#555">{tick:g}</text>')
    line = " ".join(f"{x(r.layer)},{y(100 * r.result.score)}" for r in found)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#9bb8d3"/>')
    for r in found:
        ends = y(100 * r.result.ci[0]), y(100 * r.result.ci[1])
        parts.append(
            f'<line x1="{x(r.layer)}" x2="{x(r.layer)}" y1="{ends[0]}" y2="{ends[1]}" stroke="#1f5c99" '
            'stroke-width="2"/>'
        )
        parts.append(f'<circle cx="{x(r.layer)}" cy="{y(100 * r.result.score)}" r="4" fill="#1f5c99"/>')
        parts.append(
            f'<text x="{x(r.layer)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#555">{r.layer}</text>'
        )
    parts.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 4}" text-anchor="middle" fill="#555">layer</text>')
    return "".join(parts)


def _ticks(lo: float, hi: float) -> list[float]:
    """A few round numbers between the ends of an axis."""
    step = next(s for s in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0) if (hi - lo) / s <= 6)
    first = -(-lo // step)
    return [round(step * (first + n), 6) for n in range(int((hi - first * step) // step) + 1)]
