"""What `submit` and `run` have in common: the columns of a board that encoders are evaluated on."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite import plugins
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.executors.distributed import Asked
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


def asked_on(
    reference: str, name: str, board: Board, *, languages: Sequence[str] | None = None, model: Encoder | None = None
) -> Asked:
    """An encoder that is to be evaluated on a board.

    name: what results and messages call it. languages: see `board_columns`.
    model: the encoder itself, where it is loaded already.
    """

    def columns(model: Encoder) -> list[tuple[Task, str]]:
        found = board_columns(board, model.modality, languages)
        if not found:
            spoken = "" if languages is None else f" in {' or '.join(languages)}"
            raise SuperbLiteError(
                f"board '{board.name}' has no {model.modality} tasks{spoken}, so '{name}' cannot be ranked: "
                "name one that has (--board FILE; superb-lite run says where it keeps its board)"
            )
        return found

    return Asked(reference, name, columns, model)
