"""Something that was said about encoders, what was measured, and the verdict that follows from an interval."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, get_args

from superb_lite.analysis.plain import plain

if TYPE_CHECKING:
    from superb_lite.analysis.estimate import Estimate

Verdict = Literal["holds", "does not hold", "not decided"]

ENOUGH_SEEDS = 3
"""Pretraining seeds from which on a finding is about pretraining, and not about one checkpoint."""

MORE_SEEDS = f"at least {ENOUGH_SEEDS} pretraining seeds"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Something that was said about encoders, and what was measured."""

    claim: str
    """A sentence that can be wrong."""
    source: str
    """Who says it: the lecture, or arXiv and section."""
    measured: str
    """What ours says, in words with numbers."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """The number that decides with its interval, where there is one."""
    verdict: Verdict = "not decided"
    needs: str = ""
    """Where it is not decided, or does not hold: what size or data would be needed to see it."""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, plain(getattr(self, name)))
        if self.verdict not in get_args(Verdict):
            raise ValueError(f"a verdict is one of {', '.join(get_args(Verdict))}, not '{self.verdict}'")

    @classmethod
    def judged(
        cls, *, claim: str, source: str, measured: str, estimate: Estimate, above: float = 0.0, needs: str = ""
    ) -> Self:
        """A claim that a number is larger than `above`: what its interval says (`Estimate.verdict`)."""
        return cls(
            claim=claim,
            source=source,
            measured=measured,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            verdict=estimate.verdict(above),
            needs=needs,
        )


def decided(claims: Sequence[Claim], seeds: int) -> tuple[Claim, ...]:
    """The claims as so many pretraining seeds can decide them: with fewer than `ENOUGH_SEEDS`, not at all."""
    if seeds >= ENOUGH_SEEDS:
        return tuple(claims)
    return tuple(
        claim
        if claim.verdict == "not decided" and MORE_SEEDS in claim.needs
        else dataclasses.replace(
            claim,
            verdict="not decided",
            needs=f"{MORE_SEEDS}; {claim.needs}" if claim.verdict == "not decided" and claim.needs else MORE_SEEDS,
        )
        for claim in claims
    )
