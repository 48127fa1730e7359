"""Whether an encoder has seen the source of a task while it was pretrained, as far as anybody knows."""

from __future__ import annotations

from collections.abc import Collection

from superb_lite.encoders.encoder import Encoder
from superb_lite.tasks.task import Task


def declared_in_domain(corpora: Collection[str] | None, task: Task) -> bool | None:
    """Whether the source of a task's items is among the corpora that somebody names, the whole of what they trained on.

    corpora: as `Task.corpus` names them; None: nothing was said, so nobody knows.
    """
    return None if corpora is None else bool(task.corpus) and task.corpus in corpora


def in_domain(encoder: Encoder, task: Task) -> bool | None:
    """Whether the encoder was pretrained on the source of the task's items; None where nobody knows.

    Checkpoints of ours hold the names of their sources, which were found by content
    (`superb_lite.pretraining.sources`), and an `Encoder` of somebody's own code may declare them, as
    `pretraining = {"corpora": [...]}`. Else nobody knows
    of weights from elsewhere, nor of what somebody's own code computes.
    """
    known = encoder.pretraining
    if known is not None:
        return declared_in_domain(known.get("corpora"), task)
    has_weights = next(encoder.parameters(), None) is not None
    return False if encoder.untrained or (encoder.code == "" and not has_weights) else None
