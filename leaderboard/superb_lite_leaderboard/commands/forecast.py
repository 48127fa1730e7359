"""How long `superb-lite run` will take on this machine, from work of its own kinds that is timed beforehand."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import torch

from superb_lite.heads.linear import train_heads
from superb_lite.modality import Modality, ObjectiveSpec
from superb_lite.paths import CONFIG
from superb_lite.pretraining.estimate import estimate
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import board_of_modalities
from superb_lite_leaderboard.commands.columns import board_columns


def forecast(
    chosen: Sequence[tuple[Modality, Sequence[ObjectiveSpec]]],
    board: Board,
    checkpoints: Path,
    *,
    budget: str,
    arguments: Sequence[str] = (),
) -> float:
    """Seconds for what is not pretrained yet, by steps of each recipe, and for the evaluation of all encoders.

    Evaluation is many small products of matrices with little work around them, as the training of heads is. So its
    seconds on the reference machine, which each modality states, are multiplied by the time that heads take here.

    Args:
        checkpoints: where finished checkpoints lie, by the names of objectives.
        budget: whose recipes are followed.
        arguments: further options of `pretrain`.
    """
    factor, total = machine_factor(), 0.0
    for modality, objectives in chosen:
        for objective in objectives:
            if not (checkpoints / objective.name / CONFIG).exists():
                total += estimate(objective.name, budget=budget, arguments=arguments).seconds
        encoders = len(modality.baselines) + 2 * len(objectives)
        usual = board_columns(board_of_modalities([modality.name]), modality.name)
        share = len(board_columns(board, modality.name)) / len(usual)
        total += factor * modality.evaluation_seconds * encoders / 3 * share
    return total


def machine_factor() -> float:
    """How much slower than the reference (two cores) this machine trains heads; 1.0 means as fast."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(500, 3, 128, generator=generator)
    y = torch.randint(10, (5, 500), generator=generator)
    best = float("inf")
    for _ in range(6):
        started = time.perf_counter()
        train_heads(
            x.__getitem__,
            y,
            [torch.arange(500)] * 5,
            classes=10,
            learning_rate=0.1,
            weight_decay=torch.full((5, 8), 1e-2),
            steps=20,
            batch_size=128,
            seeds=range(5),
        )
        best = min(best, time.perf_counter() - started)
    return best / REFERENCE_SECONDS


REFERENCE_SECONDS = 0.06
"""What `machine_factor` measures on the machine that the modalities' `evaluation_seconds` were measured on."""
