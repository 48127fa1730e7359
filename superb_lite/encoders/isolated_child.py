"""The process in which a person's own code runs (see `superb_lite.encoders.isolated`): it gets raw items and answers
with features, until the other end of its pipe is closed.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from superb_lite.encoders.confinement import confine, watch

if TYPE_CHECKING:
    from superb_lite.encoders.wire import Message


class _Pipe:
    """The two ends that this process has. Requests are read ahead, so that a closed pipe ends it at any time."""

    def __init__(self, requests: int, replies: int) -> None:
        self._replies = replies
        self._lock = threading.Lock()
        self._requests = requests
        self._waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        from superb_lite.encoders.wire import unpack

        try:
            while True:
                self._waiting.put(unpack(self._exactly, 2**62))
        finally:
            os._exit(0)

    def _exactly(self, size: int) -> bytearray:
        found = bytearray(size)
        view = memoryview(found)
        while view:
            if not (count := os.readv(self._requests, [view])):
                raise EOFError
            view = view[count:]
        return found

    def next(self) -> Any:
        return self._waiting.get()

    def reply(self, said: Mapping[str, Any], arrays: Any = ()) -> None:
        from superb_lite.encoders.wire import pack

        parts = pack(said, arrays)
        with self._lock:
            for part in parts:
                view = memoryview(part)
                while view:
                    view = view[os.write(self._replies, view) :]

    def refuse(self, why: str) -> None:
        """Say why the code is refused, and end."""
        try:
            if self._lock.acquire(timeout=1.0):
                self._lock.release()
                self.reply({"refused": why[:1000]})
        finally:
            os._exit(1)


def main(settings: Mapping[str, Any]) -> None:
    """Run until the pipe is closed. settings: see `superb_lite.encoders.child_process`."""
    os.dup2(2, 1)  # what the code prints is no result
    missing = confine(settings["hidden"])
    pipe = _Pipe(settings["requests"], settings["replies"])
    import torch

    from superb_lite.encoders.isolated_worker import Worker
    from superb_lite.errors import SuperbLiteError, foreign_errors

    torch.set_num_threads(settings["threads"])
    pipe.listen()
    watch(settings["packages"], settings["hidden"], pipe.refuse)
    name = settings["name"]
    worker: Worker | None = None
    while True:
        said, arrays = pipe.next()
        try:
            with foreign_errors(f"'{name}'"), torch.no_grad():
                if worker is None:
                    worker = Worker(settings["target"], name)
                    answer: Message = {**worker.described(), "missing": missing}, []
                else:
                    answer = worker.answer(said, arrays)
            pipe.reply(*answer)
        except SuperbLiteError as error:
            if os.environ.get("SUPERB_LITE_DEBUG"):
                sys.excepthook(type(error), error, error.__traceback__)
            pipe.reply({"error": str(error)})
        except Exception as error:  # kept as it is by SUPERB_LITE_DEBUG
            sys.excepthook(type(error), error, error.__traceback__)
            pipe.reply({"error": f"'{name}': {type(error).__name__}: {error}"[:1000]})
