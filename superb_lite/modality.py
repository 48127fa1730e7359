"""Modality: the raw input type, and the encoders, objectives and corpora that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.imports import resolve


@dataclass(frozen=True)
class ObjectiveSpec:
    """An objective as it is listed: everything that `superb-lite pretrain NAME` needs, imported only when it runs.

    name: also the name of the encoder architecture that it trains (`Modality.encoders`).
    objective: "module:Class" of an `Objective`. data: "module:Class" of a `LightningDataModule`, whose constructor
        takes `path` (a person's own data, or None for the embedded corpus), `batch_size` and `seed`.
    steps, quick_steps: optimiser steps of the lite recipe and of `run --quick`.
    seconds: what the lite recipe takes on two cores; only for the estimate that is printed before a run.
    links: ("data.x", "model.y") pairs: attributes of the data module that the objective's constructor takes.
    """

    name: str
    objective: str
    data: str
    steps: int
    quick_steps: int
    seconds: float
    summary: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Modality:
    """One kind of raw input.

    item: what a raw item is, in words. encoders: name -> "module:Class" of an `Encoder`; names with a `raw:` prefix are
    baselines without weights. objectives: the first one is what `superb-lite run` pretrains. baseline: the trivial
    encoder that a pretrained one has to beat. beside: more references, which `run --modality` evaluates. check:
    "module:function" that raises `BadItemError` for a raw input that no encoder could take. prepare: "module:function"
    of a progress callback that builds cached data ahead of time.
    evaluation_seconds: what `superb-lite run` needs on two cores to evaluate three encoders; only for its estimate.
    own_tasks: scheme -> "module:function" of (name, path), which makes the `Task` that `--tasks SCHEME:PATH` stands for
    out of a person's own files; see `superb_lite.tasks.own_tasks`. own_items: "module:function" of a path, which reads
    a person's own unlabelled files as a mapping from names to raw items.
    """

    name: str
    item: str
    encoders: Mapping[str, str]
    objectives: tuple[ObjectiveSpec, ...]
    baseline: str
    check: str
    beside: tuple[str, ...] = ()
    prepare: str | None = None
    evaluation_seconds: float = 60.0
    own_tasks: Mapping[str, str] = field(default_factory=dict)
    own_items: str | None = None

    def __post_init__(self) -> None:
        for name in (self.baseline, *(o.name for o in self.objectives)):
            if name not in self.encoders:
                raise SuperbLiteError(f"modality '{self.name}' names the encoder '{name}' but does not register it")

    def check_item(self, name: str, item: Any) -> None:
        """Raise `BadItemError`, naming the item, unless `item` is a raw input of this modality."""
        resolve(self.check)(name, item)
