"""What the lecture and the papers say of encoders of several languages, and what was measured."""

from __future__ import annotations

from superb_lite.analysis.claim import Claim, Verdict
from superb_lite.analysis.crosslingual.experiment import Experiment, Found
from superb_lite.analysis.crosslingual.groups import NONE
from superb_lite.analysis.crosslingual.jump import Jump
from superb_lite.analysis.crosslingual.ranks import (
    REPORT,
    answers,
    best_layer,
    by_chance,
    mean_ranks,
    over_pairs,
    share,
    told_apart,
)
from superb_lite.analysis.crosslingual.shifts import key
from superb_lite.analysis.crosslingual.transfer import paired
from superb_lite.analysis.estimate import Estimate, of_sample
from superb_lite.metrics.statistics import Interval, Sample

TRANSFER = "lecture; Hsu, Liu & Lee 2019, arXiv:1909.09587"
ALIGNED = "lecture; arXiv:2010.10041, section 3"
APART = "Karthikeyan et al. 2020, arXiv:1912.07840, section 4"
VECTOR = "lecture; arXiv:2010.10041, sections 4 and 5"

DISJOINT = 0.01
"""Languages that share at most so many of their tokens count as without a shared token."""

ROOM = 0.05
"""A probe that is right so much more often than chance tells next to nothing."""

MORE_DATA = "more pretraining data and a wider encoder: published ones have 110 million parameters and 104 Wikipedias"


def claims_of(experiment: Experiment, found: Found, jump: Jump | None) -> list[Claim]:
    """Those that what was measured speaks to."""
    made: list[Claim] = []
    if found.transfer:
        made += _transfer(experiment, found)
    if found.alignment:
        made += _alignment(experiment, found, jump)
        made += _identity(experiment, found)
    if found.shifts:
        made += _vector(experiment, found)
    return made


def _transfer(experiment: Experiment, found: Found) -> list[Claim]:
    made, full = [], experiment.groups.full.name
    for other in [*([NONE] if experiment.none else []), *(group.name for group in experiment.groups.alone)]:
        for kind in experiment.kinds:
            if (difference := paired(found.transfer, full, other, kind.name)) is None:
                continue
            estimate = of_sample(difference.scaled(100.0))
            than = "without pretraining" if other == NONE else f"pretrained on {other}"
            made.append(
                Claim.judged(
                    claim=f"Fine-tuned in one language, an encoder of several does the task ({kind.name}) in another: "
                    f"better than one {than}",
                    source=TRANSFER,
                    measured=f"zero-shot, mean over pairs of languages and metrics: {estimate.shown(digits=1)} points",
                    estimate=estimate,
                    needs=MORE_DATA,
                )
            )
    return made


def _alignment(experiment: Experiment, found: Found, jump: Jump | None) -> list[Claim]:
    full = experiment.groups.full
    layer = best_layer(found.alignment, full)
    pairs = next(iter(found.alignment.values()))["pairs"]
    apart = [p for p in pairs if pairs[p]["shared"] is not None and pairs[p]["shared"] <= DISJOINT]
    text = "Translations lie close to each other, without any alignment"
    if len(apart) == len(pairs):
        made = [_ranked(found, experiment, f"{text} and without a shared token", f"{ALIGNED}; {APART}", layer)]
    else:
        made = [_ranked(found, experiment, text, ALIGNED, layer)]
        if apart:
            named = ", ".join(p.replace(" ", "-") for p in apart)
            those = f"So do those of languages without a shared token ({named})"
            made.append(_ranked(found, experiment, those, APART, layer, apart))
    if jump is not None:
        step = jump.largest
        made.append(
            Claim(
                claim="With more pretraining data the alignment jumps, rather than to grow steadily",
                source="lecture",
                measured=f"layer {layer}: the step from {step.start:g} to {step.end:g} makes {step.share:.0%} of the "
                f"whole gain of {_shown(jump.gain)} on {step.width:.0%} of the log axis; a jump makes more than "
                f"{(1 + step.width) / 2:.0%} (value: the gain beyond that, p = {step.p_value:.2g})",
                value=step.beyond.estimate,
                low=step.beyond.lo,
                high=step.beyond.hi,
                verdict=jump.verdict,
                needs="more amounts between those of the largest step, and more pretraining seeds",
            )
        )
    return made


def _ranked(
    found: Found, experiment: Experiment, text: str, source: str, layer: int, pairs: list[str] | None = None
) -> Claim:
    """Against the untrained twins, which may tell words apart by their lengths and places; else against chance."""
    sample = mean_ranks(found.alignment, experiment.groups.full, "centred", layer, REPORT, pairs)
    chance = by_chance(found.alignment, pairs)
    measured = f"mean reciprocal rank {share(sample).shown(digits=3)}, by chance {chance:.3f}"
    where = f"(layer {layer}, no means)"
    if experiment.none is None:
        return Claim.judged(
            claim=text,
            source=source,
            measured=f"{measured} {where}",
            estimate=share(sample),
            above=chance,
            needs=MORE_DATA,
        )
    untrained = mean_ranks(found.alignment, experiment.none, "centred", layer, REPORT, pairs)
    return Claim.judged(
        claim=text,
        source=source,
        measured=f"{measured}, untrained {share(untrained).shown(digits=3)} {where}; value: what training adds",
        estimate=of_sample(sample.minus(untrained)),
        needs=MORE_DATA,
    )


def _identity(experiment: Experiment, found: Found) -> list[Claim]:
    full = experiment.groups.full
    layer = best_layer(found.alignment, full)
    made = []
    for probe, text in (
        ("linear", "The language of a word is in the mean of its language: without it a linear probe tells nothing"),
        ("neighbours", "Without the mean nothing is left of the language: nearest neighbours do not tell it either"),
    ):
        before, after = (told_apart(found.alignment, full, probe, when, layer) for when in ("before", "after"))
        if before is None or after is None:
            return []
        chance = 1 / len(experiment.material.names)
        left = share(after)
        made.append(
            Claim(
                claim=text,
                source=VECTOR,
                measured=f"told of {share(before).shown(100, 1)}% of the words before and of {left.shown(100, 1)}% "
                f"after (layer {layer}; by chance {chance:.0%})",
                value=left.value,
                low=left.low,
                high=left.high,
                verdict=_next_to_nothing(left, chance + ROOM),
                needs="more words that are known in all languages, and more pretraining seeds",
            )
        )
    return made


def _next_to_nothing(estimate: Estimate, most: float) -> Verdict:
    if estimate.low is None or estimate.high is None:
        return "not decided"
    if estimate.high <= most:
        return "holds"
    return "does not hold" if estimate.low > most else "not decided"


def _vector(experiment: Experiment, found: Found) -> list[Claim]:
    shifted: dict[str, dict[tuple[str, str], Sample]] = {"converted": {}, "translated": {}, "chance": {}}
    control: dict[tuple[str, str], Sample] = {}
    for pair, measured in found.shifts.items():
        for what, samples in shifted.items():
            samples[pair] = answers(measured, key(*found.settings[pair]), what)
        control[pair] = answers(found.controls[pair], "", "converted")
    turned, random = over_pairs(shifted["converted"]), over_pairs(control)
    right, guessed = over_pairs(shifted["translated"]), over_pairs(shifted["chance"])
    settings = ", ".join(f"{a}-{b}: layer {n}, factor {x:g}" for (a, b), (n, x) in found.settings.items())
    return [
        Claim.judged(
            claim="One vector, the difference of two means, turns masked predictions into another language",
            source=VECTOR,
            measured=f"{share(turned).shown(100, 1)}% of the predictions are in the other language, "
            f"{share(random).shown(100, 1)}% with a random one of that length ({settings}); value: the difference",
            estimate=of_sample(turned.minus(random)).within(-1.0, 1.0),
            needs=MORE_DATA,
        ),
        Claim.judged(
            claim="What the predictions turn into are translations of the masked words",
            source=VECTOR,
            measured=f"{share(right).shown(100, 1)}% translated, {share(guessed).shown(100, 1)}% by chance; "
            "value: the difference",
            estimate=of_sample(right.minus(guessed)).within(-1.0, 1.0),
            needs=MORE_DATA,
        ),
    ]


def _shown(found: Interval) -> str:
    return f"{found.estimate:.3f} [{found.lo:.3f}, {found.hi:.3f}]"
