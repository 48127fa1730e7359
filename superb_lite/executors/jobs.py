"""What workers do with an encoder: encode the items of its tasks, and evaluate columns."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.columns import Column
from superb_lite.evaluation.run import Evaluator
from superb_lite.executors.files import Files, part_files, unpacked, write_parts
from superb_lite.heads.problem import Outcome
from superb_lite.paths import feature_dir
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.labels import TaskData
from superb_lite.tasks.task import Task, provide_data

Data = Sequence[tuple[Task, TaskData]]
"""The data of tasks over the same items, as the asking process has loaded it."""


@dataclass(frozen=True)
class EncoderJob:
    """An encoder, and how it is evaluated: all that units about it have in common."""

    reference: str
    name: str
    """What results and messages call it."""
    fingerprint: str
    """Its content hash, where it was asked for."""
    trust_code: bool
    device: str
    batch_size: int
    seeds: int
    limit: int | None
    root: Path | None
    feature_dir: Path | None
    """Where features are kept, on a disk that every worker shares; None: each worker keeps them in its own cache."""
    results: Path | None
    """The directory of the result store, on a disk that every worker shares; None: results are only sent back."""


_evaluators: dict[EncoderJob, Evaluator] = {}
"""The encoder that this worker has loaded last."""


def _evaluator(job: EncoderJob, files: Files, rest: Sequence[Data | Done]) -> Evaluator:
    for each in rest:
        if not isinstance(each, Done):
            provide_data(each, job.root)
    if job not in _evaluators:
        _evaluators.clear()
        encoder = load_encoder(unpacked(job.reference, files), trust_code=job.trust_code)
        made = Evaluator(
            encoder,
            reference=job.name,
            device=job.device,
            batch_size=job.batch_size,
            seeds=job.seeds,
            limit=job.limit,
            root=job.root,
            results=None if job.results is None else ResultStore(job.results),
            feature_dir=job.feature_dir or feature_dir(),
        )
        if made.fingerprint != job.fingerprint:
            raise SuperbLiteError(
                f"'{job.name}' has other content on the worker than where it was asked for: bring both to one state"
            )
        _evaluators[job] = made
    made = _evaluators[job]
    made.timings.clear()
    for each in rest:
        if isinstance(each, Done) and each.parts:
            write_parts(each.parts, made.features.directory)
    return made


@dataclass(frozen=True)
class Done:
    """What a unit of evaluation sends back."""

    results: tuple[Result, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    seconds: float = 0.0
    timings: Mapping[str, float] | None = None
    parts: Files = ()


def encode(job: EncoderJob, columns: Sequence[Column], files: Files, *data: Data) -> Done:
    """Encode all items that columns read."""
    evaluator = _evaluator(job, files, data)
    evaluator.check(columns)
    evaluator.encode(columns)
    parts = () if job.feature_dir is not None else part_files(evaluator.features.directory)
    return Done(timings=dict(evaluator.timings), parts=parts)


def evaluate(job: EncoderJob, columns: Sequence[Column], files: Files, *rest: Data | Done) -> Done:
    """The results of columns. rest: data, and what `encode` sent back where it came first."""
    evaluator = _evaluator(job, files, rest)
    return Done(results=tuple(evaluator.evaluate(columns)), timings=dict(evaluator.timings))


def evaluate_seed(job: EncoderJob, column: Column, number: int, files: Files, *rest: Data | Done) -> Done:
    """The outcome of one evaluation seed on a column. number: of the seed. rest: see `evaluate`."""
    evaluator = _evaluator(job, files, rest)
    evaluator.check([column])
    started = time.perf_counter()
    outcomes = tuple(evaluator.outcomes_on(*column, only=number))
    return Done(outcomes=outcomes, seconds=time.perf_counter() - started, timings=dict(evaluator.timings))


def join_seeds(job: EncoderJob, column: Column, files: Files, *rest: Data | Done) -> Done:
    """The result of a column. rest: data, and what `evaluate_seed` sent back, in the order of seeds."""
    evaluator = _evaluator(job, files, rest)
    evaluator.check([column])
    seeds = [each for each in rest if isinstance(each, Done)]
    outcomes = [outcome for done in seeds for outcome in done.outcomes]
    result = evaluator.result(*column, outcomes, seconds=sum(done.seconds for done in seeds))
    if evaluator.results is not None:
        evaluator.results.put(evaluator.key(*column), result)
    return Done(results=(result,), timings=dict(evaluator.timings))
