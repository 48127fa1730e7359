"""What `submit` and `run` have in common: encoders evaluated on the columns of a board."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite import plugins
from superb_lite.cli.evaluation import evaluate_stored
from superb_lite.cli.options import EvaluationOptions
from superb_lite.cli.progress import say
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.evaluation.timings import Timings
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import Board


def board_columns(board: Board, modality: str | None, languages: Sequence[str] | None = None) -> list[tuple[Task, str]]:
    """The columns of a board that an encoder of a modality is measured on.

    languages: those that the encoder knows; columns in others are left out. None: all.
    """
    columns = [(plugins.tasks(name)[0], protocol) for name, protocol in board.columns]
    return [
        (task, protocol)
        for task, protocol in columns
        if task.modality == modality and (languages is None or task.language in ("", *languages))
    ]


def check_languages(languages: Sequence[str], board: Board) -> None:
    """Raise `UnknownNameError` for a language that no column of a board is in."""
    known = {plugins.tasks(name)[0].language for name, _ in board.columns} - {""}
    for language in languages:
        if language not in known:
            raise UnknownNameError(f"language on board '{board.name}'", language, known)


def evaluate_columns(
    name: str,
    model: Encoder,
    board: Board,
    store: ResultStore,
    options: EvaluationOptions,
    *,
    languages: Sequence[str] | None = None,
    timings: Timings | None = None,
) -> list[Result]:
    """The results of one encoder on a board, each taken from the store where it is there already.

    name: what results and messages call the encoder. languages: see `board_columns`.
    timings: where the seconds of each phase are added up.
    """
    columns = board_columns(board, model.modality, languages)
    if not columns:
        spoken = "" if languages is None else f" in {' or '.join(languages)}"
        raise SuperbLiteError(
            f"board '{board.name}' has no {model.modality} tasks{spoken}, so '{name}' cannot be ranked: "
            "name one that has (--board FILE; superb-lite run says where it keeps its board)"
        )
    say(name)
    return evaluate_stored(name, model, columns, store, options, timings=timings)
