"""The experiment as a section of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from superb_lite.analysis.claim import ENOUGH_SEEDS, decided
from superb_lite.analysis.crosslingual.claims import claims_of
from superb_lite.analysis.crosslingual.experiment import PARTS, Experiment, Found
from superb_lite.analysis.crosslingual.groups import AMOUNTS
from superb_lite.analysis.crosslingual.jump import FEWEST, Jump, find_jump
from superb_lite.analysis.crosslingual.pictures import pictures_of
from superb_lite.analysis.crosslingual.ranks import REPORT, best_layer, gaining, mean_ranks
from superb_lite.analysis.crosslingual.tables import measured_groups, tables_of
from superb_lite.analysis.findings import Section


def jump_of(experiment: Experiment, found: Found) -> Jump | None:
    """Whether the mean rank of translations jumps, over all pairs; None for fewer than four amounts."""
    groups = experiment.groups.several
    if len(groups) < FEWEST or not found.alignment:
        return None
    layer = best_layer(found.alignment, experiment.groups.full)
    return find_jump(
        [group.amount or 0.0 for group in groups],
        [mean_ranks(found.alignment, group, "centred", layer, REPORT) for group in groups],
    )


def section_of(
    experiment: Experiment, found: Found, *, command: str = "", settings: dict[str, Any] | None = None
) -> Section:
    """All that was found. command: what makes it again. settings: further ones that decide the numbers."""
    jump = jump_of(experiment, found)
    seeds = len(experiment.groups.full.encoders)
    claims = decided(claims_of(experiment, found, jump), seeds)
    names = experiment.material.names
    groups = measured_groups(experiment)
    if found.transfer:
        groups = [*groups, *experiment.groups.alone]
    measured = [part for part in PARTS if _was_measured(found, part)]
    # Sections of other parts stand beside it.
    parts = "" if len(measured) == len(PARTS) else f" ({', '.join(measured)})"
    return Section(
        analysis="crosslingual",
        variant="" if len(measured) == len(PARTS) else "-".join(measured),
        title=f"Many languages: {', '.join(names)}{parts}",
        question="Does an encoder that has read several languages, never aligned, carry over between them, and how?",
        answer=" ".join([*(f"{claim.claim}: {claim.verdict}." for claim in claims), *_which_pairs(experiment, found)]),
        command=command,
        encoders=tuple(name for group in groups for name in group.encoders),
        seeds=seeds,
        settings={
            "languages": list(names),
            "finetuned_in": list(experiment.trained),
            "sentences": experiment.material.most,
            **({} if experiment.shifts is None else {"alphas": list(experiment.shifts.alphas)}),
            **(settings or {}),
        },
        tables=tuple(tables_of(experiment, found, jump)),
        pictures=tuple(pictures_of(experiment, found)),
        claims=claims,
        notes=tuple(_notes(experiment, found, jump)),
    )


def _was_measured(found: Found, part: str) -> bool:
    return bool({"transfer": found.transfer, "alignment": found.alignment, "vector": found.shifts}[part])


def _which_pairs(experiment: Experiment, found: Found) -> list[str]:
    """A mean over pairs of languages may be that of one of them."""
    full, none = experiment.groups.full, experiment.none
    if not found.alignment or none is None or len(full.encoders) < ENOUGH_SEEDS:
        return []
    surely, others = gaining(found.alignment, full, none, best_layer(found.alignment, full))
    told = f"Pretraining brings translations closer in {', '.join(surely) or 'no pair of languages by itself'}"
    return [told + (f"; not shown for {', '.join(others)}." if surely and others else ".")]


def _notes(experiment: Experiment, found: Found, jump: Jump | None) -> Sequence[str]:
    notes = []
    if found.alignment:
        notes.append(
            "A word is compared with words of the other language from other sentences: every language has its "
            "sentences dealt out in turn into two halves. The layer of the claims was chosen on every other word; the "
            "claims are about the rest."
        )
    if found.alignment and jump is None:
        notes.append(
            f"Whether the alignment jumps with data needs encoders that have read at least {FEWEST} amounts; here are "
            f"{len(experiment.groups.several)}."
        )
    if found.shifts:
        notes.append(
            "Layer and factor of the vector were chosen on every other question; all figures of it are about the rest."
        )
    notes += _pretraining(experiment)
    if experiment.none is None:
        notes.append("There are no untrained twins: weights of these encoders cannot be drawn anew.")
    return notes


def _pretraining(experiment: Experiment) -> Sequence[str]:
    """What the checkpoints say of how they were made, where all say the same."""
    groups = [*experiment.groups.several, *experiment.groups.alone]
    known = [encoder.pretraining or {} for group in groups for encoder in group.encoders.values()]
    told = {(each.get("objective"), each.get("budget"), each.get("steps")) for each in known}
    if len(told) != 1 or None in (only := told.pop()):
        return []
    objective, budget, steps = only
    less = (
        ", so that a smaller share of the data is read more often"
        if experiment.groups.axis == AMOUNTS["data.share"]
        else ""
    )
    return [f"All encoders were pretrained by {objective} of {budget} for {steps:,} steps{less}."]
