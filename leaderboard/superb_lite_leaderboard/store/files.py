"""Files that appear whole: what is made lies in a hidden directory beside its place until it is ready."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_UNFINISHED = ".new-"
_LOCK = "lock"


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A hidden directory beside a file that is to be made, which `delete_unfinished` of other processes leaves."""
    while True:
        made = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}{_UNFINISHED}"))
        # The system drops the lock of a process that dies, however it dies.
        lock = FileLock(made / _LOCK)
        with suppress(FileNotFoundError):
            lock.acquire()
            if (made / _LOCK).exists():
                break
            lock.release()
        # Before it was locked, another process took the directory for that of a dead one, and deleted it.
    try:
        yield made
    finally:
        lock.release()
        shutil.rmtree(made, ignore_errors=True)


def delete_unfinished(path: Path) -> None:
    """Delete the directories that dead processes left beside a file; never fails."""
    with suppress(OSError):
        for lock in path.parent.glob(f".{glob.escape(path.name)}{_UNFINISHED}*/{_LOCK}"):
            with suppress(OSError, Timeout), FileLock(lock, timeout=0):
                shutil.rmtree(lock.parent, ignore_errors=True)


def move_to_free_place(made: Path, path: Path) -> bool:
    """Give a file its name unless that is taken by now; False where it is."""
    try:
        os.link(made, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if path.exists():
            return False
        os.replace(made, path)
    return True
