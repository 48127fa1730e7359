"""What is said before several processes train: what they do not do together."""

from __future__ import annotations

from lightning import Trainer
from torch import nn

from superb_lite.errors import note
from superb_lite.pretraining.objective import Objective


def say_what_processes_keep_apart(objective: Objective, trainer: Trainer) -> None:
    """Note that batch norm sees the examples of each process alone, where it does."""
    joined = getattr(trainer.strategy, "_layer_sync", None) is not None
    parts = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    if trainer.world_size > 1 and not joined and any(isinstance(part, parts) for part in objective.modules()):
        note(
            "batch norm sees the examples of each process alone: on GPUs --trainer.sync_batchnorm true shows it those "
            "of all"
        )
