"""evaluate: one encoder on tasks under a protocol, several evaluation seeds each."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import torch

from superb_lite.encoders.content_hash import PROCESS, content_hash, packages_of
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.foreign import Function, FunctionEncoder
from superb_lite.encoders.provenance import in_domain
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.columns import Column, check_column, columns_of, load_data
from superb_lite.evaluation.cost import CostMeter
from superb_lite.evaluation.devices import device_named
from superb_lite.evaluation.layers import LayerResult
from superb_lite.evaluation.learning_curves import Curve, fit_curve
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.request import Tasks, check_numbers
from superb_lite.evaluation.scoring import make_result, rescaled
from superb_lite.evaluation.timings import Timings
from superb_lite.features.preflight import preflight
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import FORMS, form_of
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.machine import code_sha256
from superb_lite.metrics import METRICS
from superb_lite.protocols import protocol
from superb_lite.protocols.base import Protocol
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.cost import Cost
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Result
from superb_lite.results.scale import scale
from superb_lite.results.store import Key, ResultStore
from superb_lite.tasks.task import Task

TaskProgress = Callable[[Task, str], Progress]
"""Called when a (task, protocol) begins; returns what is to be called with (done, total) while it goes on."""


def evaluate(
    encoder: str | Encoder | Function,
    tasks: Tasks,
    *,
    protocol: str | None = None,
    seeds: int = 5,
    limit: int | None = None,
    device: str = "auto",
    batch_size: int = 32,
    root: Path | None = None,
    progress: TaskProgress | None = None,
    feature_dir: Path | None = None,
) -> list[Result]:
    """Evaluate an encoder.

    Args:
        encoder: a reference (see `superb_lite.encoders.references`), an `Encoder`, or a function of a list of raw items
            (see `superb_lite.encoders.foreign` for what it returns).
        tasks: task names, task sets, shell patterns or `Task` values. A set or pattern may hold tasks of other
            modalities, which are left out; a task named in full must have the encoder's modality.
        protocol: None takes each task's default. Tasks that it does not go with are left out of a set or pattern.
        seeds: evaluation seeds 0 .. seeds-1; at least 3 for an interval that holds both sources of noise.
        limit: use only so many test examples. The result is marked and never ranked.
        device: where the encoder runs: auto (CUDA, else MPS, else the CPU), cpu, cuda, cuda:N or mps. Heads are
            trained on the CPU.
        batch_size: how many items go through the encoder at a time.
        root: a directory with official releases.
        progress: told about each task as it begins.
        feature_dir: where features are kept for the next time, as the command line does in its cache; None: nowhere.

    Raises:
        SuperbLiteError: unknown names, a task of another modality, a protocol that does not go with a task's form, bad
            items; found before anything is computed where that is possible.
    """
    if isinstance(encoder, str):
        reference, model = encoder, load_encoder(encoder)
    elif isinstance(encoder, Encoder):
        reference, model = type(encoder).__name__, encoder
    else:
        reference = getattr(encoder, "__name__", type(encoder).__name__)
        model = FunctionEncoder(encoder, reference)
    columns, _ = columns_of(tasks, model.modality, reference, protocol)
    evaluator = Evaluator(
        model,
        reference=reference,
        device=device,
        batch_size=batch_size,
        seeds=seeds,
        limit=limit,
        root=root,
        feature_dir=feature_dir,
        progress=progress,
    )
    return list(evaluator.evaluate(columns))


class Evaluator:
    """One encoder on one device: everything that is measured of it, with each distinct item encoded once.

    Args:
        encoder: what is evaluated. It is moved to the device and put into evaluation mode.
        reference: what results and messages call it.
        device, batch_size, seeds, limit, root, feature_dir, progress: see `evaluate`.
        first_seed: of the evaluation seeds, which follow each other.
        protocols: by name, what takes the place of the registered ones, as one with settings of its own.
        results: where finished results are looked up and kept; one that is found there is not computed again. Limited
            results, and those of an encoder whose content hash holds in this process only, are not kept.
        timings: where the seconds of each phase are added up.

    Raises:
        SuperbLiteError: a number of seeds, a limit or a batch size that is too small, or a device that cannot be used.
    """

    def __init__(
        self,
        encoder: Encoder,
        *,
        reference: str,
        device: str = "auto",
        batch_size: int = 32,
        seeds: int = 5,
        first_seed: int = 0,
        limit: int | None = None,
        root: Path | None = None,
        protocols: Mapping[str, Protocol] | None = None,
        results: ResultStore | None = None,
        feature_dir: Path | None = None,
        progress: TaskProgress | None = None,
        timings: Timings | None = None,
    ) -> None:
        check_numbers(seeds=seeds, limit=limit, batch_size=batch_size)
        self.encoder = encoder.eval().to(device_named(device))
        self.reference = reference
        self.batch_size = batch_size
        self.seeds = seeds
        self.first_seed = first_seed
        self.protocols = dict(protocols or {})
        self.limit = limit
        self.root = root
        self.feature_dir = feature_dir
        self.progress = progress
        self.timings = timings if timings is not None else Timings()
        self.fingerprint = content_hash(encoder)
        self._meter = CostMeter(encoder, batch_size)
        self._costs: dict[str, Cost] = {}
        self._problems: dict[Task, Problem] = {}
        kept = limit is None and not self.fingerprint.startswith(PROCESS)
        self.results = results if kept else None

    @functools.cached_property
    def features(self) -> FeatureStore:
        """The features of the encoder."""
        return FeatureStore(self.encoder, self.feature_dir, name=self.reference, batch_size=self.batch_size)

    def evaluate(self, columns: Iterable[Column]) -> Iterator[Result]:
        """Evaluate on (task, protocol) columns, yielding every result as soon as it is there."""
        columns = list(columns)
        self.check(columns)
        encoded = False

        def compute(task: Task, name: str) -> Result:
            nonlocal encoded
            started = time.perf_counter()
            report = self.progress(task, name) if self.progress else None
            if not encoded:
                self.encode([c for c in columns if c == (task, name) or not self._holds(*c)], report)
                encoded = True
            outcomes = self.outcomes_on(task, name, report=report)
            return self.result(task, name, outcomes, seconds=time.perf_counter() - started)

        for task, name in columns:
            if self.results is None:
                yield compute(task, name)
            else:
                found = self.results.get_or_compute(self.key(task, name), functools.partial(compute, task, name))
                yield self._as_now(task, found)

    def check(self, columns: Sequence[Column]) -> None:
        """Refuse a protocol, a head or a metric that does not go with a task, and data that are missing or bad."""
        for task, name in columns:
            check_column(task, name)
        load_data([task for task, _ in columns], self.root)

    def stored(self, task: Task, name: str, *, device: str | None = None) -> Result | None:
        """The finished result of a column, where it is stored. device: see `key`."""
        found = None if self.results is None else self.results.get(self.key(task, name, device=device))
        return None if found is None else self._as_now(task, found)

    def encode(self, columns: Sequence[Column], progress: Progress | None = None) -> None:
        """Try the encoder on a few items, measure what it costs, and encode all that columns read, each item once.

        Which items go through the encoder together depends on all columns: an encoder that pads gives an item features
        that differ in their last bits from batch to batch.

        progress: called with (done, total).
        """
        problems = {(task.name, name): self._problem(task) for task, name in columns}
        self._preflight(problems.values())
        self._measure_cost(problems.values())
        with self.timings.phase("encoder"):
            self.features.fetch(self._views(problems), progress)

    def outcomes_on(
        self, task: Task, name: str, *, only: int | None = None, report: Progress | None = None
    ) -> list[Outcome]:
        """What a protocol makes of the encoder on a task, one outcome a seed.

        only: the number of one of the seeds, where the protocol computes each of them by itself (`seeds_apart`).
        """
        problem, how = self._problem(task), self._how(name)
        with self.timings.phase("encoder"):
            self.features.fetch(self._views({(task.name, name): problem}), report)
        return self.outcomes(problem if only is None else problem.of_seed(only), how, report)

    def seeds_apart(self, task: Task, name: str) -> bool:
        """Whether the protocol computes each evaluation seed by itself."""
        return self._how(name).seeds_apart(task, self.encoder)

    def result(self, task: Task, name: str, outcomes: Sequence[Outcome], *, seconds: float) -> Result:
        """The result of the outcomes of all seeds."""
        problem = self._problem(task)
        self._measure_cost([problem])
        return self._result(problem, outcomes, self._how(name), name, seconds)

    def _as_now(self, task: Task, found: Result) -> Result:
        """A stored result under the name, the scale and the origin that the encoder has now."""
        said = {"in_domain": in_domain(self.encoder, task), "pretraining": Pretraining.of(self.encoder)}
        return rescaled(found, scale(task, found.protocol)).replace(encoder=self.reference, **said)

    def _holds(self, task: Task, name: str) -> bool:
        return self.results is not None and self.results.holds(self.key(task, name))

    def layers(self, tasks: Sequence[Task]) -> Iterator[LayerResult]:
        """The frozen protocol, layer by layer, on features that are computed once.

        These results show where in an encoder something is found; they are not normalised, not stored and never ranked.
        """
        for task in tasks:
            if not Frozen().takes(form_of(task)):
                raise SuperbLiteError(f"--layers each does not go with form '{task.form}' (task '{task.name}')")
            check_column(task, Frozen.name)
        load_data(tasks, self.root)
        problems = {(task.name, Frozen.name): self._problem(task) for task in tasks}
        self._preflight(problems.values())
        for problem in problems.values():
            report = self.progress(problem.task, "each layer") if self.progress else None
            with self.timings.phase("encoder"):
                self.features.fetch(self._views(problems), report)
            depth = self.features.table(problem.views()).depth
            for layer in range(depth):
                started = time.perf_counter()
                how = Frozen(layer=layer)
                outcomes = self.outcomes(problem, how, report)
                result = self._result(problem, outcomes, how, f"frozen layer {layer}", time.perf_counter() - started)
                yield LayerResult(layer, depth, result)

    def learning_curve(self, task: Task) -> Curve:
        """How fine-tuning on a task goes, epoch by epoch, without stopping early.

        Raises `SuperbLiteError` for a task that is not fine-tuned, an encoder without parameters, and training that
        diverges at every learning rate.
        """
        check_column(task, Finetune.name)
        report = self.progress(task, Finetune.name) if self.progress else None
        return fit_curve(self.encoder, self._problem(task), self.reference, report)

    def outcomes(self, problem: Problem, how: Protocol, report: Progress | None = None) -> list[Outcome]:
        """What a protocol makes of the encoder on a problem. report: called with (done, total)."""
        with self.timings.phase("heads"):
            found = how.run(self.features, problem, report)
        self.features.check_encoder()
        return found

    def key(self, task: Task, name: str, *, device: str | None = None) -> Key:
        """Under what a result is stored. device: the kind that the encoder runs on, where that is not here."""
        how = self._how(name)
        return Key(
            self.fingerprint,
            task,
            name,
            self.seeds,
            first_seed=self.first_seed,
            data_sha256=task.data(self.root).content_hash(),
            code_sha256=self._code(task, how),
            settings=how.settings(form_of(task), self.encoder),
            device=device or self.encoder.device.type,
            dtype=self._dtype,
        )

    @functools.cached_property
    def _dtype(self) -> str:
        return str(next((p for p in self.encoder.parameters() if p.is_floating_point()), torch.empty(0)).dtype)

    def _code(self, task: Task, how: Protocol) -> str:
        """The hash of all code that decides a result."""
        load = task.load if isinstance(task.load, str) else getattr(task.load, "__module__", "superb_lite")
        modules = [load.partition(":")[0], type(how).__module__]
        packages = {module.partition(".")[0] for module in modules}
        packages |= {FORMS.package(task.form), *map(METRICS.package, task.metrics)}
        return code_sha256("superb_lite", *packages_of(self.encoder), *packages)

    def _problem(self, task: Task) -> Problem:
        if task not in self._problems:
            with self.timings.phase("data"):
                seeds = range(self.first_seed, self.first_seed + self.seeds)
                self._problems[task] = make_problem(task, seeds=seeds, limit=self.limit, root=self.root)
        return self._problems[task]

    def _preflight(self, problems: Iterable[Problem]) -> None:
        """Try the encoder on a few items of every task set and form before hours are spent."""
        tried: set[tuple[str, str]] = set()
        for problem in problems:
            if (kind := (problem.task.name.split("/")[0], problem.form.name)) not in tried:
                tried.add(kind)
                spans = problem.form.view(problem.test[0]).kind in ("units", "positions")
                preflight(self.encoder, self.features.reader(problem.data.items), name=self.reference, units=spans)

    def _measure_cost(self, problems: Iterable[Problem]) -> None:
        """What the encoder costs on each task, while its items are at hand."""
        with self.timings.phase("cost"):
            for problem in problems:
                if problem.task.name not in self._costs:
                    items = self.features.reader(problem.data.items)
                    self._costs[problem.task.name] = self._meter.measure(problem, items)

    def _result(
        self, problem: Problem, outcomes: Sequence[Outcome], how: Protocol, name: str, seconds: float
    ) -> Result:
        with self.timings.phase("scores"):
            return make_result(
                problem,
                outcomes,
                encoder=self.encoder,
                reference=self.reference,
                fingerprint=self.fingerprint,
                protocol=name,
                settings=how.settings(problem.form, self.encoder),
                code_sha256=self._code(problem.task, how),
                dtype=self._dtype,
                limit=self.limit,
                seconds=seconds,
                cost=self._costs.get(problem.task.name),
            )

    def _how(self, name: str) -> Protocol:
        """The protocol of that name."""
        return self.protocols[name] if name in self.protocols else protocol(name)

    def _views(self, problems: Mapping[tuple[str, str], Problem]) -> Iterator[ItemView]:
        """The views of all columns."""
        for (_, name), problem in problems.items():
            yield from self._how(name).views(problem).values()
