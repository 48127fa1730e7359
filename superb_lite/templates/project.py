"""A package written out of the templates of its kind, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import make_dir, write_text
from superb_lite.templates.names import Kind, package_name

FOLDER = Path(__file__).parent

SUFFIX = ".j2"

_RENAMED = {"gitignore": ".gitignore"}
"""Files whose own names would mean something to the tools that handle the templates."""


def render(kind: Kind, name: str) -> dict[str, str]:
    """The files of a new package: their paths in its folder, with slashes, and their texts.

    The folder of the kind has the tree of the package, with PACKAGE where the name of what is imported stands; what
    several kinds have in common lies in the folder `shared`, to be extended or included.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the texts are programs, and a name has nothing to escape
    )
    package = package_name(name)
    texts = {}
    for file in sorted((FOLDER / kind).rglob(f"*{SUFFIX}")):
        place = file.relative_to(FOLDER)
        parts = [
            _RENAMED.get(part, part)
            for part in place.relative_to(kind).as_posix().removesuffix(SUFFIX).replace("PACKAGE", package).split("/")
        ]
        texts["/".join(parts)] = environment.get_template(place.as_posix()).render(name=name, package=package)
    return texts


def check_target(target: Path) -> None:
    """Raise `SuperbLiteError` where something lies that a new package would overwrite; an empty folder is nothing."""
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise SuperbLiteError(f"'{target}' exists and is no folder: give another one as the last argument")
    if any(target.iterdir()):
        raise SuperbLiteError(
            f"'{target}' is not empty, and nothing is overwritten: give another folder after the name"
        )


def write_project(files: dict[str, str], target: Path) -> None:
    """Write the files of `render` next to their folder and move them there, so that an interrupted run leaves nothing.

    Raises `SuperbLiteError` for a folder that is taken, or that cannot be written.
    """
    check_target(target)
    with _beside(target) as folder:
        for path, text in files.items():
            write_text(folder / path, text)
        try:
            _move(folder, target)
        except OSError as error:
            raise SuperbLiteError(f"cannot write '{target}': {error.strerror}") from None


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A temporary folder on the same disk as the target."""
    parent = make_dir(target.absolute().parent)
    try:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=f".{target.name}."))
    except OSError as error:
        raise SuperbLiteError(f"cannot write '{target}': {error.strerror}") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _move(folder: Path, target: Path) -> None:
    """Put the content of a folder where the target is to be.

    A target that is there keeps its place, its owner and its mode: it may be the working directory of a shell.
    """
    if not os.path.lexists(target):
        os.umask(mask := os.umask(0))
        folder.chmod(0o777 & ~mask)  # what makes temporary folders lets only their owner in
        os.rename(folder, target)
        return
    moved: list[Path] = []
    try:
        for entry in sorted(folder.iterdir()):
            place = target / entry.name
            if os.path.lexists(place):
                raise FileExistsError(None, f"'{entry.name}' appeared in it meanwhile")
            os.rename(entry, place)
            moved.append(place)
    except BaseException:
        for place in moved:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        raise
