"""superb_lite: pretrain, evaluate and rank self-supervised encoders of text, speech and images.

The names below are imported when they are first used, so that `import superb_lite` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from superb_lite.imports import resolve

if TYPE_CHECKING:
    from superb_lite.comparison import compare
    from superb_lite.encoder import Encoder, Features
    from superb_lite.errors import SuperbLiteError
    from superb_lite.evaluation import evaluate
    from superb_lite.modality import Modality, ObjectiveSpec
    from superb_lite.references import load_encoder
    from superb_lite.result import Result
    from superb_lite.task import Board, Example, Task, TaskData, TaskSet, Unit
    from superb_lite_leaderboard.store import Leaderboard

_HOMES = {
    "Board": "superb_lite.task",
    "Encoder": "superb_lite.encoder",
    "Example": "superb_lite.task",
    "Features": "superb_lite.encoder",
    "Leaderboard": "superb_lite_leaderboard.store",
    "Modality": "superb_lite.modality",
    "ObjectiveSpec": "superb_lite.modality",
    "Result": "superb_lite.result",
    "SuperbLiteError": "superb_lite.errors",
    "Task": "superb_lite.task",
    "TaskData": "superb_lite.task",
    "TaskSet": "superb_lite.task",
    "Unit": "superb_lite.task",
    "compare": "superb_lite.comparison",
    "evaluate": "superb_lite.evaluation",
    "load_encoder": "superb_lite.references",
}

__all__ = [
    "Board",
    "Encoder",
    "Example",
    "Features",
    "Leaderboard",
    "Modality",
    "ObjectiveSpec",
    "Result",
    "SuperbLiteError",
    "Task",
    "TaskData",
    "TaskSet",
    "Unit",
    "compare",
    "evaluate",
    "load_encoder",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'superb_lite' has no attribute '{name}'")
    return resolve(f"{_HOMES[name]}:{name}")
