"""Files of official releases below a directory that is given with --root."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError


def find_folder(root: Path, folders: Sequence[str], layout: str) -> Path:
    """The first of `folders`, paths within `root`, that exists.

    layout: what is expected, for the error that says so and what was found instead.
    """
    if not root.is_dir():
        raise SuperbLiteError(f"--root '{root}' is not a directory; expected in it: {layout}")
    for name in folders:
        if (root / name).is_dir():
            return root / name
    raise SuperbLiteError(f"--root '{root}': expected {layout}; found: {_listed(root)}")


def find_file(folder: Path, names: Sequence[str], layout: str) -> Path:
    """The first of the files `names` in a folder. layout: what is expected, for the error."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise SuperbLiteError(f"'{folder}' holds no '{names[0]}'; found: {_listed(folder)}; expected: {layout}")


def _listed(folder: Path) -> str:
    found = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    return f"{', '.join(found[:8])}{', ...' if len(found) > 8 else ''}" or "nothing"
