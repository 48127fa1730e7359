"""What the pictures share: the text of an SVG file, axes, marks with intervals, legends. Coordinates are pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Told apart by colour-blind readers too (Okabe and Ito 2008)."""

GREY, RULE = "#555", "#ddd"

LEGEND_ROW = 18
"""The height of one name in a legend."""


@dataclass(frozen=True)
class Axis:
    """lo, hi: values. start, end: where they lie; a vertical axis starts at the bottom."""

    lo: float
    hi: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return round(self.start + (self.end - self.start) * (value - self.lo) / (self.hi - self.lo), 1)

    @property
    def ticks(self) -> list[float]:
        """A few round values between the ends."""
        steps = (mantissa * 10.0**power for power in range(-6, 10) for mantissa in (1, 2, 5))
        step = next(s for s in steps if (self.hi - self.lo) / s <= 6)
        first = -(-self.lo // step)
        return [round(step * (first + n), 6) for n in range(int((self.hi - first * step) // step) + 1)]


def just_holding(values: Iterable[float], start: float, end: float) -> Axis:
    """The axis that holds the values, with a little room at its ends."""
    known = list(values)
    lo, hi = min(known), max(known)
    margin = 0.08 * (hi - lo) or 1.0
    return Axis(lo - margin, hi + margin, start, end)


def document(width: float, height: float, parts: Iterable[str]) -> str:
    """The text of a file."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="system-ui, sans-serif" font-size="11">'
        '<rect width="100%" height="100%" fill="white"/>' + "".join(parts) + "</svg>\n"
    )


def group(x: float, y: float, parts: Iterable[str]) -> str:
    """Parts that are moved together."""
    return f'<g transform="translate({x:g} {y:g})">{"".join(parts)}</g>'


def text(x: float, y: float, content: str, *, anchor: str = "start", fill: str = GREY) -> str:
    """One line. anchor: start, middle or end."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}">{escape(content)}</text>'


def title(x: float, y: float, content: str) -> str:
    """One line above a panel."""
    return f'<text x="{x:g}" y="{y:g}" font-size="13" font-weight="600">{escape(content)}</text>'


def line(start: tuple[float, float], end: tuple[float, float], *, stroke: str = RULE, extra: str = "") -> str:
    """A straight line. extra: further attributes."""
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:g}" x2="{x2:g}" y1="{y1:g}" y2="{y2:g}" stroke="{stroke}"{extra}/>'


def rules(y: Axis, left: float, right: float) -> list[str]:
    """The ticks of a vertical axis: numbers, and rules across the panel."""
    parts = []
    for tick in y.ticks:
        parts.append(line((left, y.at(tick)), (right, y.at(tick))))
        parts.append(text(left - 6, y.at(tick) + 4, f"{tick:g}", anchor="end"))
    return parts


def mark(x: float, y: float, number: int) -> str:
    """The dot of the encoder of that number; hollow where its colour stands for another one already."""
    fill = "white" if number >= len(COLOURS) else colour(number)
    return f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{fill}" stroke="{colour(number)}"/>'


def dot(x: float, y: float, ends: tuple[float, float], number: int = 0) -> list[str]:
    """A value as the mark of an encoder on its interval, a vertical line."""
    return [line((x, ends[0]), (x, ends[1]), stroke=colour(number), extra=' stroke-width="2"'), mark(x, y, number)]


def polyline(points: Iterable[tuple[float, float]], colour: str, extra: str = "") -> str:
    """Points joined by straight lines."""
    joined = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" stroke="{colour}"{extra}/>'


def band(points: Sequence[tuple[float, float, float]], colour: str) -> str:
    """The area between two lines: (x, y of the one, y of the other)."""
    ends = [(x, low) for x, low, _ in points] + [(x, high) for x, _, high in reversed(points)]
    joined = " ".join(f"{x:g},{y:g}" for x, y in ends)
    return f'<polygon points="{joined}" fill="{colour}" fill-opacity="0.15"/>'


def legend(x: float, y: float, names: Sequence[str]) -> list[str]:
    """A line for each name, in the order of `COLOURS`."""
    parts = []
    for number, name in enumerate(names):
        at = y + LEGEND_ROW * number
        parts.append(mark(x + 4, at - 4, number))
        parts.append(text(x + 14, at, name, fill="#222"))
    return parts


def colour(number: int) -> str:
    """The colour of the encoder of that number; they begin again when all are used."""
    return COLOURS[number % len(COLOURS)]


def text_width(content: str) -> float:
    """About how wide a line of text is, wide characters counted twice."""
    return sum(6.2 if ord(character) < 0x2E80 else 11.5 for character in content)
