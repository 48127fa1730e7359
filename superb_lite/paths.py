"""Where things lie on disk."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs

from superb_lite.errors import SuperbLiteError


def cache_dir() -> Path:
    """Derived data that can be made again (synthesised speech): $SUPERB_LITE_CACHE, else the user's cache directory."""
    return make_dir(Path(os.environ.get("SUPERB_LITE_CACHE") or platformdirs.user_cache_dir("superb-lite")))


def feature_dir() -> Path:
    """Where the command line keeps the features of encoders."""
    return cache_dir() / "features"


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


def follow_umask(path: Path) -> None:
    """Give a file the mode of one that is made plainly; what makes temporary files lets only their owner read them."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8 as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a full disk or a read-only directory is one line."""
    make_dir(path.parent)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            follow_umask(Path(temporary))
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SuperbLiteError(f"cannot write '{path}': {error.strerror}") from None
