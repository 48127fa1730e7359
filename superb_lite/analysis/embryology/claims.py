"""What was said about the order in which things are learnt, and what ours says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from superb_lite.analysis.claim import Claim
from superb_lite.analysis.embryology.growth import Growth
from superb_lite.analysis.embryology.orders import by_source, order, orders
from superb_lite.analysis.estimate import Estimate, across_samples, stacked
from superb_lite.errors import SuperbLiteError, near_names
from superb_lite.metrics.statistics import Sample, holm, interval

PAPER = "arXiv:2010.02480"


def different_speeds(
    sources: Mapping[str, str], grown: Mapping[str, Growth], share: float, modality: str
) -> Iterator[Claim]:
    """Whether words of different parts of speech, and different tasks, are learnt at different steps.

    sources: of the words of every question; "" of tasks.
    """
    for words, mine in by_source(grown, sources).items():
        found = orders(mine, share)
        if not found:
            continue
        told = [each for each in found if each.p < 0.05]
        largest = max(told or found, key=lambda each: each.later.value)
        yield Claim(
            claim=f"words of different parts of speech ({words}) are learnt at different speeds"
            if words
            else f"what tasks of {modality} ask for is learnt at different steps",
            source=f"{PAPER}, section 3" if words else f"{PAPER}, sections 4 and 5",
            measured=f"{len(told)} of {len(found)} pairs are told apart; the furthest: {largest.second} comes "
            f"{largest.later.shown(digits=1)} doublings of the steps after {largest.first}",
            value=largest.later.value,
            low=largest.later.low,
            high=largest.later.high,
            verdict="holds" if told else "not decided",
            needs="" if told else "longer runs or more pretraining seeds",
        )
    for source in dict.fromkeys(filter(None, sources.values())):
        pair = (f"{source}:all function", f"{source}:all content")
        if all(name in grown for name in pair):
            yield first_before(pair, grown, share, source="asked by arXiv:2010.02480, section 3")


def first_before(
    pair: tuple[str, str], grown: Mapping[str, Growth], share: float, *, source: str = "asked with --before"
) -> Claim:
    """Whether the first of two questions reaches a share of its gain at an earlier step than the second.

    Raises `SuperbLiteError` for a question that was not asked.
    """
    for name in pair:
        if name not in grown:
            near = near_names(name, grown) or sorted(grown)[:3]
            raise SuperbLiteError(f"--before '{name}': no such question was asked; there is {', '.join(near)}")
    claim = f"{pair[0]} is learnt before {pair[1]}"
    samples = [grown[name].samples[share] for name in pair]
    if (why := _no_step(pair, grown, share)) or samples[0] is None or samples[1] is None:
        return Claim(
            claim=claim,
            source=source,
            measured=f"{why}, so there is no step",
            needs="longer pretraining, more labels, or more pretraining seeds",
        )
    found = order(samples[0], samples[1], names=pair)
    steps = [2.0**sample.estimate for sample in (samples[0], samples[1])]
    earlier = sum(a < b for a, b in zip(*(grown[name].by_seed[share] for name in pair), strict=True))
    return Claim.judged(
        claim=claim,
        source=source,
        measured=f"steps {steps[0]:.0f} and {steps[1]:.0f}: {found.later.shown(digits=1)} doublings between them "
        f"(p {found.p:.3f}); earlier in {earlier} of {len(samples[0].values)} seeds",
        estimate=found.later,
        needs="" if found.p < 0.05 else "more pretraining seeds, and runs long enough for both to grow",
    )


def _no_step(names: Sequence[str], grown: Mapping[str, Growth], share: float) -> str:
    """Why questions cannot be compared; empty where they can."""
    small = [name for name in names if not grown[name].measurable]
    some = [name for name in names if grown[name].measurable and not grown[name].known(share)]
    why = [f"{' and '.join(small)} gained no more than noise"] if small else []
    why += [f"{' and '.join(some)} gained nothing in some seed, or without some document"] if some else []
    return ", and ".join(why)


def falls(steps: Sequence[int], curves: Mapping[str, Sequence[Sequence[Sample]]]) -> Iterator[Claim]:
    """Whether some score is worse at the end than it was in the second half of the log axis."""
    late = [number for number, step in enumerate(steps[:-1]) if step**2 >= steps[-1]]
    asked = [(name, number) for name in curves for number in late]
    if not asked:
        return
    differences = {pair: [run[pair[1]].minus(run[-1]) for run in curves[pair[0]]] for pair in asked}
    tested = [interval(stacked(samples)).p_value() for samples in differences.values()]
    adjusted = dict(zip(asked, holm(tested), strict=True))
    means = {pair: across_samples(samples) for pair, samples in differences.items()}
    fallen = [pair for pair in asked if adjusted[pair] < 0.05 and means[pair].value > 0]
    rising = [name for name in curves if not any(pair[0] == name for pair in fallen)]
    largest = max(fallen or asked, key=lambda pair: means[pair].value)
    estimate: Estimate = means[largest]
    yield Claim(
        claim="knowledge does not only grow: some score is lower at the end than it was before",
        source=f"{PAPER}, abstract",
        measured=(
            f"{len({name for name, _ in fallen})} of {len(curves)} scores fell; most {largest[0]}, which at step "
            f"{steps[largest[1]]} was {estimate.shown(100, 1)} points above the end"
            if fallen
            else f"none of {len(rising)} scores is lower at the end than at a step from {steps[late[0]]} on, after "
            f"Holm's correction; the nearest, {largest[0]} at step {steps[largest[1]]}: {estimate.shown(100, 1)} points"
        ),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        verdict="holds" if fallen else "not decided",
        needs="" if fallen else "runs of many more steps: the paper's are a thousand times longer",
    )
