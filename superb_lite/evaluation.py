"""evaluate: one encoder on tasks under a protocol, several evaluation seeds each."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from superb_lite import plugins, statistics
from superb_lite.calibration import Scale, scale
from superb_lite.checks import check_data
from superb_lite.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features import Progress
from superb_lite.forms import form
from superb_lite.metrics import metric
from superb_lite.protocols import Outcome, Problem, protocol
from superb_lite.references import load_encoder
from superb_lite.result import Result, predictions_hash, versions
from superb_lite.result_store import ResultStore
from superb_lite.task import Task, cluster_of

TaskProgress = Callable[[Task, str], Progress]
"""Called when a (task, protocol) begins; returns what is to be called with (done, total) while it goes on."""


def evaluate(
    encoder: str | Encoder,
    tasks: str | Task | Sequence[str | Task],
    *,
    protocol: str | None = None,
    seeds: int = 5,
    limit: int | None = None,
    device: str = "cpu",
    root: Path | None = None,
    progress: TaskProgress | None = None,
) -> list[Result]:
    """Evaluate an encoder.

    Args:
        encoder: a reference (see `superb_lite.references`) or an `Encoder`.
        tasks: task names, task sets, shell patterns or `Task` values. A set or pattern may hold tasks of other
            modalities, which are left out; a task named in full must have the encoder's modality.
        protocol: None takes each task's default.
        seeds: evaluation seeds 0 .. seeds-1; at least 3 for an interval that holds both sources of noise.
        limit: use only so many test examples. The result is marked and never ranked.
        device: where the encoder runs.
        root: a directory with official releases.

    Raises:
        SuperbLiteError: unknown names, a task of another modality, a protocol that does not go with a task's form, bad
            items; found before anything is computed where that is possible.
    """
    reference = encoder if isinstance(encoder, str) else type(encoder).__name__
    model = load_encoder(encoder) if isinstance(encoder, str) else encoder.eval()
    chosen = select_tasks(tasks, model.modality, reference)
    return list(
        evaluate_each(
            model,
            [(task, protocol or task.protocols[0]) for task in chosen],
            reference=reference,
            seeds=seeds,
            limit=limit,
            device=device,
            root=root,
            progress=progress,
        )
    )


def evaluate_each(
    model: Encoder,
    columns: Sequence[tuple[Task, str]],
    *,
    reference: str,
    seeds: int = 5,
    limit: int | None = None,
    device: str = "cpu",
    root: Path | None = None,
    progress: TaskProgress | None = None,
    store: ResultStore | None = None,
) -> Iterator[Result]:
    """Evaluate a loaded encoder on (task, protocol) columns, yielding every result as soon as it is there.

    store: where finished results are looked up and kept; one that is found there is not computed again.
    """
    if seeds < 1:
        raise SuperbLiteError(f"--seeds {seeds}: at least 1 evaluation seed is needed")
    if limit is not None and limit < 2:
        raise SuperbLiteError(f"--limit {limit}: at least 2 test examples are needed")
    for task, name in columns:
        _check_pair(task, name)
    model = model.to(_device(device))
    fingerprint = model.content_hash()
    for task, name in columns:
        known = store.get(fingerprint, task, name, seeds) if store is not None and limit is None else None
        if known is not None:
            yield dataclasses.replace(known, encoder=reference)
            continue
        started = time.perf_counter()
        problem = make_problem(task, seeds=range(seeds), limit=limit, root=root)
        outcomes = protocol(name).run(model, problem, progress(task, name) if progress else None)
        result = score(
            problem,
            outcomes,
            model=model,
            reference=reference,
            fingerprint=fingerprint,
            protocol_name=name,
            limit=limit,
            seconds=time.perf_counter() - started,
        )
        if store is not None:
            store.put(result)
        yield result


def select_tasks(tasks: str | Task | Sequence[str | Task], modality: str | None, reference: str) -> tuple[Task, ...]:
    """The tasks that the arguments of `evaluate` stand for, without repetition, in order."""
    wanted = [tasks] if isinstance(tasks, str | Task) else list(tasks)
    chosen: dict[str, Task] = {}
    for entry in wanted:
        found = (entry,) if isinstance(entry, Task) else plugins.tasks(entry)
        fitting = [t for t in found if modality is None or t.modality == modality]
        if not fitting:
            raise SuperbLiteError(
                f"'{reference}' encodes {modality}, but '{found[0].name}' is a {found[0].modality} task"
            )
        chosen.update({t.name: t for t in fitting})
    return tuple(chosen.values())


def make_problem(task: Task, *, seeds: Sequence[int], limit: int | None, root: Path | None) -> Problem:
    """Load a task, check its data and draw the labelled subsets."""
    data = task.data(root)
    check_data(task, data)
    draws = [task.train(seed, root) for seed in seeds]
    if not all(train and validation for train, validation in draws):
        raise SuperbLiteError(f"task '{task.name}' has too few labelled examples to train and to validate on")
    test = data.test
    if limit is not None and limit < len(test):
        order = np.random.default_rng(0).permutation(len(test))[:limit]
        test = tuple(test[i] for i in sorted(order))
    return Problem(task, form(task.form), data, seeds, [d[0] for d in draws], [d[1] for d in draws], test)


def score(
    problem: Problem,
    outcomes: Sequence[Outcome],
    *,
    model: Encoder,
    reference: str,
    fingerprint: str,
    protocol_name: str,
    limit: int | None,
    seconds: float,
) -> Result:
    """Turn the predictions of all seeds into a `Result`."""
    task = problem.task
    clusters, counts = _cluster_counts(problem, outcomes)
    values = {name: metric(name).value(c.sum(axis=1)) for name, c in counts.items()}  # (S,) each
    pseudo = np.mean([statistics.jackknife(c, metric(name).value) for name, c in counts.items()], axis=0)
    seed_scores = np.mean(list(values.values()), axis=0)
    sample = statistics.Sample(float(seed_scores.mean()), pseudo, clusters)
    interval = statistics.interval(sample)
    metrics = {name: float(v.mean()) for name, v in values.items()}
    measured = scale(task, protocol_name)
    by_id = {e.id: [outcome.predictions[e.id] for outcome in outcomes] for e in problem.test}
    return Result(
        encoder=reference,
        encoder_hash=fingerprint,
        modality=task.modality,
        task=task.name,
        task_version=task.version,
        protocol=protocol_name,
        score=sample.estimate,
        # The t interval of a fraction with few seeds may reach beyond what a fraction can be.
        ci=(max(0.0, interval.lo), min(1.0, interval.hi)),
        metrics=metrics,
        normalised=None if measured is None else normalised(metrics, measured),
        floor=None if measured is None else measured.floor,
        ceiling=None if measured is None else measured.ceiling,
        seeds=tuple(
            {"seed": o.seed, "score": float(s), "chosen": dict(o.chosen)}
            for o, s in zip(outcomes, seed_scores, strict=True)
        ),
        n_test=len(problem.test),
        seconds=round(seconds, 3),
        predictions_sha256=predictions_hash(by_id),
        data_sha256=problem.data.content_hash(),
        in_domain=bool(task.corpus) and task.corpus in (model.pretraining or {}).get("corpora", ()),
        limit=limit,
        clusters=clusters,
        pseudo_values=tuple(tuple(row) for row in pseudo.tolist()),
        predictions=by_id,
        settings=protocol(protocol_name).settings(),
        versions=versions(),
    )


def normalised(metrics: dict[str, float], measured: Scale) -> float:
    """Mean over metrics of 100 * (value - floor) / (ceiling - floor), unclipped."""
    parts = []
    for name, value in metrics.items():
        factor, offset = measured.coefficients(name)
        parts.append(factor * value + offset)
    return float(np.mean(parts))


def _cluster_counts(
    problem: Problem, outcomes: Sequence[Outcome]
) -> tuple[tuple[str, ...], dict[str, statistics.Array]]:
    """The clusters, and for each metric the (S, clusters, k) summed contributions."""
    clusters = tuple(dict.fromkeys(cluster_of(e) for e in problem.test))
    position = {cluster: j for j, cluster in enumerate(clusters)}
    column = np.array([position[cluster_of(e)] for e in problem.test])
    counts = {}
    for name in problem.task.metrics:
        rows = [
            [metric(name).counts(e, o.predictions[e.id], problem.task.labels) for e in problem.test] for o in outcomes
        ]
        per_example = np.array(rows)  # (S, examples, k)
        summed = np.zeros((len(outcomes), len(clusters), per_example.shape[-1]))
        np.add.at(summed.transpose(1, 0, 2), column, per_example.transpose(1, 0, 2))
        counts[name] = summed
    return clusters, counts


def _check_pair(task: Task, name: str) -> None:
    if form(task.form).name not in protocol(name).forms:
        raise SuperbLiteError(f"protocol '{name}' does not go with form '{task.form}' (task '{task.name}')")
    for key in task.metrics:
        if metric(key).form != task.form:
            raise SuperbLiteError(
                f"task '{task.name}': metric '{key}' scores form '{metric(key).form}', not the task's '{task.form}'"
            )


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SuperbLiteError(f"device '{name}' cannot be used: {str(error).splitlines()[0]}") from None
    return device
