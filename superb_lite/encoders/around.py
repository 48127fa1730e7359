"""What a file of PyTorch held around the weights, such as the configuration of their model.

`superb-lite convert` keeps it as JSON in the metadata of the safetensors file that it writes, so that a library whose
checkpoints are one nested dictionary (s3prl) can be given that dictionary without any pickle.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import safe_open

from superb_lite.encoders.weights import read_weights
from superb_lite.errors import SuperbLiteError

KEY = "superb_lite.around"


def around(saved: Any, where: Sequence[str]) -> str:
    """JSON of all plain values of a nested dictionary, but for what lies at the keys `where`: there the weights are."""
    return json.dumps({"where": list(where), "rest": _plain(saved, where) if where else {}}, ensure_ascii=False)


def with_weights(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The nested dictionary of a converted file with its weights in place, and the same without them.

    Raises `SuperbLiteError` for what is no safetensors file, holds nothing around its weights, or numbers that are not
    finite.
    """
    tensors = read_weights(path)
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
    try:
        said = json.loads(metadata[KEY])
        where, rest = [str(key) for key in said["where"]], dict(said["rest"])
    except (KeyError, ValueError, TypeError, RecursionError):
        raise SuperbLiteError(
            f"'{path}' holds weights without what lay around them: `superb-lite convert` the original file"
        ) from None
    if not where:
        return dict(tensors), {}
    whole = dict(rest)
    inner = whole
    for key in where[:-1]:
        inside = inner.get(key)
        inner[key] = dict(inside) if isinstance(inside, dict) else {}
        inner = inner[key]
    inner[where[-1]] = tensors
    return whole, rest


class _NotPlainError(ValueError):
    pass


def _plain(value: Any, where: Sequence[str] = ()) -> Any:
    """The value as JSON knows it; entries of dictionaries that are something else are left out."""
    if isinstance(value, Mapping):
        found = {}
        for key, each in value.items():
            if not isinstance(key, str) or list(where) == [key]:
                continue
            try:
                found[key] = _plain(each, where[1:] if where and where[0] == key else ())
            except _NotPlainError:
                continue
        return found
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise _NotPlainError
