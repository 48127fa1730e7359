"""Result files: JSON with one or more results, and beside it every prediction as Parquet.

Both the store of results and `--out` write them, and everything that reads results reads them here. The JSON follows
`docs/result.schema.json`. The Parquet file has one row for each (task, protocol, example, seed), with the prediction as
JSON text; label and text of the example stand beside it for people to read. Together they are what
`superb_lite.evaluation.recheck` needs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from superb_lite import plugins
from superb_lite.encoders.content_hash import PROCESS
from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_file, write_text
from superb_lite.results.fields import FrozenModel, Name, Sha256
from superb_lite.results.predictions import Predicted as Predicted
from superb_lite.results.predictions import read_predictions as read_predictions
from superb_lite.results.predictions import with_predictions as with_predictions
from superb_lite.results.predictions import write_predictions as write_predictions
from superb_lite.results.result import Result, refusal

FORMAT: Literal[2] = 2
"""Raised when these files change in a way that older code could not read."""

LARGEST_JSON = 2**28
"""Bytes of the JSON file: 50 seeds on 200,000 test examples have as many."""


class ResultFile(FrozenModel):
    """The results of one encoder on one task set; the predictions are in a Parquet file beside it."""

    format: Literal[2] = Field(description="Raised when older code could not read such a file.")
    taskset: Name = Field(description="The registered set of the tasks, or the name of a task in none.")
    results: tuple[Result, ...] = Field(min_length=1)
    checksums: tuple[Sha256, ...] = Field(
        description="`Result.checksum` of each of `results`: tells that one was edited or damaged afterwards."
    )


def write_results(results: Sequence[Result], directory: Path) -> list[Path]:
    """Write the results of one encoder; returns the JSON files, one for each task set, "ENCODER-HASH.SET.json"."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(_taskset(result.task), []).append(result)
    written = []
    for taskset, group in groups.items():
        digest = group[0].encoder_hash.removeprefix(PROCESS)[:8]
        path = directory / f"{_plain(Path(group[0].encoder).name)}-{digest}.{_plain(taskset)}.json"
        write_result_file(group, path)
        written.append(path)
    return written


def write_result_file(results: Sequence[Result], path: Path) -> None:
    """Write results of one encoder and task set to a file "X.json", and their predictions to "X.parquet" beside it.

    Each file is written whole or not at all, the predictions first.
    """
    write_predictions(results, path.with_suffix(".parquet"))
    content = ResultFile(
        format=FORMAT,
        taskset=_taskset(results[0].task),
        results=tuple(results),
        checksums=tuple(result.checksum() for result in results),
    )
    write_text(path, content.model_dump_json(indent=1) + "\n")


def read_results(path: Path, *, predictions: bool = False) -> list[Result]:
    """The results in a file that `write_results` or the store of results wrote.

    predictions: read these, too, and check that they are those of the results; without it `Result.predictions` and
        `cluster_index` are empty.

    Raises `SuperbLiteError`, in one line that names the file, for anything else, and for results that are not as they
    were written.
    """
    content = read_result_file(path)
    for result, checksum in zip(content.results, content.checksums, strict=True):
        if result.checksum() != checksum:
            raise SuperbLiteError(
                f"'{path}': the result on '{result.task}' ({result.protocol}) was edited or damaged after it was "
                "written: `superb-lite verify` says what differs"
            )
    if not predictions:
        return list(content.results)
    found = read_predictions(path)
    return [with_predictions(result, found, path) for result in content.results]


def result_files(paths: Sequence[Path]) -> list[Path]:
    """Files as they are, and in the place of each directory the result files that lie in it, by name.

    Raises `SuperbLiteError` for a directory that holds none.
    """
    found: list[Path] = []
    for path in paths:
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:
            raise SuperbLiteError(f"'{path}' is a directory without result files (.json)")
        found += files
    return found


def read_result_file(path: Path) -> ResultFile:
    """The content of a result file as it stands; whether it was edited is for the caller to check.

    Raises `SuperbLiteError`, in one line that names the file, for anything else.
    """
    if path.suffix == ".parquet":
        raise SuperbLiteError(f"'{path}' holds predictions: give the .json next to it, '{path.stem}.json'")
    text = read_file(path, limit=LARGEST_JSON)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SuperbLiteError(f"'{path}' is not a result file: not JSON ({error})") from None
    if not isinstance(content, dict):
        raise SuperbLiteError(f"'{path}' is not a result: it holds a {type(content).__name__}")
    # The store of results wrote format 1 without saying so.
    found = content.get("format", 1 if "predictions_sha256" in content else None)
    if found is None:
        raise SuperbLiteError(f"'{path}' is not a result: it has no \"format\"")
    if found != FORMAT:
        raise SuperbLiteError(
            f"'{path}' is of format {found!r:.20}, but this superb_lite reads {FORMAT}: evaluate the encoder again, "
            "or use the version that wrote it"
        )
    try:
        read = ResultFile.model_validate_json(text)
    except ValidationError as error:
        raise SuperbLiteError(f"'{path}' does not hold results of this version: {refusal(error)}") from None
    if len(read.checksums) != len(read.results):
        raise SuperbLiteError(f"'{path}': {len(read.checksums)} checksums for {len(read.results)} results")
    return read


def json_schema() -> dict[str, Any]:
    """The JSON Schema of result files."""
    schema = ResultFile.model_json_schema()
    result = schema["$defs"]["Result"]
    for name, info in Result.model_fields.items():
        if info.exclude:  # left to the Parquet file
            del result["properties"][name]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A result file of superb_lite",
    }


def _taskset(task: str) -> str:
    """The registered task set of a task; a task that is in none is a set of its own."""
    name = task.split("/")[0]
    return name if name in plugins.tasksets() else task


def _plain(name: str) -> str:
    """A name as a part of a file name."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")[-80:]
