"""Messages between this process and one that runs a person's own code: JSON and raw arrays, never pickle.

A message is 8 bytes with the length N of the header (little endian), N bytes of JSON, and the bytes of its arrays one
after the other. The header has `arrays`, a list of [dtype, shape] in numpy's words, beside whatever is said.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superb_lite.errors import SuperbLiteError

Array = NDArray[Any]
Message = tuple[dict[str, Any], list[Array]]

HEADER_LIMIT = 64 * 2**20
"""The longest header in bytes; texts are a part of it."""

_DTYPES = frozenset(
    f"<{kind}{size}" for kind, sizes in {"f": (2, 4, 8), "i": (2, 4, 8), "u": (2, 4, 8)}.items() for size in sizes
) | {"|i1", "|u1", "|b1"}
_DIMENSIONS = 8


class BadMessageError(ValueError):
    """Bytes that are no message."""


def pack(said: Mapping[str, Any], arrays: Sequence[Array] = ()) -> list[bytes | memoryview]:
    """A message in parts that are to be written one after the other.

    Raises `SuperbLiteError` for an array of something else than numbers.
    """
    ready = [np.ascontiguousarray(array) for array in arrays]
    ready = [array.astype(array.dtype.newbyteorder("<"), copy=False) for array in ready]
    for array in ready:
        if array.dtype.str not in _DTYPES:
            raise SuperbLiteError(f"an array of {array.dtype} cannot be handed to a person's own code")
    # `ascontiguousarray` gives an array without dimensions one.
    shapes = [[a.dtype.str, list(np.shape(given))] for a, given in zip(ready, arrays, strict=True)]
    header = json.dumps({**said, "arrays": shapes}).encode("ascii")
    return [len(header).to_bytes(8, "little"), header, *(a.reshape(-1).view(np.uint8).data for a in ready)]


def unpack(read: Callable[[int], bytearray], limit: int) -> Message:
    """Read one message.

    Args:
        read: returns exactly so many bytes.
        limit: the most bytes that its arrays may have together.

    Raises `BadMessageError` for whatever is no message, before memory is taken for it.
    """
    length = int.from_bytes(read(8), "little")
    if not 0 < length <= HEADER_LIMIT:
        raise BadMessageError(f"a header of {length} bytes")
    try:
        said = json.loads(read(length).decode("ascii"))
        shapes = [(np.dtype(_known(dtype)), tuple(map(_size, shape))) for dtype, shape in said.pop("arrays")]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadMessageError(f"a header that says nothing ({type(error).__name__})") from None
    sizes = [dtype.itemsize * math.prod(shape) for dtype, shape in shapes]
    if any(len(shape) > _DIMENSIONS for _, shape in shapes) or sum(sizes) > limit:
        raise BadMessageError(f"{sum(sizes)} bytes, where at most {limit} are taken")
    read_in = [read(size) for size in sizes]
    return said, [np.frombuffer(b, dtype=d).reshape(s) for b, (d, s) in zip(read_in, shapes, strict=True)]


def _known(dtype: Any) -> str:
    if dtype not in _DTYPES:
        raise ValueError(f"no dtype: {dtype}")
    return str(dtype)


def _size(number: Any) -> int:
    if type(number) is not int or not 0 <= number < 2**40:
        raise ValueError("no size")
    return number


def flattened(item: Any, arrays: list[Array]) -> Any:
    """A raw item (a text, an array, or a tuple of them) as JSON; its arrays are appended to `arrays`."""
    if isinstance(item, str):
        return item
    if isinstance(item, tuple | list):
        return [flattened(part, arrays) for part in item]
    arrays.append(np.asarray(item))
    return len(arrays) - 1


def restored(item: Any, arrays: Sequence[Array]) -> Any:
    """The raw item that `flattened` was given; a list comes back as a tuple."""
    if isinstance(item, list):
        return tuple(restored(part, arrays) for part in item)
    return arrays[item] if isinstance(item, int) else item
