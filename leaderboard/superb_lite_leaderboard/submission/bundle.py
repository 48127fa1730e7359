"""Bundles: entries of a board in one zip file, for a board elsewhere.

`board.json` names the board and its entries; "entries/N.json" and "entries/N.parquet" are the result file of an entry
with its predictions, "entries/N-reported.json" holds its results whose predictions are not kept. A bundle is a
stranger's file: only these names are read, each once, up to a size, and never onto a path outside a temporary folder.
"""

from __future__ import annotations

import lzma
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.paths import make_dir
from superb_lite.results.files import read_predictions, read_result_file, with_predictions, write_result_file
from superb_lite.results.result import FrozenModel, Result, refusal
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.entry import About, Entry, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard

FORMAT: Literal[1] = 1

INDEX = "board.json"

MOST_FILES = 10_000
LARGEST_FILE = 2**30
LARGEST_BUNDLE = 2**32
"""Bytes without compression, as they come out of the file, whatever it says of itself."""

_FILE = re.compile(r"entries/[0-9]{6}(?:-reported)?\.(?:json|parquet)")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of all files, so that the same entries make the same bytes."""


class BundledEntry(FrozenModel):
    """An entry of a bundle."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    about: About
    submitted: Annotated[str, Field(max_length=32)]
    """Where it comes from; ISO 8601, UTC."""
    files: Annotated[tuple[Annotated[str, Field(pattern=_FILE.pattern)], ...], Field(min_length=1, max_length=2)]
    """Its result files."""


class Index(FrozenModel):
    """What a bundle holds."""

    format: Literal[1]
    board: Annotated[str, Field(max_length=4096)]
    version: Annotated[int, Field(ge=0, le=2**31)]
    entries: Annotated[tuple[BundledEntry, ...], Field(max_length=MOST_FILES)]


@dataclass(frozen=True)
class Outcome:
    """What became of an entry of a bundle."""

    name: str
    stored: Entry | None
    """None where it was refused, or is here already."""
    reason: str = ""
    """Why it was not stored."""
    refused: bool = False


def write_bundle(leaderboard: Leaderboard, path: Path) -> int:
    """Write the entries that stand on a board into a file; returns how many. The same entries make the same bytes.

    Raises `SuperbLiteError` for results that are damaged, and where the file cannot be written.
    """
    entries = leaderboard.entries()
    with tempfile.TemporaryDirectory() as folder:
        bundled = [_bundled(leaderboard, entry, number, Path(folder)) for number, entry in enumerate(entries, start=1)]
        index = Index(
            format=FORMAT,
            board=leaderboard.board.name,
            version=leaderboard.board.version,
            entries=tuple(bundled),
        )
        (Path(folder) / INDEX).write_text(index.model_dump_json(indent=1) + "\n", encoding="utf-8")
        make_dir(path.parent)
        unfinished = path.with_name(f".{path.name}.new")
        try:
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as target:
                for file in sorted(Path(folder).rglob("*.*")):
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
    return len(entries)


def _bundled(leaderboard: Leaderboard, entry: Entry, number: int, folder: Path) -> BundledEntry:
    """The entry in the index, its result files written into a folder."""
    kept: list[Result] = []
    reported: list[Result] = []
    for measured in entry.results:
        result, predicted = leaderboard.result(measured), leaderboard.predictions(measured)
        if predicted is None:
            reported.append(result)
        else:
            found = {(result.task, result.protocol): predicted}
            kept.append(with_predictions(result, found, Path(f"{measured.predictions_sha256}.json")))
    files = []
    for results, name in ((kept, f"entries/{number:06}.json"), (reported, f"entries/{number:06}-reported.json")):
        if results:
            write_result_file(results, folder / name)
            files.append(name)
            if results is reported:
                (folder / name).with_suffix(".parquet").unlink()
    return BundledEntry(name=entry.name, about=entry.about, submitted=entry.submitted, files=tuple(files))


def import_bundle(leaderboard: Leaderboard, path: Path, *, names: Sequence[str] = ()) -> list[Outcome]:
    """Store the entries of a bundle, one by one, each checked as far as it can be here (`Leaderboard.submit`).

    names: only these entries; none: all.

    What is on the board already, under any name, is not stored again; a name that is taken by other content gets its
    next version. An entry that is refused, say for another version of a task, leaves the others alone.

    Raises `SuperbLiteError` where the file is no bundle, is of another board, or lacks one of `names`.
    """
    with tempfile.TemporaryDirectory() as folder:
        index = _extracted(path, Path(folder))
        board = leaderboard.board
        if index.board != board.name:
            raise SuperbLiteError(
                f"'{path}' holds entries of board '{one_line(index.board, NAME_LIMIT)}', and {leaderboard} ranks by "
                f"'{board.name}': take a board of that kind"
            )
        for name in names:
            if name not in {entry.name for entry in index.entries}:
                raise SuperbLiteError(f"'{path}' has no entry '{one_line(name, NAME_LIMIT)}'")
        wanted = [entry for entry in index.entries if not names or entry.name in names]
        return [_import(leaderboard, entry, Path(folder), board) for entry in wanted]


def _import(leaderboard: Leaderboard, bundled: BundledEntry, folder: Path, board: Board) -> Outcome:
    name = bundled.name
    try:
        results: list[Result] = []
        for file in bundled.files:
            results += _read(folder / file)
        columns = set(board.columns)
        results = [result for result in results if (result.task, result.protocol) in columns]
        checksums = {(result.task, result.protocol): result.checksum() for result in results}
        for present in leaderboard.entries():
            if {(m.task, m.protocol): m.checksum for m in present.results} == checksums:
                return Outcome(name, None, f"is here already, as '{present.ref}'")
        several = len({(r.modality, r.encoder_hash) for r in results}) > len({r.modality for r in results})
        submitted = [Submitted(r, Tier.REPORTED, own_code=r.encoder.startswith("py:")) for r in results]
        if several:  # such as the best of several baselines, task by task
            return Outcome(name, leaderboard.merge(name, submitted, several=True))
        return Outcome(name, leaderboard.submit(name, submitted, bundled.about))
    except SuperbLiteError as error:
        return Outcome(name, None, str(error).replace(f"{folder}/", ""), refused=True)


def _read(path: Path) -> list[Result]:
    content = read_result_file(path)
    if path.stem.endswith("-reported"):
        return list(content.results)
    predictions = read_predictions(path)
    return [with_predictions(result, predictions, path) for result in content.results]


def _extracted(path: Path, folder: Path) -> Index:
    """The index of a bundle, whose files are written into a folder."""
    try:
        with zipfile.ZipFile(path) as source:
            members = source.infolist()
            _check_members(members)
            left = LARGEST_BUNDLE
            for member in members:
                left = _extract(source, member, folder / member.filename, left)
        text = (folder / INDEX).read_text(encoding="utf-8")
        return Index.model_validate_json(text)
    except ValidationError as error:
        raise SuperbLiteError(f"'{path}' is not a bundle: {refusal(error)}") from None
    except OSError as error:
        raise SuperbLiteError(f"'{path}' cannot be read: {error.strerror or error}") from None
    # What zipfile and its decompressors raise for damage, encryption and methods that they do not know.
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, LookupError) as error:
        raise SuperbLiteError(one_line(f"'{path}' is not a bundle: {error}")) from None


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Raise ValueError for files that a bundle does not have."""
    if len(members) > MOST_FILES:
        raise ValueError(f"it has {len(members)} files: at most {MOST_FILES} are read")
    names = [member.filename for member in members]
    if INDEX not in names:
        raise ValueError(f"it has no {INDEX}")
    if len(set(names)) < len(names):
        raise ValueError("a file stands twice in it")
    for member in members:
        if member.filename != INDEX and not _FILE.fullmatch(member.filename):
            raise ValueError(f"no bundle has a file '{one_line(member.filename, NAME_LIMIT)}'")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ValueError(f"'{member.filename}' is a link")


def _extract(source: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Write a file of at most `left` bytes; returns how many of these are left."""
    path.parent.mkdir(exist_ok=True)
    limit = min(left, LARGEST_FILE)
    with source.open(member) as packed, path.open("xb") as target:
        while block := packed.read(2**20):
            limit, left = limit - len(block), left - len(block)
            if limit < 0:
                raise ValueError(f"'{member.filename}' is larger than what is read")
            target.write(block)
    return left
