"""What is asked of the Trainer's strategy before several processes train, and what is said of what they keep apart."""

from __future__ import annotations

from collections.abc import Sequence

from lightning import Trainer
from lightning.pytorch.strategies import (
    DeepSpeedStrategy,
    FSDPStrategy,
    ModelParallelStrategy,
    Strategy,
    StrategyRegistry,
)
from torch import nn

from superb_lite.errors import SuperbLiteError, UnknownNameError, note
from superb_lite.pretraining.objective import Objective

STRATEGY = "--trainer.strategy"

CUTTING = (FSDPStrategy, ModelParallelStrategy, DeepSpeedStrategy)
"""They leave each process pieces of the weights."""

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


def check_strategy_named(arguments: Sequence[str]) -> None:
    """Raise `SuperbLiteError` for a strategy, among the arguments of `pretrain`, that is not known or cuts weights."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        option, equals, value = argument.partition("=")
        value = value if equals else following
        # A class or a mapping of options is the Trainer's to read.
        if option != STRATEGY or not value.replace("_", "").isalnum() or value == "auto":
            continue
        if value not in StrategyRegistry:
            raise UnknownNameError("strategy", value, ["auto", *StrategyRegistry.available_strategies()])
        if issubclass(StrategyRegistry[value]["strategy"], CUTTING):
            raise _cuts(value)


def _cuts(strategy: str) -> SuperbLiteError:
    return SuperbLiteError(
        f"{STRATEGY} {strategy} cuts weights into pieces, but Muon and weight decay go by whole matrices: use ddp"
    )


def check_processes(objective: Objective, trainer: Trainer) -> None:
    """Raise `SuperbLiteError` for a strategy that cuts weights, and for batch norm that cannot be joined.

    Where it is not joined, the first process says so.
    """
    strategy: Strategy = trainer.strategy
    if isinstance(strategy, CUTTING):
        raise _cuts(type(strategy).__name__)
    if trainer.world_size == 1 or not any(isinstance(part, BATCH_NORMS) for part in objective.modules()):
        return
    joined = getattr(strategy, "_layer_sync", None) is not None
    if joined and strategy.root_device.type == "cpu":
        raise SuperbLiteError("--trainer.sync_batchnorm true: PyTorch joins batch norm on GPUs only; leave it out")
    if not joined and trainer.is_global_zero:
        note(
            "batch norm sees the examples of each process alone: on GPUs --trainer.sync_batchnorm true shows it those "
            "of all"
        )
