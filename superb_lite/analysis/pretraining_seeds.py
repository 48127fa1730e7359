"""Pretraining seeds of one thing: which encoders count as such, in every analysis.

Encoders are alike where all that their checkpoints say of them is, but for the seed: class and configuration,
objective, budget, corpora and their content, steps, and the options of model and data. An option that is a seed or a
path is left out, since the content of the data is known. Of encoders that do not say how they were pretrained, such as
those of `hf:`, nobody knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, one_line

STEPS = ("steps", "items")
"""What tells encoders at several steps of one pretraining apart."""

_SHARED = ("objective", "budget", "corpora", "corpus_sha256", *STEPS)

_OWN = ("seed", "path")
"""The last parts of options that pretraining seeds may differ in."""

Recipe = Mapping[str, str]
"""What is known of how an encoder came about, but for the seed: JSON by what it is called."""


def recipe(encoder: Encoder) -> Recipe | None:
    """What pretraining seeds of one thing share; None where the encoder does not say how it was pretrained."""
    said = encoder.pretraining or {}
    if "objective" not in said and "seed" not in said:
        return None
    config = {name: value for name, value in encoder.config().items() if name not in _OWN}
    options = said.get("options")
    found: dict[str, object] = {name: said.get(name) for name in _SHARED}
    found |= {"class": f"{type(encoder).__module__}:{type(encoder).__qualname__}", "configuration": config}
    for name, value in options.items() if isinstance(options, Mapping) else ():
        if str(name).rpartition(".")[2] not in _OWN:
            found[str(name)] = value
    return {name: json.dumps(value, sort_keys=True, default=str) for name, value in found.items()}


def key_of(known: Recipe, *, without: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """A recipe as a key of dictionaries. without: the names of what does not count."""
    left = set(without)
    return tuple(sorted((name, value) for name, value in known.items() if name not in left))


def check_seeds(encoders: Mapping[str, Encoder]) -> None:
    """Refuse encoders, by their names, of which two are known to have one pretraining seed, or to differ in more; and
    such as say how they were pretrained beside others that do not.

    Raises `SuperbLiteError`.
    """
    recipes = {name: known for name, each in encoders.items() if (known := recipe(each)) is not None}
    if not recipes:
        return
    first = next(iter(recipes))
    for name in (each for each in encoders if each not in recipes):
        raise SuperbLiteError(
            f"'{one_line(first, 80)}' was pretrained here and '{one_line(name, 80)}' does not say how: "
            "give encoders that differ in their pretraining seed alone"
        )
    for name, known in recipes.items():
        for what in {**recipes[first], **known}:
            if recipes[first].get(what) != known.get(what):
                raise SuperbLiteError(
                    f"'{one_line(first, 80)}' and '{one_line(name, 80)}' have other {one_line(what, 40)}: "
                    "give encoders that differ in their pretraining seed alone"
                )
    seeds: dict[str, str] = {}
    for name in recipes:
        seed = json.dumps((encoders[name].pretraining or {}).get("seed"), default=str)
        if seed != "null" and (other := seeds.setdefault(seed, name)) != name:
            raise SuperbLiteError(
                f"'{one_line(other, 80)}' and '{one_line(name, 80)}' have one pretraining seed, {one_line(seed, 20)}: "
                "give encoders of different seeds"
            )


def groups_of_seeds(encoders: Mapping[str, Encoder]) -> list[tuple[str, ...]]:
    """The names of encoders that are alike but for the seed, group by group; whoever does not say is alone.

    Raises `SuperbLiteError` where two of a group have one pretraining seed.
    """
    found: dict[object, list[str]] = {}
    for name, encoder in encoders.items():
        known = recipe(encoder)
        found.setdefault(name if known is None else key_of(known), []).append(name)
    for names in found.values():
        check_seeds({name: encoders[name] for name in names})
    return [tuple(names) for names in found.values()]
