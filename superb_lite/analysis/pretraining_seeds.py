"""check_seeds: encoders that are counted as pretraining seeds of one thing."""

from __future__ import annotations

from collections.abc import Mapping

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, one_line

SHARED = ("objective", "corpora", "steps")
"""What pretraining seeds of one thing have in common."""


def check_seeds(encoders: Mapping[str, Encoder]) -> None:
    """Refuse encoders, by their names, of which two are known to have one pretraining seed, or to differ in more.

    Of encoders that do not say how they were pretrained, such as those of `hf:`, nobody knows. Raises
    `SuperbLiteError`.
    """
    told = {name: each.pretraining or {} for name, each in encoders.items()}
    known = {name: said for name, said in told.items() if "seed" in said}
    seeds: dict[object, str] = {}
    for name, said in known.items():
        first = next(iter(known))
        for what in SHARED:
            if said.get(what) != known[first].get(what):
                raise SuperbLiteError(
                    f"'{one_line(first, 80)}' and '{one_line(name, 80)}' have other {what}: "
                    "give encoders that differ in their pretraining seed alone"
                )
        if (other := seeds.setdefault(said["seed"], name)) != name:
            raise SuperbLiteError(
                f"'{one_line(other, 80)}' and '{one_line(name, 80)}' have one pretraining seed, {said['seed']}: "
                "give encoders of different seeds"
            )
