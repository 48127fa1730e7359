"""What s3prl is given to read: weights and configuration out of a safetensors file, or nothing.

Upstreams of s3prl read pickles with `torch.load`, and many evaluate texts of their configuration as Python
("[(512, 10, 5)] + [(512, 3, 2)] * 4"), so that reading the weights alone keeps nobody out. Here, `torch.load` gives
an upstream the dictionary that `superb_lite.encoders.around` made, and texts that do more than arithmetic are refused.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import torch

from superb_lite.encoders.around import with_weights
from superb_lite.errors import SuperbLiteError, one_line

_COULD_RUN = re.compile(r"[\[({]|\*|<<|['\"]\s*%")
"""Nothing can be called, indexed or looped over in Python without brackets, nor made huge without these operators."""

_HARMLESS = re.compile(
    r"(?=.{0,200}$)(?!(.*\*){4})([\d\s\[\](),.+-]|\*\s*\d{1,2}(?!\d))*|\[\w+\]|\$\{[\w.:]+\}", re.ASCII
)
"""What such a text may be: numbers in short lists, a symbol such as [CLS], or the name of another setting."""

_LOCK = threading.Lock()


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What s3prl would have read from the original of a converted file.

    Raises `SuperbLiteError` for a file that is damaged, holds no configuration, or one that would be run.
    """
    whole, rest = with_weights(path)
    if not rest:
        raise SuperbLiteError(f"'{path}' holds weights without the configuration that s3prl needs")
    _check_texts(rest, path)
    return whole


def _check_texts(value: Any, path: Path) -> None:
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            pending.extend((*each, *each.values()))
        elif isinstance(each, list):
            pending.extend(each)
        elif isinstance(each, str) and _COULD_RUN.search(each) and not _HARMLESS.fullmatch(each):
            raise SuperbLiteError(
                f"'{path}': s3prl could run the text '{one_line(each, 60)}' of its configuration as code"
            )


@contextlib.contextmanager
def reading(held: dict[str, Any] | None) -> Iterator[None]:
    """Have `torch.load` answer with what is held, and never open a file. None: it refuses."""

    def load(path: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if held is None:
            raise AskedError(path)
        return held

    with _LOCK, mock.patch.object(torch, "load", load):
        yield


class AskedError(Exception):
    """An upstream wants to read a file."""

    def __init__(self, path: Any) -> None:
        super().__init__(f"it reads the pickle '{path}'")
        self.path = Path(path)
