"""Groups: encoders that differ in their pretraining seed alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

    @property
    def run(self) -> tuple[int, tuple[str, ...], str]:
        """What encoders at several steps of one pretraining share."""
        return self.parameters, self.corpora, self.name


def grouped(encoders: Mapping[str, Encoder]) -> list[Group]:
    """Encoders, by their references, in groups: smaller ones first, then fewer corpora, then fewer steps.

    Encoders of one class, with as many parameters, that were pretrained by one objective on the same sources for as
    many steps are one group. Of others, as those of `hf:`, each is a group by itself.
    """
    found: dict[tuple[object, ...], list[str]] = {}
    for name, encoder in encoders.items():
        known = encoder.pretraining or {}
        key: tuple[object, ...] = (name,)
        if "objective" in known:
            key = (type(encoder), parameter_count(encoder), known["objective"], corpora_of(encoder), known.get("steps"))
        found.setdefault(key, []).append(name)
    groups = []
    for key, names in found.items():
        first = encoders[names[0]]
        steps = (first.pretraining or {}).get("steps")
        groups.append(
            Group(
                parameters=parameter_count(first),
                corpora=corpora_of(first),
                steps=steps if isinstance(steps, int) else None,
                name=names[0] if len(key) == 1 else "",
                members={name: encoders[name] for name in names},
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


def labels(groups: Sequence[Group]) -> dict[tuple[object, ...], str]:
    """What to call the runs of groups: by size, and by what some saw and others did not where that differs."""
    runs = list(dict.fromkeys(group.run for group in groups))
    shared = set.intersection(*(set(corpora) for _, corpora, _ in runs)) if runs else set()
    union = {source for _, corpora, _ in runs for source in corpora}
    found: dict[tuple[object, ...], str] = {}
    for parameters, corpora, name in runs:
        parts = [name or f"{short(parameters)} parameters"]
        if union != shared and not name:
            mine = sorted(set(corpora) - shared)
            parts.append(f"with {', '.join(mine)}" if mine else f"without {', '.join(sorted(union - shared))}")
        found[parameters, corpora, name] = " ".join(parts)
    return found


def short(number: int) -> str:
    """950, 12k, 1.3M."""
    for unit, name in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if number >= unit:
            return f"{number / unit:.2g}{name}" if number < 10 * unit else f"{number / unit:.0f}{name}"
    return str(number)
