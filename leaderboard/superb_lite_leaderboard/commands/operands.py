"""What the operands of `submit` are: result files, directories of them, or encoders. Nothing heavy is imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.paths import CONFIG


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
