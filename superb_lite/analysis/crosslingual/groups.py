"""Groups of encoders: what was pretrained alike, but for the seed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from superb_lite.analysis.pretraining_seeds import check_seeds
from superb_lite.analysis.twins import random_twins
from superb_lite.encoders.encoder import Encoder

NONE = "none"
"""The row of encoders that were never trained."""

AMOUNTS = {
    "data.share": "share of the pretraining data",
    "items": "examples read in pretraining",
    "steps": "steps of pretraining",
    "told": "amount of pretraining data",
}
"""What may tell encoders apart by how much they have read, the first that differs, and what an axis calls it."""


@dataclass(frozen=True)
class Group:
    """Encoders that differ in their pretraining seed alone."""

    name: str
    encoders: Mapping[str, Encoder]
    """By what each is called."""
    languages: tuple[str, ...] = ()
    """That they were pretrained on, as far as anybody knows; empty for those that were never trained."""
    amount: float | None = None
    """How much they have read; None where nobody knows, or all have read as much."""


def languages_of(encoder: Encoder, names: Collection[str]) -> tuple[str, ...]:
    """Which of the languages an encoder was pretrained on, as its checkpoint says (data.languages); all where it says
    nothing of them."""
    options = (encoder.pretraining or {}).get("options") or {}
    told = options.get("data.languages", "") if isinstance(options, Mapping) else ""
    found = tuple(name for name in names if name in re.findall(r"[\w-]+", str(told)))
    return found or tuple(names)


def amount_of(encoder: Encoder, what: str) -> float | None:
    """One of `AMOUNTS` of an encoder; None where its checkpoint does not say."""
    known = encoder.pretraining or {}
    options = known.get("options")
    value = known.get(what, options.get(what) if isinstance(options, Mapping) else None)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None


@dataclass(frozen=True)
class Grouped:
    """All encoders of an analysis."""

    several: tuple[Group, ...]
    """Pretrained on several languages, by how much they have read, ascending."""
    alone: tuple[Group, ...]
    """Pretrained on one language, by language."""
    axis: str = ""
    """What tells the groups of `several` apart; empty where there is one."""

    @property
    def full(self) -> Group:
        """Those that have read most."""
        return self.several[-1]


def grouped(
    encoders: Mapping[str, Encoder],
    names: Sequence[str],
    alone: Mapping[str, str],
    told: Mapping[str, float] | None = None,
) -> Grouped:
    """Sort encoders by what they have read.

    encoders: by name. alone: by name, of those whose checkpoints do not say so, the only language they have read. told:
    by name, how much they have read, where that is said of all that have read several.

    Raises `SuperbLiteError` where encoders of one group differ in more than their pretraining seed.
    """
    read = {name: (alone[name],) if name in alone else languages_of(each, names) for name, each in encoders.items()}
    many = [name for name in encoders if len(read[name]) > 1]
    what, amounts = _telling({name: encoders[name] for name in many})
    if told and all(name in told for name in many) and len({told[name] for name in many}) > 1:
        what, amounts = "told", dict(told)
    several: dict[float, list[str]] = {}
    for name in many:
        several.setdefault(amounts.get(name, 0.0), []).append(name)
    label = "several"
    made = []
    for amount in sorted(several):
        own = {name: encoders[name] for name in several[amount]}
        languages = read[several[amount][0]]
        label = ", ".join(languages)
        made.append(Group(label if not what else f"{label} ({amount:g})", own, languages, amount if what else None))
    if made:
        made[-1] = Group(label, made[-1].encoders, made[-1].languages, made[-1].amount)
    single: dict[str, dict[str, Encoder]] = {}
    for name, each in encoders.items():
        if len(read[name]) == 1:
            single.setdefault(read[name][0], {})[name] = each
    for same in (*(each.encoders for each in made), *single.values()):
        check_seeds(same)
    return Grouped(
        tuple(made),
        tuple(Group(f"{one} alone", own, (one,)) for one, own in single.items()),
        AMOUNTS.get(what, ""),
    )


def _telling(encoders: Mapping[str, Encoder]) -> tuple[str, dict[str, float]]:
    """What tells encoders apart by how much they have read, and how much that is."""
    for what in AMOUNTS:
        found = {name: amount_of(each, what) for name, each in encoders.items()}
        amounts = {name: amount for name, amount in found.items() if amount is not None}
        if len(amounts) == len(found) and len(set(amounts.values())) > 1:
            return what, amounts
    return "", {}


def untrained(group: Group) -> Group | None:
    """The random twins of a group; None where they cannot be drawn."""
    twins = random_twins(group.encoders)
    return Group(NONE, {f"{name} (untrained)": twin for name, twin in twins.items()}) if twins else None
