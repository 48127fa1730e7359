"""Cost: what an encoder takes to run, beside what it scores."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Annotated, Self, TypeVar

from pydantic import Field

from superb_lite.results.fields import LARGEST, Count, FrozenModel, ShortName

Value = TypeVar("Value")


class Cost(FrozenModel):
    """What an encoder takes to run on a task's items. Each value is None where nobody knows.

    Parameters and FLOPs are properties of the encoder and of the items; speed and memory are of one machine at one
    time, and other processes disturb them.
    """

    parameters: Count | None = Field(
        default=None, description="Those that features depend on, each once: not the head of a language model."
    )
    active_parameters: Count | None = Field(
        default=None,
        description="Those that one item is computed with. Tables in which rows are only looked up are left out, as in "
        "MTEB's count of active parameters; so are experts that are not asked, and heads that are not used.",
    )
    flops: Count | None = Field(
        default=None,
        description="Floating-point operations of one item, the one of median length among test items, as "
        "torch.utils.flop_counter counts them: matrix products, convolutions and attention, a multiplication and an "
        "addition being two.",
    )
    items_per_second: Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)] | None = Field(
        default=None, description="Items of about median length, in batches, collated and encoded; the best of several."
    )
    batch_size: Count | None = Field(default=None, description="Of the batches that were timed.")
    peak_memory: Count | None = Field(
        default=None,
        description="Bytes: weights and, on top of them, what a batch takes at most. On CUDA what the allocator gave "
        "out; on the CPU of Linux by how much the resident memory grew, which is less where memory was there to be "
        "used again; None elsewhere.",
    )
    device: ShortName | None = Field(default=None, description="Kind and name of what it was timed on.")
    threads: Count | None = Field(default=None, description="Of torch, on the CPU.")

    @classmethod
    def overall(cls, costs: Sequence[Self]) -> Self | None:
        """The cost of an encoder on several tasks: the mean of the FLOPs, the median of the speeds, else the largest.

        None where there is no cost at all.
        """
        if not costs:
            return None
        return cls(
            parameters=_of([cost.parameters for cost in costs], max),
            active_parameters=_of([cost.active_parameters for cost in costs], max),
            flops=_of([cost.flops for cost in costs], lambda values: round(statistics.fmean(values))),
            items_per_second=_of([cost.items_per_second for cost in costs], statistics.median),
            batch_size=_of([cost.batch_size for cost in costs], max),
            peak_memory=_of([cost.peak_memory for cost in costs], max),
            device=_if_same([cost.device for cost in costs]),
            threads=_if_same([cost.threads for cost in costs]),
        )

    def words(self) -> str:
        """What is known in a line for people; empty where nothing is."""
        parts = []
        if self.parameters is not None:
            active = self.active_parameters
            of_these = "" if active is None or active == self.parameters else f" ({quantity(active)} active)"
            parts.append(f"{quantity(self.parameters)} parameters{of_these}")
        if self.flops is not None:
            parts.append(f"{quantity(self.flops)} FLOPs an item")
        if self.items_per_second is not None:
            threads = f", {self.threads} thread{'s' * (self.threads != 1)}" if self.threads else ""
            parts.append(f"{quantity(self.items_per_second)} items/s ({self.device or 'unknown device'}{threads})")
        if self.peak_memory is not None:
            parts.append(f"{quantity(self.peak_memory)}B memory")
        return ", ".join(parts)


def quantity(value: float) -> str:
    """A number with three digits and a decimal prefix: "0", "812", "1.23 M", "45.6 G"."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * factor:
            return f"{_three_digits(value / factor)} {prefix}"
    return _three_digits(value)


def _three_digits(value: float) -> str:
    digits = 0 if value >= 99.95 or value == int(value) else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f}"


def _of(values: Sequence[Value | None], reduce: Callable[[list[Value]], Value]) -> Value | None:
    known = [value for value in values if value is not None]
    return reduce(known) if known else None


def _if_same(values: Sequence[Value | None]) -> Value | None:
    known = {value for value in values if value is not None}
    return known.pop() if len(known) == 1 else None
