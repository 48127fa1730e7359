"""The `config.json` of a checkpoint directory, which a stranger may have written: types and bounds come first.

Reading one imports no torch, so that a wrong name or a damaged file is answered at once.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import CONFIG as CONFIG
from superb_lite.paths import read_file

WEIGHTS = "model.safetensors"
FORMAT = "superb-lite-checkpoint"

CONFIG_LIMIT = 8 * 2**20
"""The largest configuration in bytes: the tokeniser of a quarter of a million tokens in it is some five million."""

LARGEST_NUMBER = 1_000_000
"""The largest number in a configuration: no size, length or count of an encoder comes near it."""


class CheckpointConfig(BaseModel):
    """What `config.json` says."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal["superb-lite-checkpoint"]

    format_version: Literal[1] = 1

    encoder: Annotated[str, Field(max_length=200)]
    """The name of a registered architecture."""

    modality: str | None = None

    config: dict[str, Any]
    """The arguments of the architecture's constructor."""

    pretraining: dict[str, Any]
    """How the weights came about."""

    weights_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """SHA-256 of `model.safetensors`; None in a checkpoint that was written before it was recorded."""


def read_config(directory: Path) -> CheckpointConfig:
    """The checked `config.json` of a checkpoint directory.

    Raises `SuperbLiteError` for a file that is missing, no regular file, too large, not JSON, or says something else.
    """
    path = directory / CONFIG
    try:
        if not path.exists():
            raise SuperbLiteError(f"'{directory}' is not a checkpoint: it has no {CONFIG}")
    except OSError as error:
        raise SuperbLiteError(f"cannot read '{path}': {error.strerror}") from None
    text = read_file(path, limit=CONFIG_LIMIT)
    try:
        config = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
        _check_numbers(config, math.inf)
    except ValueError as error:  # also of JSON and of UTF-8
        raise SuperbLiteError(f"'{path}' is not JSON that can be used: {error}") from None
    except RecursionError:
        raise SuperbLiteError(f"'{path}' is not JSON that can be used: it is nested too deeply") from None
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        raise SuperbLiteError(f'\'{path}\' has no "format": "{FORMAT}"{_of_another_library(config, directory)}')
    try:
        checked = CheckpointConfig.model_validate(config)
        _check_numbers(checked.config, LARGEST_NUMBER)
    except ValidationError as error:
        raise SuperbLiteError(f"'{path}' {first_problem(error)}") from None
    except ValueError as error:
        raise SuperbLiteError(f"'{path}' {error}") from None
    return checked


def first_problem(error: ValidationError) -> str:
    """What is wrong first, in words: the entry, what it must be, and how many more problems there are."""
    found = error.errors(include_url=False, include_context=False)
    # JSON holds no objects of Python, so of a value that may be one the other problem is meant.
    problems = [problem for problem in found if problem["type"] != "is_instance_of"] or found
    loc = [part for part in problems[0]["loc"] if not str(part).endswith("]")]  # "dict[str,any]": a branch of a union
    entry = one_line(".".join(map(str, loc)), 80)
    more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
    if problems[0]["type"] == "missing":
        return f'lacks "{entry}"{more}'
    if problems[0]["type"] == "extra_forbidden":
        return f'has no use for "{entry}"{more}'
    return f'"{entry}": {one_line(problems[0]["msg"], 120)}{more}'


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _check_numbers(value: Any, limit: float) -> None:
    """Raise ValueError for a number that is not finite or beyond a limit, however deep it lies."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
        elif isinstance(one, int | float) and (abs(one) > limit or abs(one) == math.inf):
            raise ValueError(f"holds the number {one_line(_short(one), 20)}: at most {limit:,} makes sense")


def _short(number: float) -> str:
    """A whole number of thousands of digits is never written out: that takes time that grows with its square."""
    return str(number) if abs(number) < 2**63 or isinstance(number, float) else "beyond 2^63"


def _of_another_library(config: Any, directory: Path) -> str:
    return f"; a model of transformers is hf:{directory}" if isinstance(config, dict) and "model_type" in config else ""
