"""Batches: collated in a thread, ahead of the forward pass that takes them, and moved to the encoder's device."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import torch

from superb_lite.encoders.encoder import Batch

Input = TypeVar("Input")
Output = TypeVar("Output")

AHEAD = 2
"""How many batches may lie ready."""

PATIENCE = 5.0
"""Seconds that a consumer which stops early, on Ctrl-C above all, waits for the thread."""


def to_device(batch: Batch, device: torch.device) -> Batch:
    """A batch with all its tensors on one device. From pinned memory, the copies run beside what is computed."""
    return {key: value.to(device, non_blocking=value.is_pinned()) for key, value in batch.items()}


def pinned(batch: Batch) -> Batch:
    """A batch in memory that a CUDA device can read by itself."""
    return {key: value.pin_memory() if value.device.type == "cpu" else value for key, value in batch.items()}


def ahead(function: Callable[[Input], Output], inputs: Iterable[Input], *, depth: int = AHEAD) -> Iterator[Output]:
    """What `function` makes of each input, in order, computed in a thread while the caller uses the last one.

    Whatever the function raises is raised here, after all that came before it was used. `inputs` is walked through in
    the thread. At most `depth` results lie ready.
    """
    # (what was made, None), (None, what was raised), or None at the end
    ready: queue.Queue[tuple[Output | None, BaseException | None] | None] = queue.Queue(depth)
    stopped = threading.Event()

    def put(entry: tuple[Output | None, BaseException | None] | None) -> None:
        while not stopped.is_set():
            try:
                return ready.put(entry, timeout=0.1)
            except queue.Full:
                continue

    def work() -> None:
        try:
            with torch.no_grad():  # gradients are switched off by thread
                for value in inputs:
                    put((function(value), None))
                    if stopped.is_set():
                        return
        except BaseException as error:
            put((None, error))
        else:
            put(None)

    thread = threading.Thread(target=work, name="superb-lite-collate", daemon=True)
    thread.start()
    try:
        while (entry := ready.get()) is not None:
            made, error = entry
            if error is not None:
                raise error
            yield made  # type: ignore[misc]
    finally:
        stopped.set()
        thread.join(PATIENCE)
