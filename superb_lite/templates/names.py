"""Which names a new package may have."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection
from enum import StrEnum
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from superb_lite import plugins
from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line

LONGEST = 40
"""Characters of a name, so that no line of a template grows too long by it."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Kind(StrEnum):
    """What `superb-lite new` writes a package of."""

    task = "task"
    taskset = "taskset"
    encoder = "encoder"
    objective = "objective"
    modality = "modality"


def registered_names(kind: Kind, name: str) -> tuple[tuple[str, str], ...]:
    """What a new package of a kind registers: (what it is in words, its name) each."""
    return {
        Kind.task: (("task set", name),),
        Kind.taskset: (("task set", name),),
        Kind.encoder: (("encoder", name),),
        Kind.objective: (("objective", name),),
        Kind.modality: (
            ("modality", name),
            ("task set", f"{name}-lite"),
            ("encoder", f"{name}-denoising"),
            ("encoder", f"raw:{name}"),
            ("objective", f"{name}-denoising"),
        ),
    }[kind]


_TAKEN: dict[str, tuple[str, ...]] = {
    "modality": (plugins.MODALITIES,),
    "task set": (plugins.TASKSETS,),
    "encoder": (plugins.ARCHITECTURES, plugins.ENCODERS),
    "objective": (plugins.OBJECTIVES,),
}
"""The groups of entry points whose names are taken, for each kind of thing."""


def _taken(what: str) -> Collection[str]:
    names = {name for group in _TAKEN[what] for name in plugins.points(group)}
    return names | plugins.BUILT_IN if what == "encoder" else names


def package_name(name: str) -> str:
    """What is imported of a package: its name with underscores."""
    return name.replace("-", "_")


def check_name(kind: Kind, name: str, target: Path) -> None:
    """Raise `SuperbLiteError` for a name that a new package must not have.

    That is one of another shape, a keyword of Python, a package or module that can be imported or is installed, and the
    name of something of the kind that is registered.

    Args:
        target: the folder that the package is going to lie in, which may be there already, empty.
    """
    shown = one_line(name, NAME_LIMIT)
    if not _NAME.fullmatch(name):
        near = re.sub(r"[^a-z0-9]+", "-", name[:NAME_LIMIT].lower()).strip("-0123456789")
        hint = f" (write '{near}'?)" if _NAME.fullmatch(near) and len(near) <= LONGEST else ""
        raise SuperbLiteError(
            f"'{shown}' is no name for a package{hint}: use lower-case letters, digits and single hyphens, letter first"
        )
    if len(name) > LONGEST:
        raise SuperbLiteError(f"'{shown}' has {len(name)} characters: give a name of at most {LONGEST}")
    package = package_name(name)
    if keyword.iskeyword(package) or keyword.issoftkeyword(package):
        raise SuperbLiteError(f"'{shown}' is a keyword of Python, so that nothing could import it: choose another name")
    if package in sys.stdlib_module_names:
        raise SuperbLiteError(f"'{shown}' is a module of Python's standard library: choose another name")
    for what, registered in registered_names(kind, name):
        if registered in _taken(what):
            raise SuperbLiteError(
                f"the {what} '{registered}' is registered already: choose another name than '{shown}'"
            )
    if _installed(name) or _importable(package, target):
        raise SuperbLiteError(f"there is a package '{package}' already, which yours would hide: choose another name")


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _importable(package: str, target: Path) -> bool:
    """Whether Python finds something else of this name than the empty folder that is going to be filled."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):  # whatever a foreign finder or a half-made module says: there is something
        return True
    return spec is not None and not _is_folder(spec, target)


def _is_folder(spec: ModuleSpec, target: Path) -> bool:
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    return spec.origin is None and bool(places) and all(place.resolve() == target.resolve() for place in places)
