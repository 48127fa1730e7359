"""Tables for people: an interval stands beside its number, and numbers have as many digits as their column needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from superb_lite.analysis.claim import Claim
from superb_lite.analysis.findings import Cell, Table

MINUS = "−"


@dataclass(frozen=True)
class ShownTable:
    """A table of texts."""

    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    """Whether a column is one of numbers, which stand on the right."""
    rows: tuple[tuple[str, ...], ...]


def shown_table(table: Table) -> ShownTable:
    """x, x_low and x_high become one column "x [low, high]"; underscores in the names of columns become blanks."""
    columns, numeric, cells = [], [], []
    for place, name in enumerate(table.columns):
        if any(name == f"{other}_{end}" for other in table.columns for end in ("low", "high")):
            continue
        ends = [table.columns.index(end) for end in (f"{name}_low", f"{name}_high") if end in table.columns]
        values = [row[place] for row in table.rows]
        columns.append(name.replace("_", " "))
        numeric.append(all(value is None or _is_number(value) for value in values) and any(map(_is_number, values)))
        cells.append(
            _column(values, [(row[ends[0]], row[ends[1]]) if len(ends) == 2 else (None, None) for row in table.rows])
        )
    return ShownTable(tuple(columns), tuple(numeric), tuple(zip(*cells, strict=True)))


def shown_number(value: Cell, digits: int | None = None) -> str:
    """A cell as text. digits: after the point; None: as many as the number alone needs."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace("-", MINUS) if abs(value) >= 10_000 else str(value).replace("-", MINUS)
    if isinstance(value, str):
        return value
    if digits is None and value and abs(value) < _SMALL:
        return f"{value:.0e}".replace("-", MINUS)
    digits = _digits([value]) if digits is None else digits
    text = f"{value:z,.{digits}f}" if abs(value) >= 10_000 else f"{value:z.{digits}f}"  # z: no minus before 0.000
    return text.replace("-", MINUS)


def shown_interval(low: Cell, high: Cell, digits: int | None = None) -> str:
    """ "[low, high]"; empty where there is none."""
    if low is None or high is None:
        return ""
    digits = _digits([low, high]) if digits is None else digits
    return f"[{shown_number(low, digits)}, {shown_number(high, digits)}]"


def shown_value(claim: Claim) -> str:
    """The number that decides a claim, with its interval; empty where there is none.

    An end has more digits where it would be shown as 0, since the verdict depends on its side.
    """
    if claim.value is None:
        return ""
    digits = _digits([claim.value, claim.low, claim.high])
    while digits < _MOST_DIGITS and any(end and not round(end, digits) for end in (claim.low, claim.high)):
        digits += 1
    return f"{shown_number(claim.value, digits)} {shown_interval(claim.low, claim.high, digits)}".strip()


def _column(values: Sequence[Cell], ends: Sequence[tuple[Cell, Cell]]) -> list[str]:
    known = [*values, *(end for pair in ends for end in pair)]
    small = all(abs(value) < _SMALL for value in known if isinstance(value, float))
    digits = None if small else _digits(known)
    texts = []
    for value, pair in zip(values, ends, strict=True):
        interval = "" if value is None else shown_interval(*pair, digits)
        texts.append(f"{shown_number(value, digits)} {interval}".strip())
    return texts


_SMALL = 0.0005
"""Numbers below are shown by their power of ten, where no larger one stands beside them."""


_MOST_DIGITS = 6
"""After the point of a claim's number."""


def _digits(values: Sequence[Cell]) -> int:
    """After the point, so that the largest number has at least three digits."""
    known = [abs(value) for value in values if isinstance(value, float) and math.isfinite(value)]
    largest = max(known, default=0.0)
    return next((digits for digits, limit in ((3, 1.05), (2, 10.5), (1, 1000)) if largest < limit), 0)


def _is_number(value: Cell) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
