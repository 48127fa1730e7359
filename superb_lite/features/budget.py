"""How much disk the features of all encoders may take, and which are deleted first.

A folder of features is held by a lock for as long as a process has its store open. What no process holds is deleted,
the least recently opened first, where another pass needs its room.
"""

from __future__ import annotations

import os
import re
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from superb_lite.caches import size
from superb_lite.errors import SuperbLiteError
from superb_lite.features.parts import HAS_LOCKS

VARIABLE = "SUPERB_LITE_FEATURE_BUDGET"

UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}

SHARE = 0.5
"""Of the disk that would be free without features, what they may take unless somebody says otherwise."""

LOCKS = ".in-use-"


def bytes_of(text: str, name: str) -> int:
    """Bytes that a person writes as 500MB, 20GB, 1.5TB or a plain number. Raises `SuperbLiteError`, naming `name`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]?B|)", text.strip().upper())
    if found is None:
        raise SuperbLiteError(f"{name} {text!r}: a size is a number with KB, MB, GB or TB, such as 20GB")
    return int(float(found[1]) * UNITS[found[2] if found[2] != "B" else ""])


def limit_of(root: Path) -> int:
    """Bytes that may lie below `root`: $SUPERB_LITE_FEATURE_BUDGET, else half of the disk without what lies there."""
    if given := os.environ.get(VARIABLE):
        return bytes_of(given, VARIABLE)
    return int(SHARE * (shutil.disk_usage(root).free + size(root)))


class Held:
    """A folder of features, which no process deletes while this object lives, and which counts as used now.

    Args:
        folder: created if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        if HAS_LOCKS:
            import fcntl

            try:
                file = os.open(_lock(folder), os.O_RDWR | os.O_CREAT, 0o666)
                weakref.finalize(self, os.close, file)
                fcntl.flock(file, fcntl.LOCK_SH)  # the system drops the lock of a process that dies, however it dies
            except OSError as error:
                raise SuperbLiteError(
                    f"cannot lock '{_lock(folder)}': {error.strerror}; where the disk has no locks, let "
                    "$SUPERB_LITE_CACHE name another"
                ) from None
        folder.mkdir(exist_ok=True)
        os.utime(folder)


def evict(root: Path, bytes_needed: int) -> int:
    """Delete folders that no process holds, the least recently used first, until so much is freed; returns how much.

    Nothing is deleted on systems without locks, where nobody can tell what is held.
    """
    freed = 0
    for folder in sorted(_folders(root), key=_last_used):
        if freed >= bytes_needed:
            break
        with _alone(folder) as free:
            if free:
                freed += size(folder)
                shutil.rmtree(folder, ignore_errors=True)
    return freed


def _folders(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.is_dir() and not path.is_symlink()] if root.is_dir() else []


def _last_used(folder: Path) -> float:
    with suppress(OSError):
        return folder.stat().st_mtime
    return 0.0  # deleted meanwhile


def _lock(folder: Path) -> Path:
    return folder.parent / f"{LOCKS}{folder.name}"


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no process holds a folder; inside, none can begin to."""
    if not HAS_LOCKS:
        yield False
        return
    import fcntl

    with open(_lock(folder), "ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


class Budget:
    """The room that one pass over items has below `root`.

    Args:
        root: where the folders of all encoders lie.

    Other processes may write at the same time. What they take is seen whenever the room is used up, so that together
    they may go beyond the limit by as much as each of them had left.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._limit = limit_of(root)
        self._used = size(root)
        self._full = False

    def take(self, wanted: int) -> bool:
        """Whether there is room for so many bytes, which then are taken; other encoders' features give way."""
        if self._used + wanted > self._limit and not self._full:
            self._used = max(self._used, size(self._root))  # what was taken may not have reached the disk yet
            self._used -= evict(self._root, self._used + wanted - self._limit)
            self._full = self._used + wanted > self._limit
        if self._used + wanted > self._limit:
            return False
        self._used += wanted
        return True
