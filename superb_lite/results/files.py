"""Result files: one JSON for each encoder x task set, and beside it every prediction as Parquet.

The JSON follows `docs/result.schema.json`. The Parquet file has one row for each (task, protocol, example, seed), with
the prediction as JSON text. Together they are what `superb_lite.evaluation.recheck` needs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from superb_lite import plugins
from superb_lite.encoders.encoder import PROCESS
from superb_lite.errors import SuperbLiteError
from superb_lite.metrics import Prediction
from superb_lite.paths import make_dir, write_text
from superb_lite.results.result import Result, result_type

FORMAT = 1
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
"""The columns of the Parquet file."""

ELSEWHERE = ("predictions", "cluster_index")
"""Fields of a `Result` that the JSON leaves to the Parquet file."""


@dataclass(frozen=True)
class Predicted:
    """The stored predictions of one (task, protocol): by seed and example id; and the clusters by example id."""

    of_seeds: dict[int, dict[str, Prediction]]
    clusters: dict[str, str]


def write_results(results: Sequence[Result], directory: Path) -> list[Path]:
    """Write the results of one encoder; returns the JSON files, one for each task set, "ENCODER-HASH.SET.json".

    Each file is written whole or not at all, the predictions first.
    """
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(_taskset(result.task), []).append(result)
    written = []
    for taskset, group in groups.items():
        digest = group[0].encoder_hash.removeprefix(PROCESS)[:8]
        path = directory / f"{_plain(Path(group[0].encoder).name)}-{digest}.{_plain(taskset)}.json"
        _write_predictions(group, path.with_suffix(".parquet"))
        content = {
            "format": FORMAT,
            "taskset": taskset,
            "results": [
                {key: value for key, value in result.without_predictions().to_dict().items() if key not in ELSEWHERE}
                for result in group
            ],
        }
        write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        written.append(path)
    return written


def read_results(path: Path) -> list[Result]:
    """The results in a file that `write_results` or the store of results wrote; the former without predictions.

    Raises `SuperbLiteError`, in one line that names the file, for anything else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SuperbLiteError(f"cannot read '{path}': {error.strerror}") from None
    except ValueError as error:
        raise SuperbLiteError(f"'{path}' is not a result: {error}") from None
    if not isinstance(content, dict):
        raise SuperbLiteError(f"'{path}' is not a result: it holds a {type(content).__name__}")
    try:
        if "format" not in content:
            return [Result.from_dict(content)]
        if content["format"] != FORMAT:
            raise SuperbLiteError(f"format {content['format']!r}, but this superb_lite reads {FORMAT}")
        if not isinstance(content.get("results"), list) or not content["results"]:
            raise SuperbLiteError("it holds no results")
        return [Result.from_dict({**values, "predictions": {}, "cluster_index": ()}) for values in content["results"]]
    except SuperbLiteError as error:
        raise SuperbLiteError(f"'{path}': {error}") from None


def read_predictions(path: Path) -> dict[tuple[str, str], Predicted]:
    """The predictions beside a result file, by (task, protocol)."""
    parquet = path.with_suffix(".parquet")
    try:
        table = pq.read_table(parquet)
        if table.schema.names != PREDICTIONS.names:
            raise ValueError(f"its columns are not {', '.join(PREDICTIONS.names)}")
        found: dict[tuple[str, str], Predicted] = {}
        for row in table.cast(PREDICTIONS).to_pylist():
            predicted = found.setdefault((row["task"], row["protocol"]), Predicted({}, {}))
            of_seed = predicted.of_seeds.setdefault(row["seed"], {})
            if row["example"] in of_seed:
                raise ValueError(f"example '{row['example']}' of '{row['task']}' stands twice under seed {row['seed']}")
            of_seed[row["example"]] = _prediction(json.loads(row["prediction"]))
            predicted.clusters[row["example"]] = row["cluster"]
    except FileNotFoundError:
        raise SuperbLiteError(f"the predictions '{parquet}' are missing: keep them beside '{path.name}'") from None
    except (OSError, TypeError, ValueError) as error:  # what pyarrow raises is one of these
        reason = " ".join(str(error).split())
        raise SuperbLiteError(f"'{parquet}' does not hold predictions: {reason:.200}") from None
    return found


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the files that `write_results` writes."""
    result = result_type().json_schema()
    definitions = result.pop("$defs")
    for name in ELSEWHERE:
        del result["properties"][name]
    result["required"] = [name for name in result["required"] if name not in ELSEWHERE]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A result file of superb_lite",
        "description": "The results of one encoder on one task set; the predictions are in a Parquet file beside it.",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "taskset": {"type": "string"},
            "results": {"type": "array", "items": {"$ref": "#/$defs/Result"}, "minItems": 1},
        },
        "required": ["format", "taskset", "results"],
        "additionalProperties": False,
        "$defs": {**definitions, "Result": result},
    }


def _taskset(task: str) -> str:
    """The registered task set of a task; a task that is in none is a set of its own."""
    name = task.split("/")[0]
    return name if name in plugins.tasksets() else task


def _plain(name: str) -> str:
    """A name as a part of a file name."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")[-80:]


def _rows(result: Result) -> Iterator[dict[str, Any]]:
    for number, seed in enumerate(result.seeds):
        for (example, predictions), cluster in zip(result.predictions.items(), result.cluster_index, strict=True):
            yield {
                "task": result.task,
                "protocol": result.protocol,
                "example": example,
                "seed": seed["seed"],
                "prediction": json.dumps(predictions[number], ensure_ascii=False),
                "cluster": result.clusters[cluster],
            }


def _write_predictions(results: Sequence[Result], path: Path) -> None:
    make_dir(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        rows = [row for result in results for row in _rows(result)]
        pq.write_table(pa.Table.from_pylist(rows, schema=PREDICTIONS), temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise SuperbLiteError(f"cannot write '{path}': {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _prediction(value: Any) -> Any:
    """JSON lists as tuples, which is what forms give and metrics expect."""
    return tuple(map(_prediction, value)) if isinstance(value, list) else value
