"""A second process, of another PYTHONHASHSEED, in which the data of tasks is loaded, too.

It is kept for the tasks of one module, which share what is read, so that a check of each costs no start of its own.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

from superb_lite.errors import SuperbLiteError

_WORKER = """
import json, os, sys
from pathlib import Path
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what loading prints is no answer
for line in sys.stdin:
    sys.path, load, root = json.loads(line)
    try:
        from superb_lite.errors import reason
        from superb_lite.imports import resolve
        found = [resolve(load)(root and Path(root)).content_hash(), None]
    except Exception as error:
        found = [None, reason(error)]
    print(json.dumps(found), file=answers, flush=True)
"""


def hash_elsewhere(load: str, root: Path | None) -> str:
    """The content hash of the data that "module:function" loads in the other process.

    Raises `SuperbLiteError` where it cannot be loaded there.
    """
    found, fault = _process(load.partition(":")[0]).ask([sys.path, load, root and str(root.resolve())])
    if found is None:
        _process.cache_clear()  # what failed may have left something behind
        raise SuperbLiteError(f"in another process it cannot be loaded: {fault}")
    return found


@functools.lru_cache(maxsize=1)
def _process(module: str) -> _Process:
    return _Process()


class _Process:
    """The process, which ends when nobody asks it any more."""

    def __init__(self) -> None:
        other = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
        self.child = subprocess.Popen(
            [sys.executable, "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": other},
        )
        self._end = weakref.finalize(self, _ended, self.child)

    def ask(self, question: object) -> tuple[str | None, str | None]:
        """What it answers: a hash, or why there is none."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            print(json.dumps(question), file=self.child.stdin, flush=True)
        except BrokenPipeError:
            return None, "the process has ended"
        line = self.child.stdout.readline()
        if not line:
            return None, f"the process ended with the code {self.child.wait()}"
        found, fault = json.loads(line)
        return found, fault


def _ended(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()
