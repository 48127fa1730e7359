"""Whether an encoder has seen the source of a task while it was pretrained, as far as anybody knows."""

from __future__ import annotations

import re
from collections.abc import Collection

from superb_lite.encoders.encoder import Encoder
from superb_lite.tasks.task import Task


def declared_in_domain(corpora: Collection[str] | None, task: Task, *, complete: bool = True) -> bool | None:
    """Whether the source of a task's items is among the corpora that somebody names.

    corpora: as `Task.corpus` names them, or by their ids on the hub; None: nothing was said, so nobody knows.
    complete: whether they are the whole of what was trained on; else nobody knows of a source that is not among them.
    """
    if corpora is None:
        return None
    own, hub = task.corpus, _normalised(task.hub.partition(":")[0])
    seen = (bool(own) and own in corpora) or (bool(hub) and hub in map(_normalised, corpora))
    return seen or (False if complete else None)


def _normalised(name: str) -> str:
    """A data set on the hub without its owner, who changes, and however it is written."""
    return re.sub(r"[^\w]|_", "", name.rpartition("/")[2].casefold())


def in_domain(encoder: Encoder, task: Task) -> bool | None:
    """Whether the encoder was pretrained on the source of the task's items; None where nobody knows.

    Checkpoints of ours hold the names of their sources, which were found by content
    (`superb_lite.pretraining.sources`), and an `Encoder` of somebody's own code may declare them, as
    `pretraining = {"corpora": [...]}`. The card of weights from elsewhere may name some
    (`superb_lite.encoders.model_card`). Else nobody knows, nor of what somebody's own code computes.
    """
    known = encoder.pretraining
    if known is not None:
        return declared_in_domain(known.get("corpora"), task, complete=known.get("corpora_complete") is not False)
    has_weights = next(encoder.parameters(), None) is not None
    return False if encoder.untrained or (encoder.code == "" and not has_weights) else None
