"""Result: one encoder x task x protocol, with everything that is needed to compare and to repeat it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic refuses that of `typing` before Python 3.12

from superb_lite.errors import SuperbLiteError
from superb_lite.machine import Machine
from superb_lite.metrics.statistics import Sample
from superb_lite.paths import write_text


class SeedResult(TypedDict):
    """One evaluation seed. chosen: the grid point and what else was decided on validation, with the learned layer
    weights. parameters: how many were trained, {"encoder": n, "head": n}."""

    seed: int
    score: float
    metrics: Mapping[str, float]
    chosen: Mapping[str, Any]
    parameters: Mapping[str, int]


@dataclass(frozen=True)
class Result:
    """The fields are those of `docs/result.schema.json`.

    Fractions throughout, except `normalised`, which is a percentage.

    encoder: the reference it was evaluated under. score: mean of `metrics`, averaged over seeds; ci: its 95% interval.
    normalised: 100 * (score - floor) / (ceiling - floor), metric by metric; None where the set is not calibrated.
    limit: set when only some test examples were used; such a result is never ranked. in_domain: the encoder was
    pretrained on the source of the task's items. predictions: per example id, one prediction per seed; cluster_index:
    for each of these, the position of its cluster in `clusters`. Both are empty where they lie in another file.
    clusters, pseudo_values: see `superb_lite.metrics.statistics.Sample`. settings: the protocol's recorded grid.
    versions: of the packages that decide the numbers. revision: of a git checkout, None for an installed package.
    deterministic: the same command on the same machine gives the same predictions (see `superb_lite.machine`).
    """

    encoder: str
    encoder_hash: str
    modality: str
    task: str
    task_version: int
    protocol: str
    score: float
    ci: tuple[float, float]
    metrics: Mapping[str, float]
    normalised: float | None
    floor: Mapping[str, float] | None
    ceiling: Mapping[str, float] | None
    seeds: tuple[SeedResult, ...]
    n_test: int
    seconds: float
    predictions_sha256: str
    data_sha256: str
    in_domain: bool
    limit: int | None
    clusters: tuple[str, ...] = field(repr=False)
    cluster_index: tuple[int, ...] = field(repr=False)
    pseudo_values: tuple[tuple[float, ...], ...] = field(repr=False)
    predictions: Mapping[str, Any] = field(repr=False)
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    revision: str | None
    machine: Machine
    deterministic: bool

    # Read by pydantic: an unknown field is an error.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    def sample(self) -> Sample:
        """The (seeds, clusters) table behind `score`."""
        return Sample(self.score, np.array(self.pseudo_values, dtype=np.float64), self.clusters)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return json.loads(json.dumps(dataclasses.asdict(self), ensure_ascii=False))  # type: ignore[no-any-return]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Result:
        """The inverse of `to_dict`. Raises `SuperbLiteError` when a field is missing, unknown or of another type."""
        try:
            return result_type().validate_python(values)
        except ValidationError as error:
            wrong = ", ".join(sorted({str(e["loc"][0]) if e["loc"] else "all" for e in error.errors()}))
            raise SuperbLiteError(f"not a result of this version of superb_lite: check the field(s) {wrong}") from None

    def without_predictions(self) -> Result:
        """The same result, for a place that does not keep predictions."""
        return dataclasses.replace(self, predictions={}, cluster_index=())

    def summary(self) -> dict[str, Any]:
        """What `superb-lite evaluate --json` prints."""
        return {
            "encoder": self.encoder,
            "task": self.task,
            "task_version": self.task_version,
            "protocol": self.protocol,
            "score": self.score,
            "ci": list(self.ci),
            "metrics": dict(self.metrics),
            "normalised": self.normalised,
            "seeds": [{"seed": row["seed"], "score": row["score"]} for row in self.seeds],
            "n_test": self.n_test,
            "seconds": self.seconds,
            "predictions_sha256": self.predictions_sha256,
        }


@functools.cache
def result_type() -> TypeAdapter[Result]:
    """What checks a result that was read, and knows its JSON Schema."""
    return TypeAdapter(Result)


def predictions_hash(predictions: Mapping[str, Any]) -> str:
    """SHA-256 of canonical JSON: the same predictions give the same hash in any process."""
    text = json.dumps(predictions, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_result(result: Result, path: Path) -> None:
    """Write one result as JSON."""
    write_text(path, json.dumps(result.to_dict(), ensure_ascii=False) + "\n")


def read_result(path: Path) -> Result:
    """Read what `write_result` wrote."""
    try:
        return Result.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SuperbLiteError(f"'{path}' is not a result: {error}") from None
