"""Caches on disk: what can be deleted at any time, because it is made again when it is needed."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import cache_dir

CACHES = {"features": ("features",), "data": ("speech", "music", "text")}
"""Kind -> folders below the cache directory. Only these are ever deleted: $SUPERB_LITE_CACHE may hold other things."""


def size(path: Path) -> int:
    """Bytes in the files below a folder; 0 where there is none. Files that vanish meanwhile do not count."""
    total = 0
    for folder, _, files in os.walk(path):  # which passes over folders that vanish
        for name in files:
            with suppress(OSError):
                found = os.lstat(os.path.join(folder, name))
                total += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return total


def clear(kind: str) -> int:
    """Delete one kind of cache and return the bytes freed. Raises `SuperbLiteError` where that is not allowed."""
    return sum(_deleted(cache_dir() / name) for name in CACHES[kind])


def _deleted(folder: Path) -> int:
    freed = size(folder)
    if folder.is_symlink():
        raise SuperbLiteError(f"'{folder}' is a link: delete by hand what it leads to")
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise SuperbLiteError(f"cannot delete '{error.filename or folder}': {error.strerror}") from None
    return freed
