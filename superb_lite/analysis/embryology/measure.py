"""Every question at every step of several runs: masked words, and scores of tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from superb_lite import plugins
from superb_lite.analysis.embryology.growth import Growth, growth
from superb_lite.analysis.embryology.masked import accuracies, kept_right_words
from superb_lite.analysis.kept import Kept, encoder_key
from superb_lite.analysis.trajectories import common_steps, probe
from superb_lite.encoders.masked import MaskedLanguageModel
from superb_lite.encoders.trajectory import Trajectory
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.devices import device_named
from superb_lite.evaluation.run import TaskProgress
from superb_lite.machine import code_sha256
from superb_lite.metrics import higher_is_better
from superb_lite.metrics.statistics import Sample
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.tagged_words import WordSource
from superb_lite.tasks.task import Task

SHARES = (0.5, 0.9)
"""Of the final gain."""

Curves = dict[str, list[list[Sample]]]
"""By the name of a question, for each run the score at each step."""


@dataclass(frozen=True)
class Watch:
    """What is told about as it goes on."""

    words: Callable[[str, WordSource], None] | None = None
    """Called with a run's step and a source when its words begin."""
    task: TaskProgress | None = None
    result: Callable[[str, int, Result], None] | None = None


def word_curves(
    trajectories: Mapping[str, Trajectory],
    sources: Sequence[WordSource],
    *,
    each: int,
    directory: Path,
    device: str = "auto",
    batch_size: int = 32,
    watch: Watch | None = None,
    steps: Sequence[int] | None = None,
) -> Curves:
    """Masked accuracy by part of speech. each: words of every tag. directory: where answers are kept. steps: None: all
    that the runs have in common.

    Empty where the encoders do not predict masked tokens. Raises `SuperbLiteError` where they could, but were saved
    without what predicts them.
    """
    asked = {source.name: (source, source.words(each)) for source in sources}
    kept = Kept(directory, tuple(source.package for source in sources))
    curves: Curves = {}
    for name, trajectory in trajectories.items():
        runs: dict[str, list[Sample]] = {}
        for step in steps or common_steps(trajectories):
            encoder = trajectory.load(step).to(device_named(device))
            if not isinstance(encoder, MaskedLanguageModel):
                return {}
            for source, words in asked.values():
                if watch and watch.words:
                    watch.words(f"{name}@{step}", source)
                try:
                    right = kept_right_words(encoder, source, words, kept=kept, batch_size=batch_size)
                except SuperbLiteError as error:
                    raise SuperbLiteError(f"'{name}@{step}': {error}; or ask for no words: --words 0") from None
                for question, sample in accuracies(source, words, right).items():
                    runs.setdefault(question, []).append(sample)
        for question, run in runs.items():
            curves.setdefault(question, []).append(run)
    return curves


def task_curves(
    trajectories: Mapping[str, Trajectory],
    tasks: Sequence[Task],
    *,
    seeds: int,
    limit: int | None,
    directory: Path,
    device: str = "auto",
    batch_size: int = 32,
    root: Path | None = None,
    results: ResultStore | None = None,
    watch: Watch | None = None,
    steps: Sequence[int] | None = None,
) -> Curves:
    """Scores of tasks on frozen features; each checkpoint reads the items once.

    Args:
        seeds: evaluation seeds.
        limit: use only so many test examples. What was scored so is no result, and is kept in the directory.
        steps: None: all that the runs have in common.
    """
    kept = Kept(directory)
    asked = [_asked(task, root) for task in tasks] if limit else []
    curves: Curves = {task.name: [[] for _ in trajectories] for task in tasks}
    for number, (name, trajectory) in enumerate(trajectories.items()):
        for step in steps or common_steps(trajectories):

            def scored(name: str = name, trajectory: Trajectory = trajectory, step: int = step) -> list[_Plain]:
                found = []
                for probed in probe(
                    {name: trajectory},
                    list(tasks),
                    steps=[step],
                    seeds=seeds,
                    limit=limit,
                    device=device,
                    batch_size=batch_size,
                    root=root,
                    results=results,
                    progress=watch.task if watch else None,
                ):
                    if watch and watch.result:
                        watch.result(probed.run, probed.step, probed.result)
                    found.append(_plain(probed.result))
                return found

            key = {"analysis": "embryology", "tasks": asked, "seeds": seeds, "limit": limit, "root": str(root)}
            encoder = trajectory.load(step).to(device_named(device)) if limit else None
            found = scored() if encoder is None else kept.get_or_compute(key | encoder_key(encoder), scored)
            for each in found:
                curves[each["task"]][number].append(_sample(each))
    return curves


def _asked(task: Task, root: Path | None) -> list[str | int]:
    """What decides the items of a task: its version, data and code."""
    load = task.load if isinstance(task.load, str) else task.load.__module__
    code = code_sha256(load.partition(":")[0].partition(".")[0])
    return [task.name, task.version, task.data(root).content_hash(), code]


_Plain = dict[str, Any]
"""A score as JSON."""


def _plain(result: Result) -> _Plain:
    """The score as a sample that grows as the encoder gets better."""
    sample = result.sample()
    if not higher_is_better(list(result.metrics)):
        sample = sample.scaled(-1.0)
    fields = {"estimate": sample.estimate, "values": sample.values.tolist(), "clusters": sample.clusters}
    return {"task": result.task, "grain": sample.grain, **fields}


def _sample(plain: _Plain) -> Sample:
    return Sample(plain["estimate"], np.array(plain["values"]), tuple(plain["clusters"]), plain["grain"])


def grown(steps: Sequence[int], curves: Curves) -> dict[str, Growth]:
    """The growth of every question."""
    return {question: growth(steps, runs, SHARES) for question, runs in curves.items()}


def default_tasks(modality: str | None) -> tuple[str, ...]:
    """What is asked where no task is named: the probes of the modality as far as they are installed, else its core."""
    if modality is None:
        return ()
    known = [task.name for task in plugins.embedded_tasks(modality)]
    probes = [name for name in plugins.modality(modality).probes if name in known]
    return tuple(probes or [task.name for task in plugins.core_tasks(modality)])
