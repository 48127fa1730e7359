"""Importing a bundle: what a board elsewhere holds, checked here and stored in one transaction."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from pathlib import Path

from superb_lite.encoders.references import OWN_CODE
from superb_lite.errors import NAME_LIMIT, SuperbLiteError, UnknownNameError, one_line
from superb_lite.results.files import read_predictions, read_result_file, read_results, with_predictions
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.entry import Event, Submitted, Tier
from superb_lite_leaderboard.store.incoming import Incoming, Outcome
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission.bundle import BundledEntry
from superb_lite_leaderboard.submission.unpacking import unpack


def import_bundle(
    leaderboard: Leaderboard, path: Path, *, names: Sequence[str] = (), source: str = ""
) -> list[Outcome]:
    """Store what a bundle holds, each version checked as far as it can be here (`Leaderboard.take`).

    names: only these entries; none: all. source: where it comes from, for the history; by default the name of the file.

    Raises `SuperbLiteError` where the file is no bundle, is of another board, or lacks one of `names`.
    """
    with tempfile.TemporaryDirectory() as folder:
        index = unpack(path, Path(folder))
        board = leaderboard.board
        if index.board != board.name:
            raise SuperbLiteError(
                f"'{source or path}' holds entries of board '{one_line(index.board, NAME_LIMIT)}', and {leaderboard} "
                f"ranks by '{board.name}': take a board of that kind"
            )
        held = {entry.name for entry in index.entries}
        for name in names:
            if name not in held:  # a board that is merged is a bundle in a temporary folder, which nobody knows
                raise UnknownNameError(f"entry of '{source or path}'", name, held)
        wanted = [_incoming(each, Path(folder), board) for each in index.entries if not names or each.name in names]
        return leaderboard.take(wanted, source or path.name)


def _incoming(bundled: BundledEntry, folder: Path, board: Board) -> Incoming:
    return Incoming(
        name=bundled.name,
        version=bundled.version,
        submitted=bundled.submitted,
        withdrawn=bundled.withdrawn,
        about=bundled.about,
        events=tuple(Event(event.at, event.kind, one_line(event.detail)) for event in bundled.events),
        read=functools.partial(_results, bundled.files, folder, board),
    )


def _results(files: Sequence[str], folder: Path, board: Board) -> list[Submitted]:
    """What a version holds in columns of a board, as its files say it. Raises `SuperbLiteError` for damaged files."""
    columns = set(board.columns)
    found: list[Submitted] = []
    for file in files:
        path = folder / file
        try:
            if path.stem.endswith("-reported"):
                results = read_results(path)
            else:
                predictions = read_predictions(path)
                results = [with_predictions(result, predictions, path) for result in read_result_file(path).results]
        except SuperbLiteError as error:
            raise SuperbLiteError(str(error).replace(f"{folder}/", "")) from None
        for result in results:
            if (result.task, result.protocol) in columns:
                found.append(Submitted(result, Tier.REPORTED, own_code=result.encoder.startswith(OWN_CODE)))
    return found
