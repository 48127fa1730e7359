"""What `submit` and `run` have in common: encoders evaluated on the columns of a board."""

from __future__ import annotations

from superb_lite import plugins
from superb_lite.cli.evaluation import evaluate_stored
from superb_lite.cli.options import EvaluationOptions
from superb_lite.cli.progress import say
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.timings import Timings
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import Board


def board_columns(board: Board, modality: str | None) -> list[tuple[Task, str]]:
    """The columns of a board that an encoder of a modality is measured on."""
    columns = [(plugins.tasks(name)[0], protocol) for name, protocol in board.columns]
    return [(task, protocol) for task, protocol in columns if task.modality == modality]


def evaluate_columns(
    name: str,
    model: Encoder,
    board: Board,
    store: ResultStore,
    options: EvaluationOptions,
    *,
    timings: Timings | None = None,
) -> list[Result]:
    """The results of one encoder on a board, each taken from the store where it is there already.

    name: what results and messages call the encoder. timings: where the seconds of each phase are added up.
    """
    columns = board_columns(board, model.modality)
    if not columns:
        raise SuperbLiteError(f"board '{board.name}' has no {model.modality} tasks, so '{name}' cannot be ranked")
    say(name)
    return evaluate_stored(name, model, columns, store, options, timings=timings)
