"""Where things lie on disk."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from superb_lite.errors import SuperbLiteError


def cache_dir() -> Path:
    """Derived data that can be made again (synthesised speech): $SUPERB_LITE_CACHE, else the user's cache directory."""
    return make_dir(Path(os.environ.get("SUPERB_LITE_CACHE") or platformdirs.user_cache_dir("superb-lite")))


def workspace() -> Path:
    """What a person made (checkpoints, results, the local board): $SUPERB_LITE_OUT, else ./superb-lite-out."""
    return Path(os.environ.get("SUPERB_LITE_OUT") or "superb-lite-out")


def make_dir(path: Path) -> Path:
    """Create a directory, or say in one line why it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SuperbLiteError(f"cannot create '{path}': {error.strerror}") from None
    if not os.access(path, os.W_OK):
        raise SuperbLiteError(f"cannot write to '{path}': it is read-only")
    return path
