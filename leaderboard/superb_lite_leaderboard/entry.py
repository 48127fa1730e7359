"""What stands on a board: entries, each a version of a submission, and what was measured of their encoders."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Protocol, Self

from pydantic import Field

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics.statistics import Sample
from superb_lite.results.cost import Cost
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Architecture, FrozenModel, Result
from superb_lite.surrogates import hashed_bytes

Line = Annotated[str, Field(max_length=300)]
Tag = Annotated[str, Field(min_length=1, max_length=50)]


class Tier(IntEnum):
    """How much of a result was checked on this machine; a larger one is better."""

    REPORTED = 1
    """Numbers that somebody sent."""
    RECOMPUTED = 2
    """Scored here from the predictions that somebody sent and the labels of this machine."""
    RERUN = 3
    """The encoder was run and scored here."""

    @property
    def label(self) -> str:
        """The word for people: "reported", "recomputed", "rerun"."""
        return self.name.lower()


class About(FrozenModel):
    """What a submitter says about an entry. All of it is text of a stranger."""

    description: Annotated[str, Field(max_length=2000)] = ""
    url: Line = ""
    """Where more is to be read; shown as a link where it begins with http:// or https://."""
    licence: Line = ""
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()


@dataclass(frozen=True)
class Submitted:
    """A result that is to be stored, and how far it was checked."""

    result: Result
    """Its predictions are kept where it has them."""
    tier: Tier
    own_code: bool = False
    """Somebody's own code computed the features (`py:`)."""
    note: str = ""
    """What could not be checked, in a line for people; part of the entry's history."""


class Tables(Protocol):
    """Where the (seeds, clusters) tables behind scores are read."""

    def samples(self, results: Sequence[Measured]) -> list[Sample | SuperbLiteError]:
        """One for each result, many in one go; in the place of a table that is damaged, what is wrong with it."""


@dataclass(frozen=True)
class _OfResult:
    """The table of a result that is not stored yet."""

    result: Result

    def samples(self, results: Sequence[Measured]) -> list[Sample | SuperbLiteError]:
        return [self.result.sample() for _ in results]


@dataclass(frozen=True)
class Measured:
    """One result of an entry without its tables: what ranking and pages need, and cheap to read.

    `Leaderboard.result` gives all of it. Scores and metrics are fractions.
    """

    task: str
    protocol: str
    modality: str
    task_version: int
    encoder: str
    encoder_hash: str
    architecture: Architecture | None
    score: float
    ci: tuple[float, float]
    metrics: Mapping[str, float]
    n_test: int
    seeds: tuple[int, ...]
    n_clusters: int
    in_domain: bool | None
    limit: int | None
    data_sha256: str
    clusters_sha256: str
    """Of the set of test clusters: paired comparisons need the same set."""
    predictions_sha256: str
    tier: Tier
    own_code: bool
    cost: Cost | None
    pretraining: Pretraining | None
    """Without its curves."""
    checksum: str
    """Of everything in the result; equal results have equal ones."""
    tables: Tables = field(repr=False, compare=False)
    id: int = 0
    """Of the row in the database; 0 before it is stored."""

    @classmethod
    def of(cls, submitted: Submitted) -> Self:
        """A result that is about to be stored."""
        result = submitted.result
        return cls(
            task=result.task,
            protocol=result.protocol,
            modality=result.modality,
            task_version=result.task_version,
            encoder=result.encoder,
            encoder_hash=result.encoder_hash,
            architecture=result.architecture,
            score=result.score,
            ci=result.ci,
            metrics=result.metrics,
            n_test=result.n_test,
            seeds=tuple(row.seed for row in result.seeds),
            n_clusters=len(result.clusters),
            in_domain=result.in_domain,
            limit=result.limit,
            data_sha256=result.data_sha256,
            clusters_sha256=clusters_hash(result.clusters),
            predictions_sha256=result.predictions_sha256,
            tier=submitted.tier,
            own_code=submitted.own_code,
            cost=result.cost,
            pretraining=without_curves(result.pretraining),
            checksum=result.checksum(),
            tables=_OfResult(result),
        )

    def sample(self) -> Sample:
        """The (seeds, clusters) table behind the score. Raises `SuperbLiteError` where it is damaged."""
        (found,) = self.tables.samples([self])
        if isinstance(found, SuperbLiteError):
            raise found
        return found


def samples(results: Sequence[Measured]) -> list[Sample | SuperbLiteError]:
    """The tables behind the scores of results, those from one place read in one go; see `Tables.samples`."""
    groups: dict[int, list[int]] = {}
    for position, result in enumerate(results):
        groups.setdefault(id(result.tables), []).append(position)
    found: dict[int, Sample | SuperbLiteError] = {}
    for positions in groups.values():
        of_group = [results[position] for position in positions]
        found.update(zip(positions, of_group[0].tables.samples(of_group), strict=True))
    return [found[position] for position in range(len(results))]


def without_curves(pretraining: Pretraining | None) -> Pretraining | None:
    """What is read for every row of a board."""
    return None if pretraining is None else pretraining.model_copy(update={"curve": (), "validation_curve": ()})


def clusters_hash(clusters: Sequence[str]) -> str:
    """SHA-256 of a set of test clusters."""
    return hashlib.sha256(hashed_bytes("\n".join(sorted(clusters)))).hexdigest()


@dataclass(frozen=True)
class Event:
    """Something that happened to an entry."""

    at: str
    """ISO 8601, UTC."""
    kind: str
    """"submitted", "withdrawn", "renamed" or "promoted"; "imported" says from where, "renumbered" that versions of the
    same name came between."""
    detail: str
    """For people; may be empty."""


@dataclass(frozen=True)
class Entry:
    """A version of what was submitted under one name."""

    name: str
    version: int
    """1, 2, ... of this name."""
    submitted: str
    """ISO 8601, UTC."""
    results: tuple[Measured, ...]
    about: About = field(default_factory=About)
    withdrawn: str = ""
    """ISO 8601, UTC; empty for an entry that stands."""
    id: int = 0
    """Of the row in the database."""

    @property
    def ref(self) -> str:
        """The name by which a person means this version: "NAME@2"."""
        return f"{self.name}@{self.version}"

    @property
    def tier(self) -> Tier:
        """The lowest of its results."""
        return min((result.tier for result in self.results), default=Tier.REPORTED)

    @property
    def own_code(self) -> bool:
        """Whether somebody's own code computed features of it."""
        return any(result.own_code for result in self.results)

    @property
    def encoders(self) -> Mapping[str, str]:
        """The encoder's reference for each modality of the entry; where there are several, all of them."""
        found: dict[str, dict[str, None]] = {}
        for result in self.results:
            found.setdefault(result.modality, {})[result.encoder] = None
        return {modality: ", ".join(references) for modality, references in found.items()}

    def modalities_shared_with(self, other: Entry) -> tuple[str, ...]:
        """The modalities that another entry encodes by the same weights."""
        theirs = {result.encoder_hash for result in other.results}
        return tuple(dict.fromkeys(result.modality for result in self.results if result.encoder_hash in theirs))

    @property
    def content(self) -> str:
        """SHA-256 of what was measured: two entries of one content are the same."""
        return content_of((result.task, result.protocol, result.checksum) for result in self.results)


def content_of(results: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 of a set of results, each a task, a protocol and `Result.checksum`."""
    parts = sorted(" ".join(result) for result in results)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
