"""evaluate: one encoder on tasks under a protocol, several evaluation seeds each."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from superb_lite import plugins
from superb_lite.encoders.encoder import PROCESS, Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.scoring import by_example, score_predictions
from superb_lite.features.data_checks import check_all, check_data
from superb_lite.features.preflight import check_unchanged, preflight
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import form_of
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.machine import is_deterministic, revision, this_machine, versions
from superb_lite.metrics import metric
from superb_lite.protocols import protocol
from superb_lite.results.result import Architecture, Result, SeedResult, validated
from superb_lite.results.scale import scale
from superb_lite.results.store import Key, ResultStore
from superb_lite.tasks.labels import Example
from superb_lite.tasks.task import Task


class Timings(dict[str, float]):
    """Seconds by phase: "data", "encoder", "heads", "scores"."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add what happens inside to one phase."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self[name] = self.get(name, 0.0) + time.perf_counter() - started


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
    feature_dir: Path | None = None,
) -> list[Result]:
    """Evaluate an encoder.

    Args:
        encoder: a reference (see `superb_lite.encoders.references`) or an `Encoder`.
        tasks: task names, task sets, shell patterns or `Task` values. A set or pattern may hold tasks of other
            modalities, which are left out; a task named in full must have the encoder's modality.
        protocol: None takes each task's default.
        seeds: evaluation seeds 0 .. seeds-1; at least 3 for an interval that holds both sources of noise.
        limit: use only so many test examples. The result is marked and never ranked.
        device: where the encoder runs.
        root: a directory with official releases.
        feature_dir: where features are kept for the next time, as the command line does in its cache; None: nowhere.

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
            feature_dir=feature_dir,
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
    feature_dir: Path | None = None,
    timings: Timings | None = None,
) -> Iterator[Result]:
    """Evaluate a loaded encoder on (task, protocol) columns, yielding every result as soon as it is there.

    The encoder runs once over each distinct item of all columns together.

    store: where finished results are looked up and kept; one that is found there is not computed again. Limited
        results, and those of an encoder whose content hash holds in this process only, are not kept.
    feature_dir: where features are kept; None: only while this runs.
    timings: where the seconds of each phase are added up.
    """
    if seeds < 1:
        raise SuperbLiteError(f"--seeds {seeds}: at least 1 evaluation seed is needed")
    if limit is not None and limit < 2:
        raise SuperbLiteError(f"--limit {limit}: at least 2 test examples are needed")
    for task, name in columns:
        _check_pair(task, name)
    _load(columns, root)
    check_all((task, task.data(root)) for task, _ in columns)  # first, so that each item is read once to be hashed
    model = model.to(device_named(device))
    fingerprint = model.content_hash()
    features = FeatureStore(model, feature_dir, name=reference)
    clock = timings if timings is not None else Timings()
    problems: dict[tuple[str, str], Problem] = {}
    storage = None if limit is not None or fingerprint.startswith(PROCESS) else store

    def key(task: Task, name: str) -> Key:
        return Key(fingerprint, task, name, seeds, data_sha256=task.data(root).content_hash(), device=model.device)

    def compute(task: Task, name: str) -> Result:
        started = time.perf_counter()
        if not problems:
            with clock.phase("data"):
                for each, other in columns:
                    if (each, other) == (task, name) or storage is None or not storage.holds(key(each, other)):
                        problems[each.name, other] = make_problem(each, seeds=range(seeds), limit=limit, root=root)
            _preflight(features, problems.values())
        if (task.name, name) not in problems:  # its stored result has vanished meanwhile
            problems[task.name, name] = make_problem(task, seeds=range(seeds), limit=limit, root=root)
        problem, report = problems[task.name, name], progress(task, name) if progress else None
        with clock.phase("encoder"):
            features.fetch(_all_views(problems), report)
        with clock.phase("heads"):
            outcomes = protocol(name).run(features, problem, report)
        check_unchanged(model, fingerprint, reference)
        with clock.phase("scores"):
            return score(
                problem,
                outcomes,
                model=model,
                reference=reference,
                fingerprint=fingerprint,
                protocol_name=name,
                settings=protocol(name).settings(problem.form),
                limit=limit,
                seconds=time.perf_counter() - started,
            )

    for task, name in columns:
        if storage is None:
            yield compute(task, name)
        else:
            result = storage.get_or_compute(key(task, name), functools.partial(compute, task, name))
            yield result.replace(encoder=reference)


def _all_views(problems: Mapping[tuple[str, str], Problem]) -> dict[str, ItemView]:
    """The views of all columns; the keys of different tasks are kept apart."""
    views: dict[str, ItemView] = {}
    for (task, name), problem in problems.items():
        views.update({f"{task} {name} {key}": wanted for key, wanted in protocol(name).views(problem).items()})
    return views


def _preflight(features: FeatureStore, problems: Iterable[Problem]) -> None:
    """Try the encoder on a few items of every task set and form before hours are spent."""
    flown: set[tuple[str, str]] = set()
    for problem in problems:
        if (kind := (problem.task.name.split("/")[0], problem.form.name)) not in flown:
            flown.add(kind)
            spans = problem.form.view(problem.test[0]).kind != "mean"
            preflight(features.encoder, features.reader(problem.data.items), name=features.name, units=spans)


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


def _load(columns: Sequence[tuple[Task, str]], root: Path | None) -> None:
    """Load the data of all tasks before anything is computed, so that all that is missing is known at once."""
    missing: dict[str, SuperbLiteError] = {}
    for task in {task.name: task for task, _ in columns}.values():
        try:
            task.data(root)
        except SuperbLiteError as error:
            missing[task.name] = error
    if len(missing) > 1:
        raise SuperbLiteError(f"{len(missing)} tasks have no data: {'; '.join(map(str, missing.values()))}")
    for only in missing.values():
        raise only


def make_problem(task: Task, *, seeds: Sequence[int], limit: int | None, root: Path | None) -> Problem:
    """Load a task, check its data and draw the labelled subsets."""
    data = task.data(root)
    check_data(task, data)
    draws = [task.train(seed, root) for seed in seeds]
    kind = form_of(task)
    if not all(validation and (train or not kind.trained) for train, validation in draws):
        raise SuperbLiteError(f"task '{task.name}' has too few labelled examples to train and to validate on")
    test = limited(data.test, limit)
    return Problem(task, kind, data, seeds, [d[0] for d in draws], [d[1] for d in draws], test)


def limited(test: tuple[Example, ...], limit: int | None) -> tuple[Example, ...]:
    """The test examples that `--limit` leaves: always the same ones, in order."""
    if limit is None or limit >= len(test):
        return test
    order = np.random.default_rng(0).permutation(len(test))[:limit]
    return tuple(test[i] for i in sorted(order))


def score(
    problem: Problem,
    outcomes: Sequence[Outcome],
    *,
    model: Encoder,
    reference: str,
    fingerprint: str,
    protocol_name: str,
    settings: Mapping[str, Any],
    limit: int | None,
    seconds: float,
) -> Result:
    """Turn the predictions of all seeds into a `Result`. settings: what the protocol records."""
    task = problem.task
    predictions = [outcome.predictions for outcome in outcomes]
    scores = score_predictions(task, problem.test, predictions, scale(task, protocol_name))
    with validated(f"the result of '{reference}' on '{task.name}' ({protocol_name})"):
        return Result(
            encoder=reference,
            encoder_hash=fingerprint,
            architecture=Architecture.of(model),
            modality=task.modality,
            task=task.name,
            task_version=task.version,
            protocol=protocol_name,
            score=scores.score,
            ci=scores.ci,
            metrics=scores.metrics,
            normalised=scores.normalised,
            floor=scores.floor,
            ceiling=scores.ceiling,
            seeds=tuple(
                SeedResult(
                    seed=outcome.seed,
                    score=value,
                    metrics=dict(metrics),
                    chosen=dict(outcome.chosen),
                    parameters=dict(outcome.parameters),
                )
                for outcome, (value, metrics) in zip(outcomes, scores.of_seeds, strict=True)
            ),
            n_test=scores.n_test,
            seconds=round(seconds, 3),
            predictions_sha256=scores.predictions_sha256,
            data_sha256=problem.data.content_hash(),
            in_domain=bool(task.corpus) and task.corpus in (model.pretraining or {}).get("corpora", ()),
            limit=limit,
            clusters=scores.clusters,
            cluster_index=scores.cluster_index,
            pseudo_values=scores.pseudo_values,
            predictions=by_example(problem.test, predictions),
            settings=settings,
            versions=versions(),
            revision=revision(),
            machine=this_machine(model.device),
            deterministic=is_deterministic(model.device),
        )


def _check_pair(task: Task, name: str) -> None:
    form = form_of(task)
    if not protocol(name).takes(form):
        raise SuperbLiteError(f"protocol '{name}' does not go with form '{task.form}' (task '{task.name}')")
    if task.head is not None and task.head not in form.heads:
        known = ", ".join(form.heads) or "none"
        raise SuperbLiteError(f"task '{task.name}': form '{task.form}' has no head '{task.head}' (it has {known})")
    for key in task.metrics:
        try:
            scored = metric(key).predictions
        except SuperbLiteError as error:
            raise SuperbLiteError(f"task '{task.name}': {error}") from None
        if form.predicts not in scored:
            kinds = " and ".join(sorted(scored))
            raise SuperbLiteError(
                f"task '{task.name}': metric '{key}' scores predictions of kind {kinds}, but form '{task.form}' "
                f"predicts '{form.predicts}'"
            )


def device_named(name: str) -> torch.device:
    """The device of a name such as "cuda:0". Raises `SuperbLiteError` where it cannot be used."""
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SuperbLiteError(f"device '{name}' cannot be used: {str(error).splitlines()[0]}") from None
    return device
