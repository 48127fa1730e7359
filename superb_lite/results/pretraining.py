"""Pretraining: how the weights of an encoder came about, as far as its checkpoint says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.training_curve import MOST_POINTS
from superb_lite.results.fields import LARGEST, LARGEST_COUNT, Count, FrozenModel, Number, Sha256, ShortName

Curve = Annotated[tuple[tuple[Count, Number], ...], Field(max_length=MOST_POINTS)]
"""(step, loss), by step."""

Option = (
    Annotated[str, Field(max_length=100)]
    | Annotated[int, Field(ge=-LARGEST_COUNT, le=LARGEST_COUNT)]
    | Number
    | bool
    | None
)
Options = Annotated[Mapping[ShortName, Option], Field(max_length=200)]

HIDDEN = "…"
"""In the place of an option's value that may be a path."""

_WORD = re.compile(r"[\w.:+-]*", re.ASCII)


class Pretraining(FrozenModel):
    """What a result says of the pretraining of its encoder. No path is in it, and what a checkpoint does not know, or
    says in another form than `superb_lite.pretraining` does, is None or empty."""

    objective: ShortName | None = None
    budget: ShortName | None = Field(default=None, description="The name of the recipe's budget.")
    seed: Count | None = None
    steps: Count | None = Field(default=None, description="Optimiser steps.")
    items: Count | None = Field(
        default=None, description="Examples in all batches of all steps: one that was used twice counts twice."
    )
    seconds: Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)] | None = Field(
        default=None, description="In training, on whatever machine that was."
    )
    corpora: Annotated[tuple[ShortName, ...], Field(max_length=100)] | None = Field(
        default=None,
        description="The names of the sources of the data, as in `Task.corpus`; of somebody's own file or folder its "
        "name, without where it lies.",
    )
    corpora_complete: bool = Field(
        default=True, description="Whether `corpora` is all that was trained on; a model card rarely says all."
    )
    corpus_sha256: Sha256 | None = None
    final_loss: Number | None = Field(default=None, description="Of the last batch.")
    version: ShortName | None = Field(default=None, description="Of superb-lite.")
    options: Options | None = Field(
        default=None,
        repr=False,
        description='Of objective, encoder and corpus, by their full names; "…" for a value that is no word.',
    )
    curve: Curve = Field(default=(), repr=False, description="Training loss as [step, loss], thinned out evenly.")
    validation_curve: Curve = Field(default=(), repr=False, description="The same of the loss on held-out data.")

    @classmethod
    def of(cls, encoder: Encoder) -> Self | None:
        """What an encoder says of its weights; None for weights that were never trained, or come from elsewhere."""
        known = encoder.pretraining
        if known is None:
            return None
        version = known["versions"].get("superb-lite") if isinstance(known.get("versions"), Mapping) else None
        corpora = known.get("corpora")
        # What a card lists are ids on the hub, with their owners.
        told = {**known, "version": version, "corpora": corpora if "source" in known else _without_folders(corpora)}
        told["options"] = _without_paths(known.get("options"))
        said = {name: _tuples(value) for name, value in told.items() if value is not None}
        fields = {name: said[name] for name in cls.model_fields.keys() & said.keys()}
        try:
            return cls(**fields)
        except ValidationError as error:
            wrong = {problem["loc"][0] for problem in error.errors()}
            return cls(**{name: value for name, value in fields.items() if name not in wrong})


def _without_folders(corpora: Any) -> Any:
    """The names of sources; of somebody's own data, which go by their path, the last part of it."""
    if not isinstance(corpora, list | tuple):
        return None
    return [PureWindowsPath(name).name or name if isinstance(name, str) else name for name in corpora]


def _without_paths(options: Any) -> Any:
    """The options with `HIDDEN` for each text that is no word."""
    if not isinstance(options, Mapping):
        return None
    return {k: HIDDEN if isinstance(v, str) and not _WORD.fullmatch(v) else v for k, v in options.items()}


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
