"""The predictions behind results, as a Parquet file: one row for each (task, protocol, example, seed)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics import Prediction
from superb_lite.paths import make_dir, regular_size
from superb_lite.results.result import Result, predictions_hash

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

LARGEST_PARQUET = 2**30
"""Bytes of the Parquet file, as it lies on disk and as it says that it is without compression."""

MOST_ROWS = 10**7
"""Of the Parquet file."""


@dataclass(frozen=True)
class Predicted:
    """The stored predictions of one (task, protocol)."""

    of_seeds: dict[int, dict[str, Prediction]]
    """By seed and example id."""
    clusters: dict[str, str]
    """By example id."""
    shown: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """By example id its label as JSON and its text, as the file says them; see `Result.shown`."""


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
        with pq.ParquetFile(parquet, page_checksum_verification=True) as file:
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
    except (pa.ArrowException, MemoryError, OSError, TypeError, ValueError, RecursionError) as error:
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
    """Write the predictions of results to a Parquet file, whole or not at all."""
    make_dir(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        pq.write_table(pa.concat_tables([_table(result) for result in results]), temporary, write_page_checksum=True)
        os.replace(temporary, path)
    except (OSError, ValueError) as error:  # what pyarrow raises is one of these
        reason = getattr(error, "strerror", None) or error
        raise SuperbLiteError(f"cannot write '{path}': {reason}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _tuples(value: Any) -> Any:
    """JSON lists as tuples, which is what forms give and metrics expect."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
