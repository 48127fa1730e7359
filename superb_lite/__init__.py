"""superb_lite: pretrain, evaluate and rank self-supervised encoders of text, speech and images.

The names below are imported when they are first used, so that `import superb_lite` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from superb_lite.imports import resolve

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder, Features
    from superb_lite.encoders.references import load_encoder
    from superb_lite.errors import SuperbLiteError
    from superb_lite.evaluation.run import evaluate
    from superb_lite.modality import EncoderSpec, Modality, ObjectiveSpec
    from superb_lite.pretraining.corpus import Corpus
    from superb_lite.pretraining.objective import Objective
    from superb_lite.results.comparison import compare
    from superb_lite.results.result import Result
    from superb_lite.tasks.labels import Example, TaskData, Unit
    from superb_lite.tasks.task import Task
    from superb_lite.tasks.taskset import Board, TaskSet
    from superb_lite_leaderboard.store.leaderboard import Leaderboard

_HOMES = {
    "Board": "superb_lite.tasks.taskset",
    "Corpus": "superb_lite.pretraining.corpus",
    "Encoder": "superb_lite.encoders.encoder",
    "EncoderSpec": "superb_lite.modality",
    "Example": "superb_lite.tasks.labels",
    "Features": "superb_lite.encoders.encoder",
    "Leaderboard": "superb_lite_leaderboard.store.leaderboard",
    "Modality": "superb_lite.modality",
    "Objective": "superb_lite.pretraining.objective",
    "ObjectiveSpec": "superb_lite.modality",
    "Result": "superb_lite.results.result",
    "SuperbLiteError": "superb_lite.errors",
    "Task": "superb_lite.tasks.task",
    "TaskData": "superb_lite.tasks.labels",
    "TaskSet": "superb_lite.tasks.taskset",
    "Unit": "superb_lite.tasks.labels",
    "compare": "superb_lite.results.comparison",
    "evaluate": "superb_lite.evaluation.run",
    "load_encoder": "superb_lite.encoders.references",
}

__all__ = [
    "Board",
    "Corpus",
    "Encoder",
    "EncoderSpec",
    "Example",
    "Features",
    "Leaderboard",
    "Modality",
    "Objective",
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
