"""What was read of a collection of scores, kept in the cache: reading it again takes a twentieth of the time."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import cache_dir, make_dir
from superb_lite_sources import shares
from superb_lite_sources.music.notes import Voice

Row = tuple[dict[str, Any], tuple[Voice, ...]]
"""What is said of a piece, as JSON holds it, and its voices."""


def kept(name: str, content: str, read: Callable[[], Sequence[Row]]) -> list[Row]:
    """The rows that `read` makes, out of the cache or made now.

    Args:
        name: first part of the cache file's name, for people who look at the directory.
        content: the SHA-256 of what is read. Entries of other content, or of other readers, are not found.
        read: called where the cache has nothing, or something damaged.
    """
    key = hashlib.sha256(f"{content}{_readers()}".encode()).hexdigest()
    path = make_dir(cache_dir() / "music") / f"{name}-{key[:16]}.npz"
    rows = _read(path)
    if rows is None:
        rows = list(read())
        _write(path, rows)
    return rows


@functools.cache
def _readers() -> str:
    """SHA-256 of the code that decides what is read, and which part has it."""
    digest = hashlib.sha256()
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(shares.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


_COLUMNS = ("pitch", "duration", "bar", "line")
"""Of all voices, one behind the other: what stands in a file after the JSON; nothing where rows have no voices."""


def _write(path: Path, rows: Sequence[Row]) -> None:
    voices = [voice for _, parts in rows for voice in parts]
    said = json.dumps([[said, [len(voice) for voice in parts]] for said, parts in rows])
    columns = [np.concatenate([getattr(voice, name) for voice in voices]) for name in _COLUMNS if voices]
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".tmp-") as scratch:
            whole = Path(scratch) / "rows.npz"
            np.savez_compressed(whole, np.frombuffer(said.encode(), np.uint8), *columns)
            os.replace(whole, path)
    except OSError as error:
        raise SuperbLiteError(f"cannot write the cached music '{path}': {error.strerror or error}") from None


def _read(path: Path) -> list[Row] | None:
    """The rows of a file, or None where there is none or it is damaged (the members of the archive have checksums)."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            said, *columns = (archive[name] for name in archive.files)
        rows: list[Row] = []
        start = 0
        for words, lengths in json.loads(said.tobytes()):
            parts = []
            for length in lengths:
                parts.append(Voice(*(column[start : start + length] for column in columns)))
                start += length
            rows.append((words, tuple(parts)))
    except (OSError, ValueError, EOFError, KeyError, TypeError, zipfile.BadZipFile, zlib.error):
        return None
    return rows
