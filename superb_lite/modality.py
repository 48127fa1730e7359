"""Modality, and what belongs to one: architectures of encoders, and objectives that train them.

All of these are values that are registered by entry points; what they name is imported only when it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from superb_lite.imports import resolve

if TYPE_CHECKING:
    from superb_lite.media import Media


@dataclass(frozen=True)
class EncoderSpec:
    """An architecture as it is listed, registered in the group `superb_lite.architectures`."""

    name: str
    """As checkpoints call it; with the prefix `raw:` it is a baseline without weights."""
    modality: str
    """The name of its modality."""
    encoder: str
    """"module:Class" of an `Encoder`."""


@dataclass(frozen=True)
class ObjectiveSpec:
    """An objective as it is listed, registered in the group `superb_lite.objectives`."""

    name: str
    """As `superb-lite pretrain` takes it."""
    modality: str
    """The name of its modality."""
    encoder: str
    """The name of the architecture that it trains, unless a person chooses another one of its modality."""
    objective: str
    """"module:Class" of an `Objective`."""
    data: str
    """"module:Class" of a `Corpus`, whose constructor takes `path` (a person's own data; None: the embedded corpus),
    `batch_size` and `seed`."""
    recipes: Mapping[str, str]
    """Budget -> "package:path" of a LightningCLI file in a package, which fixes `trainer.max_steps` and whatever else
    differs from the constructors' defaults: `minute` (what is used where no budget is named), `quick` (a smoke run),
    `ten-minutes`, `hour`, and others; `paper` is that of the paper, for machines with GPUs."""
    summary: str = ""
    """One line for lists."""
    links: tuple[tuple[str, str], ...] = ()
    """("data.x", "model.y") pairs: attributes of the corpus that the objective's constructor takes.

    "model.encoder.y" is a parameter of the encoder's constructor; an encoder without such a parameter does without."""


def lite_recipes(package: str, name: str, *further: str) -> dict[str, str]:
    """The `recipes` of an objective whose files lie in `recipes/NAME.BUDGET.yaml` of a package, one for each budget.

    further: budgets beside the four that every objective has, such as `paper`.
    """
    budgets = ("quick", "minute", "ten-minutes", "hour", *further)
    return {budget: f"{package}:recipes/{name}.{budget}.yaml" for budget in budgets}


@dataclass(frozen=True)
class OwnCells:
    """How a modality's items lie in tables and archives that others write; see `superb_lite.tasks.own_records`."""

    column: str
    """The name of the column that holds them."""
    noun: str
    """What one is called in errors."""
    read: str
    """"module:function" of (name, bytes), which makes a raw item of what lies there. Raises `SuperbLiteError`, with the
    name, for what is none."""
    suffixes: tuple[str, ...]
    """Of the files that hold one, without the dot and in lower case."""
    feature: str
    """The class that columns have in the library datasets."""
    as_text: bool = False
    """They are texts: of which two in a row are a pair, and which beside other items are captions."""


@dataclass(frozen=True)
class Modality:
    """One kind of raw input, registered in the group `superb_lite.modalities`."""

    name: str
    """As tasks, architectures and objectives name it."""
    item: str
    """What a raw item is, in words."""
    baselines: tuple[str, ...]
    """The simple encoders that a pretrained one has to beat, as references: on each task the best by validation."""
    check: str
    """"module:function" that raises `BadItemError` for a raw input that no encoder could take."""
    show: str | None = None
    """"module:function" of a raw item, which gives what people see and hear of it as values of `superb_lite.media`.
    None: texts are shown as they are, anything else by its shape."""
    objective: str | None = None
    """The objective that `superb-lite run` pretrains, and whose architecture measures floors and ceilings."""
    probes: tuple[str, ...] = ()
    """Names of tasks that analyses ask an encoder at every step of its pretraining, where none are named: a few quick
    ones, each of another kind. Those that are not installed are left out. Empty: the core."""
    extra_references: tuple[str, ...] = ()
    """Further encoders, which `run --modality` evaluates next to those it pretrains."""
    prepare: str | None = None
    """"module:function" of a progress callback that builds cached data ahead of time."""
    evaluation_seconds: float = 60.0
    """What `superb-lite run` needs on two cores to evaluate three encoders; only for its estimate."""
    own_tasks: Mapping[str, str] = field(default_factory=dict)
    """Scheme -> "module:function" of (name, path), which makes the `Task` that `--tasks SCHEME:PATH` stands for out of
    a person's own files; see `superb_lite.tasks.own_tasks`."""
    onnx: str | None = None
    """"module:Class" of an `OnnxEncoder`, which reads models in the format ONNX of this modality's raw items."""
    own_cells: OwnCells | None = None
    """How its items lie in Parquet files, data sets of Hugging Face and shards of WebDataset. None: they do not."""
    own_items: str | None = None
    """"module:function" of a path, which reads a person's own unlabelled files as a mapping from names to raw items."""

    def check_item(self, name: str, item: Any) -> None:
        """Raise `BadItemError`, naming the item, unless `item` is a raw input of this modality."""
        resolve(self.check)(name, item)

    def media(self, item: Any) -> tuple[Media, ...]:
        """What people see and hear of a raw input."""
        from superb_lite.media import shown_anyhow

        return tuple((shown_anyhow if self.show is None else resolve(self.show))(item))
