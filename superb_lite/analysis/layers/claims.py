"""What is claimed about layers, and what the probes say to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from superb_lite.analysis.claim import Claim, Verdict
from superb_lite.analysis.estimate import Estimate, across_samples, across_seeds, permutation_test
from superb_lite.analysis.layers.crossfit import at_layer, best_layer
from superb_lite.analysis.layers.on_task import OnTask, short
from superb_lite.analysis.transfer.samples import mean_over_tasks
from superb_lite.metrics.statistics import SIGNIFICANCE, Sample

TENNEY = "Tenney, Das & Pavlick 2019, arXiv 1905.05950"


def claims_of(found: Sequence[OnTask], order: Sequence[str] = ()) -> tuple[Claim, ...]:
    """All claims that the probes can decide. order: tasks that are said to be found in ever higher layers."""
    return (_not_the_last(found), *_above_embeddings(found), *_tasks_differ(found), *_in_order(found, order))


def best_minus_last(found: Sequence[OnTask]) -> Estimate:
    """How much better the best layer is than the last one, in percent, a mean over tasks."""
    seeds = range(len(found[0].trained))
    return across_samples([mean_over_tasks(_differences_to_last(found, seed)) for seed in seeds]).scaled(100)


def _differences_to_last(found: Sequence[OnTask], seed: int) -> list[Sample]:
    """For each task the best layer minus the last one, of one seed."""
    differences = []
    for each in found:
        best, _ = best_layer(each.by_layer())
        differences.append(best[seed].minus(at_layer(each.by_layer(), each.depth - 1)[seed]))
    return differences


def _not_the_last(found: Sequence[OnTask]) -> Claim:
    estimate = best_minus_last(found)
    return Claim.judged(
        claim="The last layer is not the one that knows most",
        source=f"lecture; {TENNEY}",
        measured=f"best layer minus last layer: {estimate.shown()} points, mean over {len(found)} tasks",
        estimate=estimate,
        needs="" if estimate.verdict() == "holds" else "more layers: a shallow encoder has no middle",
    )


def _above_embeddings(found: Sequence[OnTask]) -> list[Claim]:
    if not all(each.twins for each in found):
        return []
    differences = []
    for seed in range(len(found[0].trained)):
        of_tasks = []
        for each in found:
            gains = [each.gains(layer) for layer in range(each.depth)]
            of_tasks.append(best_layer(gains)[0][seed].minus(at_layer(gains, 0)[seed]))
        differences.append(mean_over_tasks(of_tasks))
    estimate = across_samples(differences).scaled(100)
    return [
        Claim.judged(
            claim="What pretraining adds lies above the input embeddings",
            source="lecture",
            measured="gain over the random twin at the layer of the largest gain, minus the gain at layer 0: "
            f"{estimate.shown()} points, mean over {len(found)} tasks",
            estimate=estimate,
            needs="" if estimate.verdict() == "holds" else "longer pretraining",
        )
    ]


def _tasks_differ(found: Sequence[OnTask]) -> list[Claim]:
    """Whether the centres of tasks, less those of the twins, agree between seeds."""
    known = [each.centres for each in found]
    if len(found) < 3 or len(found[0].trained) < 2 or None in known:
        return []
    centres = np.array(known, dtype=np.float64)
    tasks, seeds = centres.shape
    if not centres.std(axis=0).all():
        return []
    what = f"the centres of {tasks} tasks" + (", less those of the random twins," if found[0].twins else "")

    def agreement(order: np.ndarray) -> float:
        """The mean correlation of seeds; the first seed keeps its order, each other one is dealt out anew."""
        dealt = [centres[:, 0]]
        for seed in range(1, seeds):
            mine = order[(order >= (seed - 1) * tasks) & (order < seed * tasks)] - (seed - 1) * tasks
            dealt.append(centres[mine, seed])
        table = np.atleast_2d(np.corrcoef(np.array(dealt)))
        return float(table[~np.eye(seeds, dtype=bool)].mean())

    value = agreement(np.arange(tasks * (seeds - 1)))
    p = permutation_test(agreement, tasks * (seeds - 1))
    verdict: Verdict = "holds" if p < SIGNIFICANCE else "not decided"
    return [
        Claim(
            claim="Different tasks read different layers",
            source="lecture (learned weights of layers)",
            measured=f"{what} correlate by {value:.2f} between pretraining seeds, p = {p:.3f} "
            "when tasks are dealt out anew",
            value=value,
            verdict=verdict,
            needs="" if verdict == "holds" else "more tasks, or more layers",
        )
    ]


def _in_order(found: Sequence[OnTask], order: Sequence[str]) -> list[Claim]:
    """Whether tasks stand in the claimed order: the slope over their places in it of their centres, less those of the
    random twins. What is not `OnTask.answered` is left out."""
    by_name = {name: each for each in found for name in (each.task, short(each.task))}
    named = [by_name[name] for name in order]
    chosen = [each for each in named if each.answered]
    known = [each.centres for each in chosen]
    if len(chosen) < 2 or None in known:
        return []
    left_out = ", ".join(short(each.task) for each in named if not each.answered)
    estimate = across_seeds(np.polyfit(np.arange(len(chosen)), np.array(known, dtype=np.float64), 1)[0].tolist())
    less = ", less that of the random twin," if chosen[0].twins else ""
    return [
        Claim.judged(
            claim="Form is found in lower layers than meaning: " + " < ".join(short(each.task) for each in chosen),
            source=TENNEY,
            measured=f"from one to the next the centre{less} rises by {estimate.shown()} layers"
            + (f"; no better than a constant answer or the random twins, and left out: {left_out}" if left_out else ""),
            estimate=estimate,
            needs="" if estimate.verdict() == "holds" else "a deeper encoder (theirs have 12 and 24 layers)",
        )
    ]
