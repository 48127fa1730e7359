"""Groups: encoders that differ in their pretraining seed alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from superb_lite.analysis.pretraining_seeds import STEPS, groups_of_seeds, key_of, recipe
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.parameters import parameter_count


@dataclass(frozen=True)
class Group:
    """Encoders of one size, one corpus and one number of steps."""

    parameters: int
    corpora: tuple[str, ...]
    """What they were pretrained on, as `Task.corpus` names it; empty where nobody knows."""
    steps: int | None
    """Of pretraining; None where nobody knows."""
    name: str
    """Of the encoder where it is alone because nothing is known of its pretraining, else empty."""
    members: Mapping[str, Encoder]
    """By their references, in the order in which they were given."""
    run: Hashable
    """What encoders at several steps of one pretraining share."""


def grouped(encoders: Mapping[str, Encoder]) -> list[Group]:
    """Encoders, by their references, in groups of pretraining seeds (`groups_of_seeds`): smaller ones first, then fewer
    corpora, then fewer steps."""
    groups = []
    for names in groups_of_seeds(encoders):
        first = encoders[names[0]]
        known = recipe(first)
        steps = (first.pretraining or {}).get("steps")
        groups.append(
            Group(
                parameters=parameter_count(first),
                corpora=corpora_of(first),
                steps=steps if isinstance(steps, int) else None,
                name=names[0] if known is None else "",
                members={name: encoders[name] for name in names},
                run=names[0] if known is None else key_of(known, without=STEPS),
            )
        )
    return sorted(groups, key=lambda g: (g.parameters, len(g.corpora), g.corpora, g.name, g.steps or 0))


def corpora_of(encoder: Encoder) -> tuple[str, ...]:
    """The sources that it was pretrained on, as far as it says."""
    return tuple(map(str, (encoder.pretraining or {}).get("corpora") or ()))


def last_steps(groups: Sequence[Group]) -> list[Group]:
    """Of each run the group with the most steps."""
    found: dict[object, Group] = {}
    for group in groups:  # in the order of steps
        found[group.run] = group
    return list(found.values())


def labels(groups: Sequence[Group]) -> dict[Hashable, str]:
    """What to call the runs of groups: by size, and by what some saw and others did not where that differs; by their
    first encoder, too, where that is the same of several."""
    runs: dict[Hashable, Group] = {}
    for group in groups:
        runs.setdefault(group.run, group)
    shared = set.intersection(*(set(group.corpora) for group in runs.values())) if runs else set()
    union = {source for group in runs.values() for source in group.corpora}
    found: dict[Hashable, str] = {}
    for run, group in runs.items():
        parts = [group.name or f"{short(group.parameters)} parameters"]
        if union != shared and not group.name:
            mine = sorted(set(group.corpora) - shared)
            parts.append(f"with {', '.join(mine)}" if mine else f"without {', '.join(sorted(union - shared))}")
        found[run] = " ".join(parts)
    several = list(found.values())
    return {
        run: f"{label} ({next(iter(runs[run].members))})" if several.count(label) > 1 else label
        for run, label in found.items()
    }


def short(number: int) -> str:
    """950, 12k, 1.3M."""
    for unit, name in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if number >= unit:
            return f"{number / unit:.2g}{name}" if number < 10 * unit else f"{number / unit:.0f}{name}"
    return str(number)
