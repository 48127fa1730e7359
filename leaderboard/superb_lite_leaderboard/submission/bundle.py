"""Bundles: all versions of the entries of a board in one zip file, for a board elsewhere.

`board.json` names the board and its entries with their history; "entries/N.json" and "entries/N.parquet" are the result
file of a version with its predictions, "entries/N-reported.json" holds its results whose predictions are not kept.
`unpacking` reads such a file.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from superb_lite.errors import SuperbLiteError, note
from superb_lite.paths import make_dir
from superb_lite.results.files import with_predictions, write_result_file
from superb_lite.results.result import FrozenModel, Result, refusal
from superb_lite_leaderboard.entry import About, Entry, Event, Line
from superb_lite_leaderboard.store.leaderboard import Leaderboard

FORMAT: Literal[2] = 2
"""Format 1 held only what stood on the board, without its history."""

INDEX = "board.json"

MOST_FILES = 10_000

FILE = re.compile(r"entries/[0-9]{6}(?:-reported)?\.(?:json|parquet)")

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of all files, so that the same entries make the same bytes."""

_CLOCKS_DIFFER = timedelta(days=1)


def _utc(text: str) -> str:
    """A date as boards write it. Raises ValueError for none, and for one that is yet to come.

    The newest version of a name is ranked, so nobody may send one from the future.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError("a date says its time zone")
    if when > datetime.now(UTC) + _CLOCKS_DIFFER:
        raise ValueError("it lies in the future")
    return when.astimezone(UTC).isoformat(timespec="seconds")


Date = Annotated[str, Field(max_length=40), AfterValidator(_utc)]


class BundledEvent(FrozenModel):
    """What happened to an entry where it comes from; see `Event`."""

    at: Date
    kind: Literal["submitted", "withdrawn", "renamed", "promoted", "imported", "renumbered"]
    detail: Line


class BundledEntry(FrozenModel):
    """A version of a name in a bundle."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    version: Annotated[int, Field(ge=1, le=10**6)] = 1
    about: About
    submitted: Date
    withdrawn: Date | Literal[""] = ""
    events: Annotated[tuple[BundledEvent, ...], Field(max_length=1000)] = ()
    files: Annotated[tuple[Annotated[str, Field(pattern=FILE.pattern)], ...], Field(min_length=1, max_length=2)]
    """Its result files."""


class Index(FrozenModel):
    """What a bundle holds."""

    format: Literal[1, 2]
    board: Annotated[str, Field(max_length=4096)]
    version: Annotated[int, Field(ge=0, le=2**31)]
    entries: Annotated[tuple[BundledEntry, ...], Field(max_length=MOST_FILES)]


def write_bundle(leaderboard: Leaderboard, path: Path) -> int:
    """Write all versions of all entries into a file; returns how many names they have.

    The same entries make the same bytes. What is damaged is left out, and a line on standard error says so.

    Raises `SuperbLiteError` where the file cannot be written.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        histories, notes = leaderboard.histories()
        bundled = []
        for number, (entry, events) in enumerate(histories, start=1):
            try:
                bundled += [_bundled(leaderboard, entry, events, number, folder, notes)] if entry.results else []
            except ValidationError as error:
                notes.append(f"'{entry.ref}' is damaged: {refusal(error)}")
        index = Index(
            format=FORMAT,
            board=leaderboard.board.name,
            version=leaderboard.board.version,
            entries=tuple(bundled),
        )
        (folder / INDEX).write_text(index.model_dump_json(indent=1) + "\n", encoding="utf-8")
        _zip(folder, path)
    for line in notes:
        note(f"left out: {line}")
    return len({entry.name for entry in bundled})


def _bundled(
    leaderboard: Leaderboard, entry: Entry, events: tuple[Event, ...], number: int, folder: Path, notes: list[str]
) -> BundledEntry:
    """The version in the index, its result files written into a folder; `notes` gets a line for each damaged result."""
    kept: list[Result] = []
    reported: list[Result] = []
    for measured in entry.results:
        try:
            result, predicted = leaderboard.result(measured), leaderboard.predictions(measured)
            found = {} if predicted is None else {(result.task, result.protocol): predicted}
            path = Path(f"{measured.predictions_sha256}.json")
            of = reported if predicted is None else kept
            of.append(result if predicted is None else with_predictions(result, found, path))
        except SuperbLiteError as error:
            notes.append(f"'{entry.ref}': {error}")
    names = (f"entries/{number:06}.json", f"entries/{number:06}-reported.json")
    written = [(results, name) for results, name in zip((kept, reported), names, strict=True) if results]
    made = BundledEntry(
        name=entry.name,
        version=entry.version,
        about=entry.about,
        submitted=entry.submitted,
        withdrawn=entry.withdrawn,
        events=tuple(BundledEvent(at=event.at, kind=event.kind, detail=event.detail) for event in events),  # type: ignore[arg-type]
        files=tuple(name for _, name in written),
    )
    for results, name in written:
        write_result_file(results, folder / name)
        if results is reported:
            (folder / name).with_suffix(".parquet").unlink()
    return made


def _zip(folder: Path, path: Path) -> None:
    """Pack the files of a folder. Raises `SuperbLiteError` where that cannot be written."""
    make_dir(path.parent)
    unfinished = path.with_name(f".{path.name}.new")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as target:
            for file in sorted(folder.rglob("*.*")):
                # A date and a mode of their own would make every bundle another one.
                info = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                with file.open("rb") as source, target.open(info, "w", force_zip64=True) as sink:
                    while block := source.read(2**20):
                        sink.write(block)
        unfinished.replace(path)
    except OSError as error:
        raise SuperbLiteError(f"cannot write '{path}': {error.strerror or error}") from None
    finally:
        unfinished.unlink(missing_ok=True)
