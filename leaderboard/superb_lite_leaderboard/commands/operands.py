"""What the operands of `submit` are: a manifest, result files, directories of them, or encoders.

Nothing heavy is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.encoders.references import is_name
from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.paths import CONFIG

MANIFEST = "submission.yaml"
"""The manifest of a directory."""


def is_result_file(operand: str) -> bool:
    """Whether an operand of `submit` is meant as a result file, whatever else is registered: it ends in ".json"."""
    return operand.lower().endswith(".json")


def result_operands(operands: Sequence[str]) -> tuple[list[Path], list[str]]:
    """The result files among operands, and the encoders; a directory of results stands for its files."""
    files: list[Path] = []
    encoders: list[str] = []
    for operand in operands:
        path = Path(operand)
        if is_result_file(operand):
            files.append(path)
        elif path.is_dir() and not (path / CONFIG).exists() and any(path.glob("*.json")):
            files += sorted(path.glob("*.json"))
        else:
            encoders.append(operand)
    return files, encoders


def manifest_operand(operands: Sequence[str]) -> Path | None:
    """The manifest that is the only operand: a YAML file, or a directory with one that is nothing else.

    Raises `SuperbLiteError` for a manifest among other operands.
    """
    found = [path for operand in operands if (path := _manifest(operand)) is not None]
    if found and len(operands) > 1:
        raise SuperbLiteError(f"'{one_line(found[0], NAME_LIMIT)}' is a manifest, which is submitted alone")
    return found[0] if found else None


def _manifest(operand: str) -> Path | None:
    if is_name(operand) or "\0" in operand:
        return None
    path = Path(operand)
    if operand.lower().endswith((".yaml", ".yml")):
        return path
    if not path.is_dir() or (path / CONFIG).exists() or any(path.glob("*.json")):
        return None
    return path / MANIFEST if (path / MANIFEST).exists() else None
