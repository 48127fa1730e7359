"""The state of an unfinished run: one file, which `pretrain --resume` continues from."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout
from lightning.fabric.plugins.io import TorchCheckpointIO
from lightning.pytorch.callbacks import Callback

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import follow_umask, make_dir

LOCK = ".lock"
RECORD = "superb_lite"


@dataclass(frozen=True)
class RunOptions:
    """What a run was started with, which a resumed one must be given again."""

    objective: str
    """The name of the objective."""
    encoder: str
    """The name of the architecture."""
    corpus_sha256: str
    """The content of the corpus."""
    options: Mapping[str, str | int | float | bool | None]
    """The options that decide a number, by their full names."""


@dataclass(frozen=True)
class TrainingState:
    """What is known of an interrupted run before it is continued."""

    step: int
    """Optimiser steps that were taken."""
    options: RunOptions
    """What the run was started with."""
    seconds: float
    """How long it has trained."""
    loss: float | None
    """Of its last batch."""


class RunRecord(Callback):
    """Adds to every state that Lightning saves what else is needed to go on: options, time, and the last loss.

    Args:
        earlier: the state that this run continues from.
    """

    options: RunOptions

    def __init__(self, earlier: TrainingState | None) -> None:
        self._before = earlier.seconds if earlier is not None else 0.0
        self._loss = earlier.loss if earlier is not None else None
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Time in training, that before an interruption included."""
        return self._before + time.perf_counter() - self._started

    def loss(self, trainer: Any) -> float | None:
        """The loss of the last batch; None where no step was taken."""
        logged = trainer.callback_metrics.get("loss")
        return self._loss if logged is None else float(logged)

    def on_fit_start(self, trainer: Any, module: Any) -> None:
        self._started = time.perf_counter()

    def on_save_checkpoint(self, trainer: Any, module: Any, checkpoint: dict[str, Any]) -> None:
        checkpoint[RECORD] = {
            **dataclasses.asdict(self.options),
            "seconds": self.seconds,
            "loss": self.loss(trainer),
        }


class StateIO(TorchCheckpointIO):
    """Writes a state whole or not at all, with the mode that the umask leaves."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        path = Path(path)
        temporary = _temporary(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            torch.save(checkpoint, temporary)
            follow_umask(temporary)
            os.replace(temporary, path)
        except (OSError, RuntimeError) as error:
            temporary.unlink(missing_ok=True)
            raise SuperbLiteError(f"cannot write '{path}': {error}") from None


def read_state(path: Path) -> TrainingState:
    """What a state says of its run.

    Raises `SuperbLiteError` for a file that is damaged, or that is not a state of `pretrain`.
    """
    remedy = "it cannot be resumed; remove it to start over"
    if not path.is_file():
        raise SuperbLiteError(f"'{path}' is not a regular file: {remedy}")
    try:
        with zipfile.ZipFile(path) as archive:  # torch writes checksums, but does not read them
            if (damaged := archive.testzip()) is not None:
                raise zipfile.BadZipFile(damaged)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever zip, pickle and torch raise for a damaged file
        raise SuperbLiteError(f"'{path}' is damaged ({type(error).__name__}): {remedy}") from None
    try:
        record = state[RECORD]
        return TrainingState(
            step=int(state["global_step"]),
            options=RunOptions(
                str(record["objective"]), str(record["encoder"]), str(record["corpus_sha256"]), dict(record["options"])
            ),
            seconds=float(record["seconds"]),
            loss=record["loss"],
        )
    except (KeyError, TypeError, ValueError):
        raise SuperbLiteError(f"'{path}' is not a state that `superb-lite pretrain` wrote: {remedy}") from None


def check_options(before: RunOptions, now: RunOptions, *, out: Path) -> None:
    """Raise `SuperbLiteError`, naming what differs, where a run would be continued with other options or data."""
    run = f"the interrupted run in '{out}'"
    if before.objective != now.objective:
        raise SuperbLiteError(f"{run} is of {before.objective}, not of {now.objective}: choose another --out")
    if before.encoder != now.encoder:
        raise SuperbLiteError(f"{run} trains {before.encoder}, not {now.encoder}: choose another --out")
    for key in sorted({*before.options, *now.options}):
        if key not in before.options:
            raise SuperbLiteError(
                f"--{key} is {now.options[key]}, but {run} began without it: leave it out; where an older "
                "version began the run, choose another --out"
            )
        if (old := before.options[key]) != (new := now.options.get(key)):
            raise SuperbLiteError(
                f"--{key} is {new}, but {run} began with {old}: give the same options, or choose another --out"
            )
    if before.corpus_sha256 != now.corpus_sha256:
        raise SuperbLiteError(f"the corpus has changed since {run} began: choose another --out")


def remove_state(path: Path) -> None:
    """Remove a state, and what a killed process may have left of the next one."""
    path.unlink(missing_ok=True)
    _temporary(path).unlink(missing_ok=True)


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Create a directory, if need be, and keep other processes from training into it.

    A directory that was created here and stays empty is removed again. Raises `SuperbLiteError` where another process
    holds the directory.
    """
    created = [path for path in (directory, *directory.parents) if not path.exists()]
    make_dir(directory)
    try:
        with FileLock(directory / LOCK, timeout=0):
            try:
                yield
            finally:
                (directory / LOCK).unlink(missing_ok=True)
    except Timeout:
        raise SuperbLiteError(f"another process is pretraining into '{directory}': choose another --out") from None
    finally:
        with contextlib.suppress(OSError):  # not empty
            for path in created:
                path.rmdir()


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
