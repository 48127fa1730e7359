"""A process that runs a person's own code, as seen from the process that has the labels.

It is started afresh, so that nothing of this process's memory is in it, without the person's secrets in its
environment, and it is ended when it takes too long or too much memory, or when this process no longer needs it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from superb_lite.encoders.wire import Array, BadMessageError, Message, pack, unpack
from superb_lite.errors import SuperbLiteError, note, one_line

_KEPT = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "TERM",
    "COLUMNS",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
)
_KEPT_PREFIXES = (
    *("LC_", "XDG_", "PYTHON", "OMP_", "MKL_", "OPENBLAS_", "KMP_", "CUDA_", "NVIDIA_", "TORCH", "PYTORCH_", "TRITON_"),
    *("HF_", "TRANSFORMERS_", "TOKENIZERS_", "SUPERB_LITE_"),
)
_SECRET = ("TOKEN", "KEY", "SECRET", "PASSWORD")

_START = (
    "import json, sys; s = json.loads(sys.argv[1]); sys.path[:] = s['path']; "
    "from superb_lite.encoders.isolated_child import main; main(s)"
)


@dataclass(frozen=True)
class Limits:
    """What a person's own code may take."""

    seconds: float = 600.0
    """Of wall time for one batch, or until it is loaded."""

    memory: int = int(0.8 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    """Bytes of memory that it occupies (resident, which its address space says nothing about)."""

    reply: int = 4 * 2**30
    """Bytes of the features of one batch."""

    @classmethod
    def of_environment(cls) -> Limits:
        """$SUPERB_LITE_CODE_SECONDS, and otherwise what is above."""
        given = os.environ.get("SUPERB_LITE_CODE_SECONDS")
        if given is None:
            return cls()
        if not given.isascii() or not given.isdigit() or not 0 < int(given) < 10**7:
            raise SuperbLiteError(f"SUPERB_LITE_CODE_SECONDS='{given}': a whole number of seconds is needed")
        return cls(seconds=float(given))


class ChildProcess:
    """One process with the code of "module:factory"; it is ended with this object.

    Args:
        target: "module:factory", see `superb_lite.encoders.foreign`.
        name: what messages call it.
        packages, hidden: see `superb_lite.encoders.confinement`.
        limits: what it may take.
    """

    def __init__(
        self, target: str, packages: Sequence[str], hidden: Sequence[str], limits: Limits, *, name: str = ""
    ) -> None:
        self.name, self.limits = name or f"py:{target}", limits
        self._lock = threading.Lock()
        self._failure: str | None = None
        theirs_in, self._requests = os.pipe()
        self._replies, theirs_out = os.pipe()
        here = str(Path.cwd())
        settings = {
            "path": [here if path == "" else path for path in sys.path],
            "hidden": list(hidden),
            "packages": list(packages),
            "requests": theirs_in,
            "replies": theirs_out,
            "threads": torch.get_num_threads(),
            "target": target,
            "name": self.name,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, json.dumps(settings)],
            stdin=subprocess.DEVNULL,
            env=_environment(os.environ),
            pass_fds=(theirs_in, theirs_out),
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        for end in (self._requests, self._replies):
            os.set_blocking(end, False)
            _widen(end)
        self.end = weakref.finalize(self, _end, self._process, self._requests, self._replies)

    def ask(self, said: Mapping[str, Any], arrays: Sequence[Array] = ()) -> Message:
        """Send a request and wait for what comes back.

        Raises `SuperbLiteError`, one line, for what the code says went wrong, and for a process that ends, takes too
        long or too much memory, or answers nonsense, which is ended.
        """
        with self._lock:
            if self._failure is not None:
                raise SuperbLiteError(self._failure)
            self._deadline = time.monotonic() + self.limits.seconds
            try:
                for part in pack(said, arrays):
                    self._write(memoryview(part))
                answer, returned = unpack(self._read, self.limits.reply)
                self._check_memory()
            except BadMessageError as error:
                raise self._fail(f"its process answered {error}") from None
            except BaseException:
                # What is half said or half heard cannot be gone on with.
                self._failure = self._failure or f"'{self.name}': its process was ended"
                self.end()
                raise
            if "refused" in answer:
                raise self._fail(f"{one_line(answer['refused'], 200)}: own code gets raw inputs only")
            if "error" in answer:
                raise SuperbLiteError(str(answer["error"]))
            return answer, returned

    def _write(self, view: memoryview) -> None:
        while view:
            self._wait(self._requests, writing=True)
            try:
                view = view[os.write(self._requests, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                # The reason may have been sent before the end.
                return

    def _read(self, size: int) -> bytearray:
        found = bytearray(size)
        view = memoryview(found)
        while view:
            self._wait(self._replies, writing=False)
            try:
                count = os.readv(self._replies, [view])
            except BlockingIOError:
                continue
            if count == 0:
                raise self._fail(self._how_it_ended())
            view = view[count:]
        return found

    def _wait(self, end: int, *, writing: bool) -> None:
        """Wait until something can be written or read, and look after time and memory meanwhile."""
        # select would take no descriptor above 1023, which a process with many open files has.
        ready = select.poll()
        ready.register(end, select.POLLOUT if writing else select.POLLIN)
        while not ready.poll(1e3 * _LOOK_EVERY):
            if time.monotonic() > self._deadline:
                raise self._fail(
                    f"no answer within {self.limits.seconds:g} s; SUPERB_LITE_CODE_SECONDS=N gives it more for a batch"
                )
            self._check_memory()

    def _check_memory(self) -> None:
        held = _resident(self._process.pid)
        if held > self.limits.memory:
            raise self._fail(f"its process holds {held >> 20} MiB of memory, and may hold {self.limits.memory >> 20}")

    def _how_it_ended(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=2.0)
            if code < 0:
                with contextlib.suppress(ValueError):
                    return f"its process was ended by {signal.Signals(-code).name}"
            return f"its process ended by itself (exit code {code})"
        return "its process closed its pipe"

    def _fail(self, why: str) -> SuperbLiteError:
        self._failure = f"'{self.name}': {why}"
        self.end()
        return SuperbLiteError(self._failure)

    def warn(self, missing: str) -> None:
        """Say what the system does not keep from the code."""
        if missing:
            note(f"'{self.name}': network and files cannot be kept from own code here ({missing}): run what you trust")


_LOOK_EVERY = 0.2
"""Seconds."""


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """What code needs to run, without the person's secrets. Libraries that ask a hub are told that there is none."""
    kept = {k: v for k, v in given.items() if k in _KEPT or k.startswith(_KEPT_PREFIXES)}
    kept = {k: v for k, v in kept.items() if not any(word in k for word in _SECRET)}
    return {**kept, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def _end(process: subprocess.Popen[bytes], *ends: int) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _resident(pid: int) -> int:
    """Bytes of memory that a process occupies; 0 where the system does not say."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _widen(pipe: int) -> None:
    """A pipe holds 64 KiB unless it is told otherwise."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 2**20)
