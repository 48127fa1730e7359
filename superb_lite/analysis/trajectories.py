"""Scores of tasks along pretraining: every checkpoint of one or several runs, each with one pass over the items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.encoders.trajectory import Trajectory
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.columns import Column, columns_of
from superb_lite.evaluation.request import Tasks
from superb_lite.evaluation.run import Evaluator, TaskProgress
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore


@dataclass(frozen=True)
class Probed:
    """What one checkpoint scores on one task."""

    run: str
    """The name of the run, as it was given."""
    step: int
    result: Result


def probe(
    trajectories: Mapping[str, Trajectory],
    tasks: Tasks,
    *,
    protocol: str = Frozen.name,
    steps: Sequence[int] | None = None,
    seeds: int = 5,
    limit: int | None = None,
    device: str = "auto",
    batch_size: int = 32,
    root: Path | None = None,
    results: ResultStore | None = None,
    feature_dir: Path | None = None,
    progress: TaskProgress | None = None,
) -> Iterator[Probed]:
    """Evaluate the checkpoints of runs on tasks, run by run and step by step; each result comes when it is there.

    A checkpoint encodes each distinct item of all tasks once. Results are those of `superb_lite.evaluate`.

    Args:
        trajectories: the runs by name. Those of one thing under several pretraining seeds have the same steps.
        tasks: see `superb_lite.evaluate`; a set or pattern is of the tasks that go with the encoders and the protocol.
        protocol: by which all tasks are evaluated.
        steps: which checkpoints; None: all that every run has.
        results: where results are looked up and kept, so that what was interrupted goes on.
        feature_dir: where features are kept; None: nowhere, since a trajectory has many and a pass is cheap.
        seeds, limit, device, batch_size, root, progress: see `superb_lite.evaluate`.

    Raises `SuperbLiteError` for a step that a run does not have, and what `evaluate` raises.
    """
    chosen = common_steps(trajectories) if steps is None else tuple(steps)
    for trajectory in trajectories.values():
        for step in chosen:
            trajectory.path(step)
    columns: dict[str | None, list[Column]] = {}
    for name, trajectory in trajectories.items():
        for step in chosen:
            encoder, reference = trajectory.load(step), f"{name}@{step}"
            if encoder.modality not in columns:
                columns[encoder.modality], _ = columns_of(tasks, encoder.modality, reference, protocol)
            evaluator = Evaluator(
                encoder,
                reference=reference,
                device=device,
                batch_size=batch_size,
                seeds=seeds,
                limit=limit,
                root=root,
                results=results,
                feature_dir=feature_dir,
                progress=progress,
            )
            for result in evaluator.evaluate(columns[encoder.modality]):
                yield Probed(name, step, result)


def common_steps(trajectories: Mapping[str, Trajectory]) -> tuple[int, ...]:
    """The steps that all runs have, in order. Raises `SuperbLiteError` where there are none."""
    shared = set.intersection(*(set(trajectory.steps) for trajectory in trajectories.values()))
    if not shared:
        raise SuperbLiteError(f"the runs {', '.join(trajectories)} have no step in common: pretrain them alike")
    return tuple(sorted(shared))
