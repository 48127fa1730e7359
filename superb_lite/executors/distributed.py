"""The evaluation of several encoders as units: encoder x column, or encoder x column x seed where seeds are apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superb_lite.encoders.content_hash import PROCESS
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.columns import Column
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.timings import Timings
from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.cluster import look_at
from superb_lite.executors.files import absolute, checkpoint_files
from superb_lite.executors.jobs import EncoderJob, encode, evaluate, evaluate_seed, join_seeds
from superb_lite.executors.running import run_units
from superb_lite.results.result import Result
from superb_lite.results.store import Key, ResultStore
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Asked:
    """An encoder that is to be evaluated."""

    reference: str
    name: str
    """What results and messages call it."""
    columns: Callable[[Encoder], Sequence[Column]]
    """What it is evaluated on, once it is loaded."""
    model: Encoder | None = None
    """Itself, where it is loaded already."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How encoders are evaluated; see `superb_lite.evaluation.run.Evaluator`."""

    device: str = "auto"
    batch_size: int = 32
    seeds: int = 5
    limit: int | None = None
    root: Path | None = None
    trust_code: bool = False
    feature_dir: Path


Place = tuple[int, int]
"""The number of an encoder among those that were asked for, and of a column among its columns."""


def evaluate_on(
    executor: Executor,
    asked: Sequence[Asked],
    settings: Settings,
    store: ResultStore,
    *,
    timings: Timings | None = None,
    planned: Callable[[int], None] = lambda columns: None,
    report: Callable[[str], None] = lambda line: None,
) -> Iterator[tuple[Place, Result, bool]]:
    """The results of encoders, each as soon as it is there and stored, and whether it was stored before.

    They are those that this process would compute with as many threads as a unit has, to the last bit, on machines like
    this one: an encoder's items go through it in the batches that they have here (`Evaluator.encode`).

    Args:
        timings: where the seconds of each phase are added up, over all workers.
        planned: called with the number of columns, before the first result.
        report: called with one line when a worker died.

    Raises `SuperbLiteError` for an encoder that no other process can load, and whatever evaluating raises.
    """
    cluster = look_at(executor, device=settings.device, directories=[settings.feature_dir, store.directory])
    plan = _Plan(executor, settings, store, cluster.device, cluster.shared)
    for number, each in enumerate(asked):
        plan.add(number, each)
    planned(plan.columns)
    for place, result in plan.known.items():
        yield place, result, True
    for unit, done in run_units(executor, plan.units, report=report):
        if timings is not None:
            for phase, seconds in (done.timings or {}).items():
                timings[phase] = timings.get(phase, 0.0) + seconds
        for place, result in zip(plan.places.get(unit.name, ()), done.results, strict=True):
            key = plan.keys.get(place)
            if key is not None and not key.fits(result):
                raise SuperbLiteError(
                    f"'{result.task}' was computed with other code, libraries or data than this machine has: install "
                    "the same packages, plugins too, on all machines"
                )
            if key is not None and not store.holds(key):
                store.put(key, result)
            yield place, result, False


class _Plan:
    """The units of an evaluation."""

    def __init__(
        self, executor: Executor, settings: Settings, store: ResultStore, device: str, shared: frozenset[Path]
    ) -> None:
        self.executor, self.settings, self.store, self.device, self.shared = executor, settings, store, device, shared
        self.units: list[Unit] = []
        self.known: dict[Place, Result] = {}
        self.places: dict[str, list[Place]] = {}
        """By unit, what its results are of."""
        self.keys: dict[Place, Key] = {}
        self.columns = 0
        self._tasks: dict[Task, None] = {}
        self._sent: dict[int, tuple[object, Any]] = {}
        """By identity of items: the items, so that they stay what they are, and what stands for their tasks' data."""

    def add(self, number: int, asked: Asked) -> None:
        """Plan an encoder, which is loaded for this and let go."""
        settings = self.settings
        encoder = asked.model or load_encoder(asked.reference, trust_code=settings.trust_code)
        evaluator = Evaluator(
            encoder,
            reference=asked.name,
            device="cpu",
            batch_size=settings.batch_size,
            seeds=settings.seeds,
            limit=settings.limit,
            root=settings.root,
            results=self.store,
        )
        if evaluator.fingerprint.startswith(PROCESS):
            raise SuperbLiteError(
                f"'{asked.name}' cannot be told from other encoders in another process: leave out --executor"
            )
        columns = list(asked.columns(encoder))
        self.columns += len(columns)
        evaluator.check(columns)
        self._tasks.update(dict.fromkeys(task for task, _ in columns))
        missing: list[tuple[Place, Column]] = []
        for place, column in enumerate(columns):
            known = evaluator.stored(*column, device=self.device)
            if known is not None:
                self.known[number, place] = known
            else:
                missing.append(((number, place), column))
            if evaluator.results is not None:
                self.keys[number, place] = evaluator.key(*column, device=self.device)
        if missing:
            self._plan(number, asked, evaluator, missing)

    def _plan(self, number: int, asked: Asked, evaluator: Evaluator, missing: Sequence[tuple[Place, Column]]) -> None:
        settings = self.settings
        features = settings.feature_dir if settings.feature_dir in self.shared else None
        job = EncoderJob(
            reference=absolute(asked.reference),
            name=asked.name,
            fingerprint=evaluator.fingerprint,
            trust_code=settings.trust_code,
            device=settings.device,
            batch_size=settings.batch_size,
            seeds=settings.seeds,
            limit=settings.limit,
            root=None if settings.root is None else settings.root.resolve(),
            feature_dir=None if features is None else features.resolve(),
            results=self.store.directory.resolve() if self.store.directory in self.shared else None,
        )
        files = () if features is not None else self.executor.shared(checkpoint_files(asked.reference))
        title = f"{number + 1} {asked.name}"
        size = self.executor.columns
        groups = [missing[start : start + size] for start in range(0, len(missing), size)]
        first: tuple[str, ...] = ()
        if len(groups) > 1 or self._apart(evaluator, groups[0]):
            columns = [column for _, column in missing]
            unit = Unit(f"{title}: encode", encode, (job, columns, files, *self._data_of(columns)))
            self.units.append(unit)
            first = (unit.name,)
        for group in groups:
            columns = [column for _, column in group]
            name, data = f"{title}: {_words(columns)}", self._data_of(columns)
            if self._apart(evaluator, group):
                seeds = [
                    Unit(f"{name} seed {seed}", evaluate_seed, (job, columns[0], seed, files, *data), first)
                    for seed in range(settings.seeds)
                ]
                self.units += seeds
                after = tuple(unit.name for unit in seeds)
                self.units.append(Unit(name, join_seeds, (job, columns[0], files, *data), after))
            else:
                self.units.append(Unit(name, evaluate, (job, columns, files, *data), first))
            self.places[name] = [place for place, _ in group]

    def _apart(self, evaluator: Evaluator, group: Sequence[tuple[Place, Column]]) -> bool:
        """Whether a column is computed seed by seed."""
        return self.executor.columns == 1 and self.settings.seeds > 1 and evaluator.seeds_apart(*group[0][1])

    def _data_of(self, columns: Sequence[Column]) -> list[Any]:
        """The data of tasks, one shared value for all tasks over the same items; none without an object store."""
        if not self.executor.has_store:
            return []
        found: dict[int, Any] = {}
        for task, _ in columns:
            items = task.data(self.settings.root).items
            if id(items) not in self._sent:
                same = [
                    (t, t.data(self.settings.root)) for t in self._tasks if t.data(self.settings.root).items is items
                ]
                self._sent[id(items)] = (items, self.executor.shared(same))
            found[id(items)] = self._sent[id(items)][1]
        return list(found.values())


def _words(columns: Sequence[Column]) -> str:
    """Columns, in a few words."""
    task, protocol = columns[0]
    more = f" and {len(columns) - 1} more" if len(columns) > 1 else ""
    return f"{task.name} {protocol}{more}"
