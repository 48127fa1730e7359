"""What the commands that evaluate have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.cli.progress import EvaluationProgress, stderr
from superb_lite.encoders.encoder import Encoder
from superb_lite.evaluation.run import Evaluator, Timings
from superb_lite.paths import feature_dir
from superb_lite.protocols import protocol
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.task import Task


def open_store(directory: Path) -> ResultStore:
    """The finished results in a workspace."""
    return ResultStore(directory / "results", report=stderr.print)


def check_protocol(name: str | None) -> None:
    """Raise `UnknownNameError` for the name of a protocol that there is not."""
    if name is not None:
        protocol(name)


def evaluate_stored(
    reference: str,
    model: Encoder,
    columns: Sequence[tuple[Task, str]],
    store: ResultStore,
    *,
    seeds: int,
    limit: int | None = None,
    device: str = "cpu",
    root: Path | None,
    timings: Timings | None = None,
) -> list[Result]:
    """The results of one encoder, each taken from the store where it is there already, under a progress bar."""
    results = []
    with EvaluationProgress(reference, len(columns)) as progress:
        evaluator = Evaluator(
            model,
            reference=reference,
            seeds=seeds,
            limit=limit,
            device=device,
            root=root,
            results=store,
            feature_dir=feature_dir(),
            progress=progress.start,
            timings=timings,
        )
        for result in evaluator.evaluate(columns):
            progress.finished(result)
            results.append(result)
    return results
