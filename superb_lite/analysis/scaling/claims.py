"""What is said of scaling, and what ours says."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite.analysis.claim import Claim, Verdict
from superb_lite.analysis.estimate import across_seeds
from superb_lite.analysis.scaling.curves import Curve
from superb_lite.analysis.scaling.design import TIMES
from superb_lite.charts.figure import short_number

SOURCE = "arXiv 2001.08361, section 1.1"


def claims_of(curves: Sequence[Curve]) -> tuple[Claim, ...]:
    """Of the loss, else of the first task: does each quantity help, and was the larger run foretold?"""
    first = curves[0].measure if curves else ""
    found = []
    for curve in curves:
        if curve.measure != first:
            continue
        found.append(_helps(curve))
        if curve.checked is not None and curve.foretold is not None:
            found.append(_foretold(curve))
    return tuple(found)


def _helps(curve: Curve) -> Claim:
    """Of all runs: those that no cheaper run is better than fall by the way they are chosen."""
    (smallest, least), (largest, most) = curve.ends
    low, high = (short_number(float(f"{size:.3g}")) for size in (smallest, largest))
    gain = across_seeds([a - b for a, b in zip(least, most, strict=False)])
    exponent = "" if curve.law is None else f", exponent {curve.law.c}"
    return Claim.judged(
        claim=f"The {curve.measure} falls with {curve.axis}.",
        source=SOURCE,
        measured=f"from {low} to {high} by {gain}{exponent}",
        estimate=gain,
        needs="sizes further apart, or more pretraining seeds",
    )


def _foretold(curve: Curve) -> Claim:
    """A law that would foretell the largest run that it was fitted to just as well foretells nothing."""
    assert curve.checked is not None
    assert curve.foretold is not None
    last = across_seeds(curve.levels[max(curve.levels)])
    mean, foretold = across_seeds(curve.checked[1]), curve.foretold
    verdict: Verdict = "does not hold"
    if foretold.low is None or foretold.high is None:
        verdict = "not decided"
    elif curve.fell_in:
        verdict = "not decided" if foretold.low <= last.value <= foretold.high else "holds"
    return Claim(
        claim=f"The power law over {curve.axis} foretells the {curve.measure} of a run about {TIMES} times larger.",
        source=SOURCE,
        measured=f"foretold {foretold}, measured {mean}; the largest run of the law {last}",
        value=mean.value,
        low=mean.low,
        high=mean.high,
        verdict=verdict,
        needs="" if verdict == "holds" else "more and larger sizes below the one that is foretold, or more seeds",
    )
