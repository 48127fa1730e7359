"""Whether an encoder has seen the source of a task while it was pretrained, as far as anybody knows."""

from __future__ import annotations

from superb_lite.encoders.encoder import Encoder
from superb_lite.tasks.task import Task


def in_domain(encoder: Encoder, task: Task) -> bool | None:
    """Whether the encoder was pretrained on the source of the task's items; None where nobody knows.

    Checkpoints of ours hold the names of their sources, which were found by content
    (`superb_lite.pretraining.sources`). Nobody knows of weights from elsewhere, nor of what somebody's own code
    computes.
    """
    known = encoder.pretraining
    if known is not None:
        return None if "corpora" not in known else bool(task.corpus) and task.corpus in known["corpora"]
    has_weights = next(encoder.parameters(), None) is not None
    return False if encoder.untrained or (encoder.code == "" and not has_weights) else None
