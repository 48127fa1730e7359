"""Which runs an analysis of scaling takes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from superb_lite.errors import SuperbLiteError

Factor = Literal["width", "data", "steps"]
FACTORS: tuple[Factor, ...] = ("width", "data", "steps")

TIMES = 10
"""How much larger the run is that is foretold."""


@dataclass(frozen=True)
class Size:
    """One size of a run."""

    width: int | None
    """Of the encoder; None: the recipe's."""
    data: float
    """Share of the corpus."""
    steps: int

    @property
    def name(self) -> str:
        """What it is called in tables and folders."""
        width = "" if self.width is None else f"width-{self.width}-"
        return f"{width}data-{self.data:g}-steps-{self.steps}"


@dataclass(frozen=True)
class Design:
    """The sizes that are run, each under every pretraining seed.

    widths, data, steps: in rising order. grid: all combinations; else one factor changes at a time, while the others
        are at their largest, so that they hold it up as little as possible.
    check: the factor in which a run is made that is `TIMES` as large as the largest, to see whether it was foretold.
    """

    widths: tuple[int, ...]
    data: tuple[float, ...]
    steps: tuple[int, ...]
    seeds: int = 3
    grid: bool = False
    check: Factor | None = None

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise SuperbLiteError(f"--seeds {self.seeds}: at least 1 pretraining seed is needed")
        if self.check == "data" and self.data[-1] * TIMES > 1:
            raise SuperbLiteError(
                f"--check data: {TIMES} times --data {self.data[-1]:g} is more than there is; give shares up to 0.1"
            )
        if self.check == "width" and not self.widths:
            raise SuperbLiteError("--check width: give several --width, so that there is a law to check")

    def all_sizes(self) -> list[Size]:
        """Those of the laws, and that of the check at the end."""
        larger = self.larger()
        return [*self.sizes(), *([] if larger is None else [larger])]

    def sizes(self) -> Iterator[Size]:
        """Each once; without a grid those of one factor after the other."""
        widths: tuple[int | None, ...] = self.widths or (None,)
        if self.grid:
            yield from itertools.starmap(Size, itertools.product(widths, self.data, self.steps))
            return
        whole = Size(widths[-1], self.data[-1], self.steps[-1])
        found = [Size(width, whole.data, whole.steps) for width in widths]
        found += [Size(whole.width, share, whole.steps) for share in self.data]
        found += [Size(whole.width, whole.data, steps) for steps in self.steps]
        yield from dict.fromkeys(found)

    @property
    def largest(self) -> Size:
        """The run that has the most of everything."""
        return Size(self.widths[-1] if self.widths else None, self.data[-1], self.steps[-1])

    def varying(self) -> tuple[Factor, ...]:
        """The factors of which there are enough values for a power law."""
        counts = {"width": len(self.widths), "data": len(self.data), "steps": len(self.steps)}
        return tuple(factor for factor in FACTORS if counts[factor] >= 3)

    def larger(self) -> Size | None:
        """The run by which the law of `check` is checked. A width grows by the root, as parameters grow with its
        square, rounded to a multiple of the smallest one."""
        size = self.largest
        if self.check == "steps":
            return Size(size.width, size.data, TIMES * size.steps)
        if self.check == "data":
            return Size(size.width, TIMES * size.data, size.steps)
        if self.check == "width":
            unit = self.widths[0]
            return Size(round(self.widths[-1] * TIMES**0.5 / unit) * unit, size.data, size.steps)
        return None


def numbers(option: str, text: str, *, whole: bool, most: float | None = None) -> tuple[float, ...]:
    """The numbers of "64,128,256", in rising order.

    Raises `SuperbLiteError` for what is no list of different positive numbers, at most `most`.
    """
    pattern = r"[0-9]{1,9}" if whole else r"[0-9]{0,9}\.?[0-9]{1,9}"
    parts = [part.strip() for part in text.split(",")]
    kind = "whole numbers" if whole else "numbers"
    if not all(re.fullmatch(pattern, part, re.ASCII) for part in parts):
        raise SuperbLiteError(f"--{option} '{text}': give {kind} with commas between them, such as 1,2,4")
    found = sorted(int(part) if whole else float(part) for part in parts)
    if found[0] <= 0 or (most is not None and found[-1] > most) or len(set(found)) < len(found):
        limit = f" and at most {most:g}" if most is not None else ""
        raise SuperbLiteError(f"--{option} '{text}': the {kind} must be different, above 0{limit}")
    return tuple(found)


def check_levels(counts: Sequence[int]) -> None:
    """Refuse a design in which no factor has enough values. counts: of the values of each factor."""
    if max(counts) < 3:
        raise SuperbLiteError("a power law takes at least three sizes: give three values to --width, --data or --steps")
