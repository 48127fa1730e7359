"""Paths that a stranger wrote, relative to a folder: they stay in it."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

from superb_lite.encoders.references import is_name
from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.surrogates import first_surrogate

MOST_FILES = 10_000
"""Of an encoder's directory, that are looked at."""


def result_inside(folder: Path, written: str, field: str) -> str:
    """The path of a result file that a manifest in a folder names. Raises `SuperbLiteError` that names the field."""
    if not written.lower().endswith(".json"):
        raise _refused(field, written, "a result file ends in .json")
    path = path_inside(folder, written, field)
    if not path.is_file():
        raise _refused(field, written, "no such file beside the manifest")
    predictions = Path(written).with_suffix(".parquet")
    if os.path.lexists(folder / predictions):
        path_inside(folder, str(predictions), field)
    return str(path)


def encoder_inside(folder: Path, written: str, field: str) -> str:
    """The reference of an encoder that a manifest in a folder names: a registered name, or a path in that folder.

    The part after a scheme, as in `hf:DIR`, may be such a path. Raises `SuperbLiteError` that names the field.
    """
    _check_characters(written, field)
    if not is_name(written):
        return _directory(folder, written, field)
    scheme, colon, argument = written.partition(":")
    target, comma, options = argument.partition(",")
    if not target or scheme == "py":
        return written
    leaves = PureWindowsPath(target).anchor or ".." in PureWindowsPath(target).parts or target.startswith(("~", "."))
    try:
        here = os.path.lexists(folder / target)
        if not (leaves or here or os.path.lexists(target)):
            return written
    except (OSError, ValueError):
        return written  # too long for a path
    return f"{scheme}{colon}{_directory(folder, target, field)}{comma}{options}"


def path_inside(folder: Path, written: str, field: str) -> Path:
    """The path below a folder, which need not be there; links are followed to see where it ends.

    Raises `SuperbLiteError` that names the field, for a path that is absolute, has "..", or ends outside.
    """
    _check_characters(written, field)
    parts = PureWindowsPath(written)  # knows / and \ and drives
    if parts.anchor or parts.drive or written.startswith("~"):
        raise _refused(field, written, "paths are relative to the manifest's folder")
    if ".." in parts.parts:
        raise _refused(field, written, "paths stay in the manifest's folder")
    path = folder / written
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise _refused(field, written, getattr(error, "strerror", None) or "no path") from None
    if not inside:
        raise _refused(field, written, "a link leads out of the manifest's folder")
    return path


def _directory(folder: Path, written: str, field: str) -> str:
    """An encoder's directory or file, with a separator in it, so that it is never read as a name."""
    path = path_inside(folder, written, field)
    if not path.exists():
        raise _refused(field, written, "no encoder has that name, and nothing beside the manifest")
    root = folder.resolve()
    for count, (found, folders, files) in enumerate(os.walk(path)):
        if count >= MOST_FILES:
            raise _refused(field, written, "it has too many folders")
        for name in (*folders, *files):
            each = Path(found, name)
            if each.is_symlink() and not Path(os.path.realpath(each)).is_relative_to(root):
                raise _refused(field, written, f"its link '{one_line(name, NAME_LIMIT)}' leads out of the folder")
    return str(path) if os.sep in str(path) else f".{os.sep}{path}"


def _check_characters(written: str, field: str) -> None:
    if not written.isprintable() or first_surrogate(written):
        raise _refused(field, written, "it has characters that cannot be printed")


def _refused(field: str, written: str, reason: str) -> SuperbLiteError:
    return SuperbLiteError(f"field '{field}': '{one_line(written, NAME_LIMIT)}': {reason}")
