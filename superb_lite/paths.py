"""Where things lie on disk."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from shlex import quote

import platformdirs

from superb_lite.errors import SuperbLiteError

CONFIG = "config.json"
"""What makes a directory a checkpoint."""


PICKLES = (".pt", ".pth", ".ckpt", ".bin")
"""How files of PyTorch end, which may run code; they are read by `superb-lite convert` alone."""


def pickle_refusal(path: Path) -> str:
    """Why such a file is not loaded, and the command that converts it."""
    out = path.with_suffix(".safetensors")
    return (
        f"'{path}' may be a pickle, which is never loaded: convert one that you trust with "
        f"`superb-lite convert {quote(str(path))} --to safetensors --out {quote(str(out))}`"
    )


def install_hint(path: Path) -> str:
    """What a refusal of a directory ends in where it holds a project, whose names are unknown until it is installed."""
    return "; if it is your package, install it first (pip install -e)" if (path / "pyproject.toml").is_file() else ""


def cache_dir() -> Path:
    """Derived data that can be made again (synthesised speech): $SUPERB_LITE_CACHE, else the user's cache directory."""
    return make_dir(Path(os.environ.get("SUPERB_LITE_CACHE") or platformdirs.user_cache_dir("superb-lite")))


def feature_dir() -> Path:
    """Where the command line keeps the features of encoders."""
    return cache_dir() / "features"


def workspace() -> Path:
    """What a person made (checkpoints, results, the local board): $SUPERB_LITE_OUT, else ./superb-lite-out."""
    return Path(os.environ.get("SUPERB_LITE_OUT") or "superb-lite-out")


def inside_dir() -> Path:
    """Where analyses of encoders write by default: tables, pictures and the report of all of them."""
    return workspace() / "inside"


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


def regular_size(path: Path) -> int:
    """The size in bytes of a regular file, links followed, without opening it.

    Raises `SuperbLiteError` for what is not there, and for a directory, a pipe, a socket or a device, whose reading
    might never end.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a name that holds the character 0
        raise SuperbLiteError(f"cannot read '{path}': {_os_reason(error)}") from None
    if not stat.S_ISREG(found.st_mode):
        kind = next((name for test, name in _KINDS if test(found.st_mode)), "a special file")
        raise SuperbLiteError(f"cannot read '{path}': it is {kind}, not a file")
    return found.st_size


_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_file(path: Path, *, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes; see `regular_size` for what is refused besides."""
    size = regular_size(path)
    if size > limit:
        raise SuperbLiteError(f"'{path}' has {size} bytes: at most {limit} are read")
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise SuperbLiteError(f"cannot read '{path}': {_os_reason(error)}") from None


def read_utf8(path: Path, *, limit: int) -> str:
    """The text of a regular file in UTF-8, with or without a byte order mark; see `read_file`. Line ends stay."""
    try:
        return read_file(path, limit=limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SuperbLiteError(f"'{path}' is not UTF-8 (byte {error.start}): convert it first") from None


def _os_reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
