"""What the experiment measures: which cells there are, and how each is trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from superb_lite.analysis.transfer.rows import BERT, RAND, RE_EMB, SPECIFIC, check_lexical
from superb_lite.analysis.twins import redrawn
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.evaluation.columns import check_column
from superb_lite.protocols import protocol
from superb_lite.protocols.base import Protocol
from superb_lite.protocols.finetune import Finetune, trainable
from superb_lite.protocols.finetune_settings import FinetuneRule, FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.task import Task

MOST_MAPPINGS = 100
"""Of a checkpoint: draw d of checkpoint c has the seed 100 c + d, so that more of either keep what is finished."""

PROTOCOLS = (Finetune.name, Frozen.name)
"""Those that train on the labels of a task."""


@dataclass(frozen=True)
class Cell:
    """One encoder on one task."""

    row: str
    task: Task
    checkpoint: int
    """Which of them, counted from 0; of row specific, which of the specific ones."""
    draw: int
    """Which mapping of the checkpoint, counted from 0."""

    @property
    def seed(self) -> int:
        """Of the mapping, of the weights that are drawn anew and of the evaluation: the same in all rows."""
        return MOST_MAPPINGS * self.checkpoint + self.draw


def with_labels(task: Task, labels: str | None) -> Task:
    """The task with another number of labelled examples; it has a name of its own, since it measures something else.

    labels: None: as it is; "all": the whole training part; else as many, of each class where classes are balanced.
    Raises `SuperbLiteError` for anything else.
    """
    if labels is None:
        return task
    if labels == "all":
        return dataclasses.replace(task, name=f"{task.name}, all labels", budget=None)
    if not (labels.isascii() and labels.isdigit() and len(labels) < 10 and int(labels) > 1):
        raise SuperbLiteError(f"--labels {one_line(labels, 50)}: a whole number from 2 on, or all")
    return dataclasses.replace(task, name=f"{task.name}, {int(labels)} labels", budget=int(labels))


@dataclass(frozen=True)
class Design:
    """The experiment as it is asked for.

    Raises `SuperbLiteError` for what cannot be measured.
    """

    texts: Mapping[str, Encoder]
    """Encoders of texts by name, one for each pretraining seed."""
    specific: Mapping[str, Encoder]
    """Encoders of sequences by name; the first is compared with the first of `texts`, and so on. May be empty."""
    tasks: Sequence[Task]
    mappings: int = 1
    """For each encoder of texts."""
    protocol: str = Finetune.name
    epochs: int | None = None
    """Of fine-tuning; None: as many as the protocol's rule gives such encoders."""

    def __post_init__(self) -> None:
        if not 1 <= self.mappings <= MOST_MAPPINGS:
            raise SuperbLiteError(f"--mappings {self.mappings}: a number from 1 to {MOST_MAPPINGS}")
        if self.protocol not in PROTOCOLS:
            raise SuperbLiteError(f"--protocol {self.protocol}: {' or '.join(PROTOCOLS)}")
        if self.epochs is not None and self.epochs < 1:
            raise SuperbLiteError(f"--epochs {self.epochs}: at least 1")
        if self.epochs is not None and self.protocol != Finetune.name:
            raise SuperbLiteError(f"--epochs is for --protocol {Finetune.name}: nothing is fine-tuned otherwise")
        if len(self.specific) > len(self.texts):
            raise SuperbLiteError(
                f"there are {len(self.specific)} specific encoders for {len(self.texts)} of texts, which they are "
                "paired with in order: give as many at most"
            )
        for name, encoder in self.texts.items():
            check_lexical(encoder, name)
        for name, encoder in self.specific.items():
            if self.protocol == Finetune.name and not trainable(encoder):
                raise SuperbLiteError(f"--specific {name}: no weights to fine-tune: --protocol {Frozen.name}")
        for task in self.tasks:
            check_column(task, self.protocol)
            for name, encoder in self.specific.items():
                if encoder.modality not in (None, task.modality):
                    raise SuperbLiteError(f"'{name}' takes {encoder.modality}, but '{task.name}' has {task.modality}")

    @property
    def rows(self) -> tuple[str, ...]:
        """Those of the table, from top to bottom."""
        return (SPECIFIC, BERT, RE_EMB, RAND) if self.specific else (BERT, RE_EMB, RAND)

    def cells(self) -> Iterator[Cell]:
        """All of them, so that every row has been seen once long before the end."""
        for draw in range(self.mappings):
            for checkpoint in range(len(self.texts)):
                for task in self.tasks:
                    for row in self.rows:
                        if row != SPECIFIC or checkpoint < len(self.specific):
                            yield Cell(row, task, checkpoint, draw)

    def how(self) -> Protocol:
        """One protocol for all rows.

        Fine-tuning tries for every row all learning rates that its rule gives to any of them, and does not stop early,
        so that no row is at a disadvantage by its origin and all curves are equally long.
        """
        if self.protocol != Finetune.name:
            return protocol(self.protocol)
        return Finetune(self.settings())

    def settings(self) -> FinetuneSettings:
        """Of fine-tuning."""
        rule, found = FinetuneRule(), []
        for encoder in self.texts.values():
            found += [rule.settings(encoder), rule.settings(redrawn(encoder, 0))]
        found += [rule.settings(encoder) for encoder in self.specific.values()]
        epochs = self.epochs or max(each.epochs for each in found)
        rates = sorted({rate for each in found for rate in each.learning_rates})
        return FinetuneSettings(learning_rates=tuple(rates), epochs=epochs, patience=epochs)
