"""Recipes: what an objective's options are for a budget of time, as a LightningCLI file in the objective's package."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.modality import ObjectiveSpec

MINUTE, QUICK = "minute", "quick"
"""The budget where none is named, and that of a smoke run."""


@dataclass(frozen=True)
class Recipe:
    """The options of one objective for one budget. Its steps are fixed, so the same command gives the same numbers."""

    budget: str
    """As `--budget` takes it."""
    file: str
    """"package:path" of the file."""
    steps: int
    """Optimiser steps."""
    options: Mapping[str, Any]
    """The options by group and name, nested, as a LightningCLI file holds them."""

    def arguments(self, names: Iterable[str], *, encoder: bool) -> list[str]:
        """The options as arguments with full names, such as "--model.encoder.layers=4".

        Args:
            names: of all options that there are, such as "--model.encoder.layers".
            encoder: whether the encoder is the recipe's; the shape of another one is not the recipe's to choose.

        Raises `SuperbLiteError` for an option that there is not.
        """
        known = {name.removeprefix("--") for name in names}
        flat = dict(_flat(self.options, known))
        flat = {name: value for name, value in flat.items() if encoder or not name.startswith("model.encoder.")}
        for name in flat:
            if name not in known:
                raise SuperbLiteError(f"recipe '{self.file}' sets {name}, and there is no such option")
        return [f"--{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in flat.items()]


def _flat(options: Mapping[str, Any], known: set[str], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in options.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and any(other.startswith(f"{name}.") for other in known):
            yield from _flat(value, known, f"{name}.")
        else:
            yield name, value


def find_recipe(spec: ObjectiveSpec, budget: str) -> Recipe:
    """The recipe of an objective for a budget.

    Raises `SuperbLiteError` for a budget that the objective has no recipe for, and for a file that is none.
    """
    import yaml

    if budget not in spec.recipes:
        known = ", ".join(spec.recipes) or "none"
        raise SuperbLiteError(f"objective '{spec.name}' has no recipe for the budget '{budget}': choose among {known}")
    file = spec.recipes[budget]
    package, _, path = file.partition(":")
    try:
        options = yaml.safe_load((resources.files(package) / path).read_text(encoding="utf-8"))
    except (OSError, ValueError, ImportError, yaml.YAMLError) as error:
        raise SuperbLiteError(f"recipe '{file}' of objective '{spec.name}' cannot be read: {error}") from None
    try:
        steps = options["trainer"]["max_steps"]
    except (TypeError, KeyError):
        steps = None
    if type(steps) is not int or steps < 1:
        raise SuperbLiteError(f"recipe '{file}' of objective '{spec.name}': trainer.max_steps must be a whole number")
    return Recipe(budget, file, steps, options)


def budget_dir(directory: Path, budget: str) -> Path:
    """Where the work of a budget lies in a directory: the minute's in it, that of others in a folder of its own."""
    return directory if budget == MINUTE else directory / budget
