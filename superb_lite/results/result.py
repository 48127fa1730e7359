"""Result: one encoder x task x protocol, with everything that is needed to compare and to repeat it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, ValidationError, field_validator, model_validator

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.machine import Machine
from superb_lite.metrics import all_or_nothing
from superb_lite.metrics.statistics import Sample
from superb_lite.results.cost import Cost
from superb_lite.results.fields import (
    LARGEST_COUNT,
    Count,
    EncoderHash,
    Metrics,
    Name,
    Number,
    PlainJson,
    Sha256,
    ShortName,
)
from superb_lite.results.fields import FrozenModel as FrozenModel
from superb_lite.results.pretraining import Pretraining
from superb_lite.surrogates import hashed_bytes


class SeedResult(FrozenModel):
    """One evaluation seed."""

    seed: Count
    score: Number = Field(description="The mean of `metrics`.")
    metrics: Metrics
    chosen: PlainJson = Field(
        description="The grid point and what else was decided on validation, with the learned layer weights."
    )
    parameters: Mapping[ShortName, Count] = Field(description='How many were trained: {"encoder": n, "head": n}.')


class Architecture(FrozenModel):
    """What an encoder is without its weights. Encoders of one architecture differ in their training alone."""

    name: Name = Field(description='The encoder\'s class, "module:Class".')
    config_sha256: Sha256 = Field(description="SHA-256 of the canonical JSON of `Encoder.config()`.")
    untrained: bool = Field(description="Its weights were drawn at random here (random:NAME, random:DIR).")

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """The architecture of an encoder."""
        config = json.dumps(encoder.config(), sort_keys=True, ensure_ascii=False, default=str)
        return cls(
            name=f"{type(encoder).__module__}:{type(encoder).__qualname__}",
            config_sha256=hashlib.sha256(hashed_bytes(config)).hexdigest(),
            untrained=encoder.untrained,
        )


class Result(FrozenModel):
    """One encoder x task x protocol. Scores, metrics, floors and ceilings are fractions."""

    encoder: Name = Field(description="The reference it was evaluated under, or the name to show it by.")
    encoder_hash: EncoderHash = Field(
        description='The encoder\'s content hash; "process:..." where none holds beyond its process.'
    )
    architecture: Architecture | None = Field(
        description="None where nobody knows: results that an older version put on a board."
    )
    modality: ShortName
    task: Name = Field(description='"set/task", or the name of a task on own data.')
    task_version: Count
    protocol: ShortName
    score: Number = Field(description="The mean of `metrics`, averaged over seeds.")
    ci: tuple[Number, Number] = Field(description="The 95% interval of `score`, the lower end first.")
    metrics: Metrics = Field(description="By name, averaged over seeds.")
    normalised: Number | None = Field(
        description="100 * (metric - floor) / (ceiling - floor), averaged over metrics; None without a scale."
    )
    floor: Metrics | None = Field(description="By metric; None where the task is not calibrated.")
    ceiling: Metrics | None = Field(description="By metric; None where the task is not calibrated.")
    seeds: tuple[SeedResult, ...] = Field(min_length=1, description="One for each evaluation seed.")
    n_test: int = Field(ge=1, le=LARGEST_COUNT, description="How many test examples were scored.")
    seconds: float = Field(ge=0, allow_inf_nan=False, description="How long the evaluation took.")
    predictions_sha256: Sha256 = Field(description="See `predictions_hash`.")
    data_sha256: Sha256 = Field(description="Of the task's items, examples and labels.")
    in_domain: bool | None = Field(
        description="The encoder was pretrained on the source of the task's items; None where nobody knows."
    )
    limit: Annotated[int, Field(ge=2)] | None = Field(
        description="How many test examples were used, where not all were; such a result is never ranked."
    )
    clusters: tuple[str, ...] = Field(
        repr=False, min_length=1, description="The ids of the clusters of dependent test examples, each once."
    )
    pseudo_values: tuple[tuple[Number, ...], ...] = Field(
        repr=False, description="A row for each seed, a column for each cluster; their mean is about the score."
    )
    predictions: Mapping[str, Sequence[Any]] = Field(
        default={},
        repr=False,
        exclude=True,
        description="By example id, one prediction for each seed; empty where they were not read.",
    )
    cluster_index: tuple[Count, ...] = Field(
        default=(),
        repr=False,
        exclude=True,
        description="For each of `predictions` the position of its cluster in `clusters`.",
    )
    shown: Mapping[str, tuple[str | None, str | None]] = Field(
        default={},
        repr=False,
        exclude=True,
        description="By example id its label as JSON and its text, for people to read; empty where they were not read. "
        "Nothing is computed from them.",
    )
    settings: PlainJson = Field(description="The protocol's grid and training, as it records them.")
    code_sha256: Sha256 | None = Field(
        default=None,
        description="Of the Python sources of superb_lite and of the packages of the encoder, the task, its form, its "
        "metrics and the protocol; None where nobody knows.",
    )
    dtype: ShortName | None = Field(default=None, description="Of the encoder's weights; None where nobody knows.")
    versions: Mapping[str, str] = Field(description="Of the packages that decide the numbers.")
    revision: str | None = Field(description="Of a git checkout; None for an installed package.")
    machine: Machine = Field(description="Where it was computed.")
    deterministic: bool = Field(
        description="The same command on the same machine gives the same predictions: true on the CPU."
    )
    cost: Cost | None = Field(default=None, description="What the encoder costs; None where it was not measured.")
    pretraining: Pretraining | None = Field(
        default=None, description="How the weights came about; None where nobody knows, or where there was none."
    )

    @field_validator("ci")
    @classmethod
    def _in_order(cls, ci: tuple[float, float]) -> tuple[float, float]:
        if ci[0] > ci[1]:
            raise ValueError("the lower end comes first")
        return ci

    @field_validator("seeds")
    @classmethod
    def _each_once(cls, seeds: tuple[SeedResult, ...]) -> tuple[SeedResult, ...]:
        if len({row.seed for row in seeds}) != len(seeds):
            raise ValueError("a seed stands twice")
        return seeds

    @field_validator("clusters")
    @classmethod
    def _no_repetition(cls, clusters: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(clusters)) != len(clusters):
            raise ValueError("a cluster stands twice")
        return clusters

    @model_validator(mode="after")
    def _tables_fit(self) -> Self:
        if [len(row) for row in self.pseudo_values] != [len(self.clusters)] * len(self.seeds):
            raise ValueError("pseudo_values must hold one row for each seed and one column for each cluster")
        if len(self.cluster_index) != len(self.predictions):
            raise ValueError("cluster_index must say the cluster of each example in predictions")
        if self.cluster_index and max(self.cluster_index) >= len(self.clusters):
            raise ValueError("cluster_index names a cluster that is not in clusters")
        return self

    def sample(self) -> Sample:
        """The (seeds, clusters) table behind `score`."""
        values = np.array(self.pseudo_values, dtype=np.float64)
        return Sample(self.score, values, self.clusters, all_or_nothing(tuple(self.metrics)) / self.n_test)

    def replace(self, **fields: Any) -> Self:
        """The same result with other values of some fields, checked as a new one is."""
        return type(self).model_validate({**dict(self), **fields})

    def checksum(self) -> str:
        """SHA-256 of all fields but the predictions, which have a hash of their own.

        What came later and is not known counts as not there, so that files from before keep their checksums.
        """
        unknown = {name for name in _LATER if getattr(self, name) is None}
        values = self.model_dump(mode="json", exclude={"pseudo_values", *unknown})
        if self.pretraining is not None and self.pretraining.corpora_complete:  # what files from before say by silence
            del values["pretraining"]["corpora_complete"]
        digest = hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=True).encode())
        digest.update(np.array(self.pseudo_values, dtype="<f8").tobytes())
        return digest.hexdigest()

    @property
    def recomputed_items(self) -> int:
        """Items that were encoded again whenever a head read them, because the disk had no room for their features."""
        found = self.seeds[0].chosen.get("recomputed_items")
        return found if isinstance(found, int) else 0

    def summary(self) -> dict[str, Any]:
        """What `superb-lite evaluate --json` prints."""
        return {
            "encoder": self.encoder,
            "task": self.task,
            "task_version": _shown_version(self.task_version),
            "protocol": self.protocol,
            "score": self.score,
            "ci": list(self.ci),
            "metrics": dict(self.metrics),
            "normalised": self.normalised,
            "seeds": [{"seed": row.seed, "score": row.score} for row in self.seeds],
            "n_test": self.n_test,
            "seconds": self.seconds,
            "predictions_sha256": self.predictions_sha256,
            "recomputed_items": self.recomputed_items,
            "cost": None if self.cost is None else self.cost.model_dump(mode="json"),
        }


_LATER = ("cost", "pretraining")
"""Fields that the first result files of this format did not have."""


def _shown_version(version: int) -> int | str:
    """A version that somebody counts as it is; one that is made of a task's own content in seven digits."""
    return version if version < _COUNTED else f"{version:08x}"[:7]


_COUNTED = 10_000
"""No version that is counted gets so far."""


def refusal(error: ValidationError) -> str:
    """What pydantic found, as a part of one line: the first field that is wrong and why, and how many more are."""
    first, *more = error.errors(include_url=False, include_context=False)
    more = [other for other in more if first["loc"][: len(other["loc"])] != other["loc"]]  # a holder of what is wrong
    field = ".".join(str(part) for part in first["loc"])
    also = f" (and {len(more)} more)" if more else ""
    reason = first["msg"].removeprefix("Value error, ")
    return f"field '{field}': {reason}{also}" if field else f"{reason}{also}"


def predictions_hash(predictions: Mapping[str, Any]) -> str:
    """SHA-256 of canonical JSON: the same predictions give the same hash in any process."""
    text = json.dumps(predictions, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@contextlib.contextmanager
def validated(what: str) -> Iterator[None]:
    """Inside, a value that is out of bounds raises `SuperbLiteError` in one line that begins with `what`."""
    try:
        yield
    except ValidationError as error:
        raise SuperbLiteError(f"{what} cannot be kept: {refusal(error)}") from None
