"""Safetensors files that a stranger may have written: what they hold is known before any of it is read.

Format: 8 bytes with the length N of the header (little endian), N bytes of JSON (name -> dtype, shape, data_offsets),
and the data (https://github.com/huggingface/safetensors).
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import PICKLES, pickle_refusal, regular_size

HEADER_LIMIT = 32 * 2**20
"""The longest header in bytes: that of a quarter of a million tensors."""

_BITS = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16}
_BITS |= {"BOOL": 8, "I8": 8, "U8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "C64": 64}


@dataclass(frozen=True)
class Contents:
    """What a safetensors file says that it holds."""

    tensors: Mapping[str, tuple[int, ...]]
    """The shape of each tensor by its name."""

    numbers: int
    """How many numbers all tensors hold together."""

    @classmethod
    def of_files(cls, paths: Iterable[Path]) -> Contents:
        """What several files hold together; see `contents`."""
        parts = [contents(path) for path in paths]
        return cls({k: v for part in parts for k, v in part.tensors.items()}, sum(part.numbers for part in parts))


def contents(path: Path) -> Contents:
    """What a safetensors file holds, by its header, which must agree with the size of the file.

    Raises `SuperbLiteError` for what is not a regular file or not a safetensors file, is cut off, or is larger than the
    memory of this machine.
    """
    size = regular_size(path)
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 0 < length <= min(HEADER_LIMIT, size - 8):
                raise ValueError(f"its header cannot be {length} bytes long")
            header = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_once)
            found, numbers = _tensors(header, size - 8 - length)
    except OSError as error:
        raise SuperbLiteError(f"cannot read '{path}': {error.strerror}") from None
    except (ValueError, TypeError, KeyError, RecursionError) as error:  # of JSON that says something else
        raise SuperbLiteError(f"cannot read '{path}': it is not a safetensors file ({error})") from None
    if size > (memory := os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")):
        raise SuperbLiteError(f"'{path}' has {size} bytes of weights, and this machine {memory} bytes of memory")
    return Contents(found, numbers)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON in which no name comes twice: readers do not agree on which of two they take."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice in its header")
    return found


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file, by name.

    Raises `SuperbLiteError`, naming the file, for a pickle or any other kind of file, one that is damaged, and numbers
    that are not finite.
    """
    if path.suffix in PICKLES:
        raise SuperbLiteError(pickle_refusal(path))
    if path.suffix != ".safetensors":
        raise SuperbLiteError(f"weights must be a .safetensors file, not '{path}'")
    contents(path)
    tensors: dict[str, Tensor] = load_file(path)
    check_finite(tensors, path)
    return tensors


def check_finite(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Raise `SuperbLiteError`, naming the tensor, for weights that are not finite."""
    for name, tensor in tensors.items():
        if (tensor.is_floating_point() or tensor.is_complex()) and not bool(torch.isfinite(tensor).all()):
            raise SuperbLiteError(f"'{path}': the tensor '{one_line(name, 80)}' holds numbers that are not finite")


def _tensors(header: Any, data: int) -> tuple[dict[str, tuple[int, ...]], int]:
    """The shapes by name, and how many numbers there are. Raises ValueError for a header that is none."""
    found: dict[str, tuple[int, ...]] = {}
    numbers = end = 0
    if not isinstance(header, dict):
        raise ValueError("its header is not an object")
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        shape, (start, stop) = entry["shape"], entry["data_offsets"]
        if not all(isinstance(n, int) and 0 <= n < 2**48 for n in (*shape, start, stop)) or len(shape) > 16:
            raise ValueError(f"the tensor '{name}' has no shape")
        if entry["dtype"] not in _BITS or math.prod(shape) * _BITS[entry["dtype"]] != 8 * (stop - start):
            raise ValueError(f"the tensor '{name}' is not as large as its shape says")
        found[name] = tuple(shape)
        numbers, end = numbers + math.prod(shape), max(end, stop)
    if end != data:
        raise ValueError(f"it has {data} bytes of tensors, and its header says {end}")
    return found, numbers


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
