"""Plugins: what installed packages register by entry points (see `GROUPS`), by name.

A package that cannot be loaded, or that asks for another version of superb-lite, is reported in one line on standard
error; the others go on working.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from superb_lite.errors import SuperbLiteError, UnknownNameError, foreign_errors, note, reason
from superb_lite.imports import resolve
from superb_lite.requirements import unmet
from superb_lite.surrogates import first_surrogate

if TYPE_CHECKING:
    from superb_lite.modality import EncoderSpec, Modality, ObjectiveSpec
    from superb_lite.tasks.occurrences import ContextSource
    from superb_lite.tasks.tagged_words import WordSource
    from superb_lite.tasks.task import Task
    from superb_lite.tasks.taskset import TaskSet

MODALITIES = "superb_lite.modalities"
ARCHITECTURES = "superb_lite.architectures"
OBJECTIVES = "superb_lite.objectives"
TASKSETS = "superb_lite.tasksets"
ENCODERS = "superb_lite.encoders"
PUBLISHED = "superb_lite.published"
PROTOCOLS = "superb_lite.protocols"
FORMS = "superb_lite.forms"
METRICS = "superb_lite.metrics"
COMMANDS = "superb_lite.commands"
CONTEXTS = "superb_lite.contexts"
PAIRED = "superb_lite.paired"
WORDS = "superb_lite.words"
EXECUTORS = "superb_lite.executors"

GROUPS = (
    MODALITIES,
    ARCHITECTURES,
    OBJECTIVES,
    TASKSETS,
    ENCODERS,
    PUBLISHED,
    PROTOCOLS,
    FORMS,
    METRICS,
    COMMANDS,
    CONTEXTS,
    PAIRED,
    WORDS,
    EXECUTORS,
)
"""The groups of entry points that are read: what a plugin may add. Built-in things are registered there, too."""

OWN = "superb-lite"
"""The distribution of the built-in things, whose names no other package takes."""


BUILT_IN = frozenset({"majority", "py", "random", "raw"})
"""What begins a reference to an encoder without any plugin (`superb_lite.encoders.references`)."""


@functools.cache
def points(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name.

    A package that requires another version of ours is left out, with one line on standard error. A name that two
    packages register is refused in one line: the built-in thing of that name stays, and where there is none, nobody
    gets the name. So is an encoder or an architecture with the name of a built-in scheme, and an architecture with the
    name of a registered encoder.
    """
    claims: dict[str, list[tuple[str, EntryPoint]]] = {}
    for point in sorted(entry_points(group=group), key=lambda p: (p.name, p.value)):
        if (fault := version_fault(point)) is None:
            claims.setdefault(point.name, []).append((_package(point), point))
        else:
            _note(f"skipped package {_package(point)}: {fault}")
    reserved: Collection[str] = BUILT_IN if group in (ENCODERS, ARCHITECTURES) else ()
    if group == ARCHITECTURES:
        reserved = {*reserved, *points(ENCODERS)}
    return _undisputed(group, claims, reserved=reserved)


def version_fault(point: EntryPoint) -> str | None:
    """Why the package of an entry point does not go with this version of ours, and the mend; None where it does."""
    if point.dist is None or _package(point) == OWN or (fault := unmet(point.dist, OWN)) is None:
        return None
    return f"{fault}: install a release of {_package(point)} that goes with it, or pip install -U {OWN}"


T = TypeVar("T")


def _undisputed(
    group: str, claims: Mapping[str, Sequence[tuple[str, T]]], *, reserved: Collection[str] = ()
) -> dict[str, T]:
    """What each name stands for, without those that are taken twice or reserved, which are noted.

    claims: for each name the packages that register it, each with what it registers. What is built in keeps its name.
    """
    found = {}
    for name, claimed in claims.items():
        own = [value for package, value in claimed if package == OWN]
        others = ", ".join(sorted({package for package, _ in claimed if package != OWN or len(own) != 1}))
        if name in reserved:
            _note(f"skipped plugin {name} ({group}) of {others}: the name is reserved")
        elif len(claimed) == 1:
            found[name] = claimed[0][1]
        elif len(own) == 1:
            found[name] = own[0]
            _note(f"skipped plugin {name} ({group}) of {others}: the name is taken twice, which superb-lite itself has")
        else:
            _note(f"skipped plugin {name} ({group}) of {others}: the name is taken twice, so nobody gets it")
    return found


def load(group: str, name: str, *, kind: str) -> Any:
    """What an entry point stands for. kind: what it is, in words, for messages.

    Raises `UnknownNameError` for a name that is not registered, `SuperbLiteError` for a package that does not import.
    """
    if name not in points(group):
        raise UnknownNameError(kind, name, points(group))
    point = points(group)[name]
    try:
        return point.load()
    except (Exception, SystemExit) as error:  # whatever a foreign package raises is its own fault, and said so
        raise SuperbLiteError(f"cannot load {kind} plugin '{name}' ({point.value}): {reason(error)}") from error


class Registry(MutableMapping[str, T]):
    """The things of one group of entry points by name, each imported when it is first asked for.

    An entry point names the thing, or its class, which is called without arguments. What is put under a name by
    assignment holds in this process only and needs no package.
    """

    def __init__(self, group: str, *, kind: str, base: str) -> None:
        """group: one of `GROUPS`. kind: what a thing is, in words, for messages. base: its "module:Class"."""
        self._group, self._kind, self._base = group, kind, base
        self._loaded: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        """Raises `UnknownNameError` for a name that nobody registers, `SuperbLiteError` for what does not load."""
        if name not in self._loaded:
            if name not in self:
                raise UnknownNameError(self._kind, name, self)
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def get(self, name: str, default: Any = None) -> Any:  # the inherited one asks for a KeyError
        return self[name] if name in self else default  # noqa: SIM401

    def package(self, name: str) -> str:
        """The top-level package that a thing comes from."""
        point = points(self._group).get(name)
        module = point.module if point is not None else type(self[name]).__module__
        return module.partition(".")[0]

    def __setitem__(self, name: str, value: T) -> None:
        self._loaded[name] = value

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._loaded or name in points(self._group)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*points(self._group), *self._loaded}))

    def __len__(self) -> int:
        return len({*points(self._group), *self._loaded})

    def _load(self, name: str) -> T:
        found = load(self._group, name, kind=self._kind)
        where = f"cannot load {self._kind} plugin '{name}' ({points(self._group)[name].value})"
        base = resolve(self._base)
        if isinstance(found, type):
            with foreign_errors(where):
                found = found()
        if not isinstance(found, base) or getattr(found, "name", None) != name:
            raise SuperbLiteError(f"{where}: {_misfit(found, base, name)}")
        value: T = found
        return value


def _misfit(found: object, kind: type, name: str) -> str:
    """What is wrong with an object that should be of a class and have the name it is registered under, in words."""
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    if not isinstance(found, kind):
        return f"expected {article} {kind.__name__} named '{name}', got {found!r:.80}"
    return (
        f"expected {article} {kind.__name__} named '{name}', but its name is {getattr(found, 'name', None)!r:.80}: "
        "give both one name, and install the package again when its pyproject.toml has changed"
    )


@functools.cache
def _load_group(group: str, target: str) -> dict[str, Any]:
    """All values of a group, which must be of the class "module:Class" and carry the name they are registered under."""
    loaded = {}
    kind = resolve(target)
    for name, point in points(group).items():
        try:
            value = point.load()
            if not isinstance(value, kind) or value.name != name:
                raise TypeError(_misfit(value, kind, name))
        except (Exception, SystemExit) as error:  # whatever a foreign package raises must not stop the others
            _note_fault(_package(point), reason(error), f"{name} ({point.value})")
        else:
            loaded[name] = value
    return loaded


_FAULTS: dict[tuple[str, str], str] = {}
"""What was said of the things that do not load: package and reason -> the first of them."""


def _note_fault(package: str, why: str, what: str) -> None:
    """Said once for a package that fails in the same way whatever of it is loaded."""
    if _FAULTS.setdefault((package, why), what) == what:
        _note(f"skipped plugin {what}: {why}")


def _package(point: EntryPoint | None) -> str:
    return _name_of(point.dist) if point is not None and point.dist is not None else "?"


@functools.cache
def _name_of(distribution: Distribution) -> str:
    """Read once: the library parses all metadata each time that it is asked for the name."""
    return re.sub(r"[-_.]+", "-", distribution.name).lower()


def modalities() -> dict[str, Modality]:
    """All registered modalities by name."""
    return _load_group(MODALITIES, "superb_lite.modality:Modality")


def modality(name: str) -> Modality:
    """One modality; an unknown name is an error that offers the nearest one."""
    if name not in modalities():
        raise UnknownNameError("modality", name, modalities())
    return modalities()[name]


def tasksets() -> dict[str, TaskSet]:
    """All registered task sets by name."""
    return _load_group(TASKSETS, "superb_lite.tasks.taskset:TaskSet")


def contexts(modality: str) -> tuple[ContextSource, ...]:
    """The sources of words in context of one modality."""
    found: dict[str, ContextSource] = _load_group(CONTEXTS, "superb_lite.tasks.occurrences:ContextSource")
    return tuple(source for source in found.values() if source.modality == modality)


def taskset(name: str) -> TaskSet:
    """One task set by name."""
    if name not in tasksets():
        raise UnknownNameError("task set", name, tasksets())
    return tasksets()[name]


def tasks(pattern: str) -> tuple[Task, ...]:
    """The tasks that a name ("superb-lite/ks"), a set ("superb-lite") or a shell pattern ("*/ks") stands for.

    "SCHEME:PATH" is the task on a person's own data that a modality makes of a path ("tsv:reviews.tsv").
    """
    schemes = own_task_schemes()
    scheme, _, path = pattern.partition(":")
    if path and scheme in schemes:
        return (_own_task(schemes[scheme], pattern, path),)
    found = tuple(task for taskset in tasksets().values() for task in taskset.matching(pattern))
    if not found:
        known = [task.name for taskset in tasksets().values() for task in taskset]
        raise UnknownNameError("task", pattern, [*known, *tasksets(), *(f"{name}:PATH" for name in schemes)])
    return found


def is_task(pattern: str) -> bool:
    """Whether a word is read as a name, a pattern or a scheme of `tasks`, so that no file or folder is meant by it."""
    scheme, _, path = pattern.partition(":")
    return bool(path and scheme in own_task_schemes()) or any(s.matching(pattern) for s in tasksets().values())


@functools.cache
def _note(text: str) -> None:
    """Said once in a process."""
    note(text)


def embedded_tasks(modality: str) -> tuple[Task, ...]:
    """Every task of a modality whose data is at hand. Official releases and `by_name` sets have to be asked for."""
    sets = [taskset for taskset in tasksets().values() if not taskset.official and not taskset.by_name]
    return tuple(task for taskset in sets for task in taskset if task.modality == modality)


def core_tasks(modality: str) -> tuple[Task, ...]:
    """Those of `embedded_tasks` that the sets of a modality are ranked by."""
    core = {name for taskset in tasksets().values() for name in taskset.core or [task.name for task in taskset]}
    return tuple(task for task in embedded_tasks(modality) if task.name in core)


def word_sources(modality: str | None) -> dict[str, WordSource]:
    """The tagged words of a modality by name."""
    known: dict[str, WordSource] = _load_group(WORDS, "superb_lite.tasks.tagged_words:WordSource")
    return {name: source for name, source in known.items() if source.modality == modality}


ANY_MODALITY = {
    "datasets": "superb_lite.tasks.own_datasets:dataset_task",
    "parquet": "superb_lite.tasks.own_parquet:parquet_task",
    "webdataset": "superb_lite.tasks.own_shards:shards_task",
}
"""Schemes of own tasks whose files tell of which modality they are (`Modality.own_cells`)."""


def own_task_schemes() -> dict[str, str]:
    """Schemes of tasks on a person's own data: "module:function" of a name and a path."""
    claims = _of_modalities(lambda m: m.own_tasks)
    for name, target in ANY_MODALITY.items():
        claims.setdefault(name, []).append((OWN, target))
    return _undisputed("own tasks", claims)


def _of_modalities(registered: Callable[[Modality], Mapping[str, T]]) -> dict[str, list[tuple[str, T]]]:
    """What the modalities register by name, as claims of the packages that they come from."""
    claims: dict[str, list[tuple[str, T]]] = {}
    for m in modalities().values():
        point = points(MODALITIES).get(m.name)
        for name, value in registered(m).items():
            claims.setdefault(name, []).append((_package(point), value))
    return claims


@functools.cache
def _own_task(target: str, name: str, path: str) -> Task:
    """Read once per process, so that a task asked for twice is one task."""
    if "\0" in path or first_surrogate(name):
        raise SuperbLiteError(f"'{name}' is not a path that can be kept in results: rename it")
    with foreign_errors(f"'{name}' cannot be read"):
        task: Task = resolve(target)(name, Path(path).expanduser())
    return task


def architectures() -> dict[str, EncoderSpec]:
    """All architectures of the registered modalities by name."""
    found: dict[str, EncoderSpec] = _load_group(ARCHITECTURES, "superb_lite.modality:EncoderSpec")
    return {
        name: spec
        for name, spec in found.items()
        if _fits(name, spec.modality in modalities(), f"there is no modality '{spec.modality}'")
    }


def objectives() -> dict[str, ObjectiveSpec]:
    """All pretraining objectives of the registered modalities by name."""
    found: dict[str, ObjectiveSpec] = _load_group(OBJECTIVES, "superb_lite.modality:ObjectiveSpec")

    def has_encoder(spec: ObjectiveSpec) -> bool:
        encoder = architectures().get(spec.encoder)
        return encoder is not None and encoder.modality == spec.modality

    return {
        name: spec
        for name, spec in found.items()
        if _fits(name, has_encoder(spec), f"modality '{spec.modality}' has no architecture '{spec.encoder}'")
    }


def _fits(name: str, fits: bool, why: str) -> bool:
    """`fits`, after a note of what does not."""
    if not fits:
        _note(f"skipped plugin {name}: {why}")
    return fits


def objective(name: str) -> ObjectiveSpec:
    """One objective by name."""
    if name not in objectives():
        raise UnknownNameError("objective", name, objectives())
    return objectives()[name]


def objectives_of(modality: Modality) -> tuple[ObjectiveSpec, ...]:
    """The objectives of a modality, the one that `superb-lite run` pretrains first."""
    found = [spec for spec in objectives().values() if spec.modality == modality.name]
    return tuple(sorted(found, key=lambda spec: (spec.name != modality.objective, spec.name)))


def encoder_factories() -> dict[str, EntryPoint]:
    """Encoders of other packages: entry points of factories called with what follows "NAME:" in a reference."""
    return points(ENCODERS)


def references() -> dict[str, str | None]:
    """Encoder references that need no file, each with its modality (None: any)."""
    known: dict[str, str | None] = {"majority": None, **dict.fromkeys(encoder_factories())}
    for name, spec in architectures().items():
        known[name if name.startswith("raw:") else f"random:{name}"] = spec.modality
    return dict(sorted(known.items()))
