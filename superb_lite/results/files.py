"""Result files: JSON with one or more results, and beside it every prediction as Parquet.

Both the store of results and `--out` write them, and everything that reads results reads them here. The JSON follows
`docs/result.schema.json`. The Parquet file has one row for each (task, protocol, example, seed), with the prediction as
JSON text; label and text of the example stand beside it for people to read. Together they are what
`superb_lite.evaluation.recheck` needs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, ValidationError

from superb_lite import plugins
from superb_lite.encoders.content_hash import PROCESS
from superb_lite.errors import SuperbLiteError
from superb_lite.metrics import Prediction
from superb_lite.paths import make_dir, read_file, regular_size, write_text
from superb_lite.results.fields import FrozenModel, Name, Sha256
from superb_lite.results.result import Result, predictions_hash, refusal

FORMAT: Literal[2] = 2
"""Raised when these files change in a way that older code could not read."""

PREDICTIONS = pa.schema(
    [
        ("task", pa.string()),
        ("protocol", pa.string()),
        ("example", pa.string()),
        ("seed", pa.int32()),
        ("prediction", pa.string()),
        ("cluster", pa.string()),
    ]
)
"""The columns that every Parquet file has."""

FOR_PEOPLE = pa.schema([("label", pa.string()), ("text", pa.string())])
"""Columns that it has besides since there was somebody who wanted to read it; where nothing is known they are empty.
Whatever is checked or computed uses the labels of the task instead."""

_ALL = pa.schema([*PREDICTIONS, *FOR_PEOPLE])

LARGEST_JSON = 2**28
"""Bytes of the JSON file: 50 seeds on 200,000 test examples have as many."""

LARGEST_PARQUET = 2**30
"""Bytes of the Parquet file, as it lies on disk and as it says that it is without compression."""

MOST_ROWS = 10**7
"""Of the Parquet file."""


class ResultFile(FrozenModel):
    """The results of one encoder on one task set; the predictions are in a Parquet file beside it."""

    format: Literal[2] = Field(description="Raised when older code could not read such a file.")
    taskset: Name = Field(description="The registered set of the tasks, or the name of a task in none.")
    results: tuple[Result, ...] = Field(min_length=1)
    checksums: tuple[Sha256, ...] = Field(
        description="`Result.checksum` of each of `results`: tells that one was edited or damaged afterwards."
    )


@dataclass(frozen=True)
class Predicted:
    """The stored predictions of one (task, protocol)."""

    of_seeds: dict[int, dict[str, Prediction]]
    """By seed and example id."""
    clusters: dict[str, str]
    """By example id."""
    shown: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """By example id its label as JSON and its text, as the file says them; see `Result.shown`."""


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


def read_predictions(path: Path) -> dict[tuple[str, str], Predicted]:
    """The predictions beside a result file, by (task, protocol).

    Raises `SuperbLiteError`, in one line that names the Parquet file, where it is missing, too large, or not as
    `write_result_file` writes it.
    """
    parquet = path.with_suffix(".parquet")
    if not parquet.exists():
        raise SuperbLiteError(f"the predictions '{parquet}' are missing: keep them beside '{path.name}'")
    size = regular_size(parquet)
    try:
        with pq.ParquetFile(parquet) as file:
            _check_size(size, file.metadata)
            table = file.read()
        if table.schema.names == PREDICTIONS.names:  # of an older version
            for column in FOR_PEOPLE:
                table = table.append_column(column, pa.nulls(table.num_rows, column.type))
        if table.schema.names != _ALL.names:
            raise ValueError(f"its columns are not {', '.join(_ALL.names)}")
        if any(table[name].null_count for name in PREDICTIONS.names):
            raise ValueError("it has empty cells")
        found: dict[tuple[str, str], Predicted] = {}
        columns = [column.to_numpy().tolist() for column in table.cast(_ALL).columns]
        parsed = {text: _tuples(json.loads(text)) for text in set(columns[PREDICTIONS.get_field_index("prediction")])}
        for task, protocol, example, seed, prediction, cluster, label, text in zip(*columns, strict=True):
            predicted = found.setdefault((task, protocol), Predicted({}, {}))
            of_seed = predicted.of_seeds.setdefault(seed, {})
            if example in of_seed:
                raise ValueError(f"example '{example}' of '{task}' stands twice under seed {seed}")
            of_seed[example] = parsed[prediction]
            predicted.clusters[example] = cluster
            if label is not None or text is not None:
                predicted.shown[example] = (label, text)
    except (MemoryError, OSError, TypeError, ValueError, RecursionError) as error:  # pyarrow raises one of these
        reason = " ".join(str(error).split())
        raise SuperbLiteError(f"'{parquet}' does not hold predictions: {reason:.200}") from None
    return found


def _check_size(size: int, metadata: pq.FileMetaData) -> None:
    """Raise ValueError for a Parquet file that would fill the memory. size: in bytes, on disk."""
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if max(size, unpacked) > LARGEST_PARQUET:
        raise ValueError(f"it has {max(size, unpacked)} bytes: at most {LARGEST_PARQUET} are read")
    if metadata.num_rows > MOST_ROWS:
        raise ValueError(f"it has {metadata.num_rows} rows: at most {MOST_ROWS} are read")


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


def with_predictions(result: Result, found: dict[tuple[str, str], Predicted], path: Path) -> Result:
    """The result with its predictions. Raises `SuperbLiteError` where these are not those that it was made of."""
    predicted = found.get((result.task, result.protocol), Predicted({}, {}))
    position = {cluster: index for index, cluster in enumerate(result.clusters)}
    try:
        of_seeds = [predicted.of_seeds[row.seed] for row in result.seeds]
        predictions = {example: [of_seed[example] for of_seed in of_seeds] for example in of_seeds[0]}
        index = tuple(position[predicted.clusters[example]] for example in predictions)
        as_written = predictions_hash(predictions) == result.predictions_sha256
    except KeyError:
        as_written = False
    if not as_written:
        raise SuperbLiteError(
            f"'{path.with_suffix('.parquet')}': the predictions on '{result.task}' ({result.protocol}) are not those "
            f"that the result in '{path.name}' was made of"
        )
    shown = {example: predicted.shown[example] for example in predictions if example in predicted.shown}
    return result.replace(predictions=predictions, cluster_index=index, shown=shown)


def _taskset(task: str) -> str:
    """The registered task set of a task; a task that is in none is a set of its own."""
    name = task.split("/")[0]
    return name if name in plugins.tasksets() else task


def _plain(name: str) -> str:
    """A name as a part of a file name."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")[-80:]


def _table(result: Result) -> pa.Table:
    """Rows by seed, then by example."""
    examples, seeds = list(result.predictions), [row.seed for row in result.seeds]
    n, s = len(examples), len(seeds)
    clusters = [result.clusters[index] for index in result.cluster_index]
    shown = [result.shown.get(example, (None, None)) for example in examples]
    columns = [
        [result.task] * (s * n),
        [result.protocol] * (s * n),
        examples * s,
        [seed for seed in seeds for _ in examples],
        [
            json.dumps(predictions[number], ensure_ascii=False)
            for number in range(s)
            for predictions in result.predictions.values()
        ],
        clusters * s,
        [label for label, _ in shown] * s,
        [text for _, text in shown] * s,
    ]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, _ALL, strict=True)], schema=_ALL
    )


def write_predictions(results: Sequence[Result], path: Path) -> None:
    make_dir(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        pq.write_table(pa.concat_tables([_table(result) for result in results]), temporary)
        os.replace(temporary, path)
    except (OSError, ValueError) as error:  # what pyarrow raises is one of these
        reason = getattr(error, "strerror", None) or error
        raise SuperbLiteError(f"cannot write '{path}': {reason}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _tuples(value: Any) -> Any:
    """JSON lists as tuples, which is what forms give and metrics expect."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
