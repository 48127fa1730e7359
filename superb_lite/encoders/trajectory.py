"""Trajectory: one encoder at several steps of its pretraining, as `pretrain --checkpoints` keeps it.

RUN/steps/STEP is an ordinary checkpoint directory. Wherever an encoder is named, RUN@STEP is the one of a step, and
commands that take several encoders take RUN@all, too. Importing this file imports no torch.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, counted
from superb_lite.paths import CONFIG, workspace

if TYPE_CHECKING:
    from superb_lite.encoders.checkpoint_config import CheckpointConfig
    from superb_lite.encoders.encoder import Encoder

STEPS = "steps"
"""The folder of a run in which the encoder at each step lies."""

ALL = "all"
"""What stands for a step where every one is meant."""

LOG = "log"

_STEP = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)

_FEW = 5
"""So many steps are named in a message."""


@dataclass(frozen=True)
class Series:
    """The steps at which the encoder is kept: 0, those of a rule, and the last.

    every: the steps that this divides; None: 1, 2, 4, ..., doubling.
    """

    every: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `--checkpoints` is given. Raises `SuperbLiteError` for anything but "log" and a whole number from 1."""
        if text == LOG:
            return cls(None)
        if not _STEP.fullmatch(text) or text == "0":
            raise SuperbLiteError(f"--checkpoints '{text}': give log (steps 0, 1, 2, 4, ...) or every so many steps")
        return cls(int(text))

    def __str__(self) -> str:
        return LOG if self.every is None else str(self.every)

    def __contains__(self, step: int) -> bool:
        return step & (step - 1) == 0 if self.every is None else step % self.every == 0

    def until(self, last: int) -> tuple[int, ...]:
        """All steps of a run of `last` steps at which the encoder is kept, in order."""
        if self.every is not None:
            found = [*range(0, last + 1, self.every)]
        else:
            found = [0, *(1 << power for power in range(last.bit_length()))]
        return tuple(sorted({*found, last}))


class Trajectory:
    """The encoders of one pretraining run, in the order of their steps.

    directory: of the run, finished or not.

    Raises `SuperbLiteError` for a directory without such encoders, for encoders of different shapes or runs, and where
    the run kept an encoder at a step that is no longer there.
    """

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory).expanduser()
        self.steps: tuple[int, ...] = kept_steps(self.directory)
        configs = {step: _config(self.directory / STEPS / str(step), step) for step in self.steps}
        _check_one_run(self.directory, configs)
        _check_holes(self.directory, configs)

    def path(self, step: int) -> Path:
        """The checkpoint directory of a step. Raises `SuperbLiteError` for a step that is not there."""
        return step_directory(self.directory, str(step))

    def reference(self, step: int) -> str:
        """The reference by which commands name the encoder of a step."""
        self.path(step)
        return f"{self.directory}@{step}"

    def load(self, step: int) -> Encoder:
        """The encoder of a step, in evaluation mode."""
        from superb_lite.encoders.checkpoint import load_checkpoint  # late: torch is slow to import

        return load_checkpoint(self.path(step)).requires_grad_(False).eval()


def kept_steps(directory: Path) -> tuple[int, ...]:
    """The steps whose encoders lie in a directory, in order. Raises `SuperbLiteError` where there are none."""
    if not os.path.isdir(directory):
        raise SuperbLiteError(f"no such directory: '{directory}'")
    try:
        names = [path.name for path in (directory / STEPS).iterdir() if (path / CONFIG).is_file()]
    except OSError:
        names = []
    steps = sorted(int(name) for name in names if _STEP.fullmatch(name))
    if not steps:
        raise SuperbLiteError(
            f"'{directory}' has no encoders of its pretraining steps: pretrain with --checkpoints log"
        )
    return tuple(steps)


def step_directory(directory: Path, step: str) -> Path:
    """Where the encoder of a step lies. Raises `SuperbLiteError` for what is no step, or is not there."""
    steps = kept_steps(directory)
    if step == ALL:
        raise SuperbLiteError(
            f"'{directory}@{ALL}' is {counted(len(steps), 'encoder')}, and one is wanted: name a step, such as "
            f"'{directory}@{steps[-1]}'"
        )
    if not _STEP.fullmatch(step):
        raise SuperbLiteError(f"'{directory}@{step}': after @ stands a step, such as '{directory}@{steps[-1]}'")
    if int(step) not in steps:
        raise SuperbLiteError(f"'{directory}' has no encoder of step {step}: it has those of {_few(steps)}")
    return directory / STEPS / step


def split_step(reference: str) -> tuple[str, str] | None:
    """The run and the step of RUN@STEP; None for what has no @, and for a path that is there as it is written."""
    run, at, step = reference.rpartition("@")
    if not at or not run or "/" in step or os.path.lexists(os.path.expanduser(reference)):
        return None
    return run, step


def run_directory(run: str) -> Path:
    """Where a run lies: of the name of an objective in the workspace, as with every other encoder that is named."""
    return workspace() / "checkpoints" / run if run in plugins.objectives() else Path(run).expanduser()


def expanded(references: Sequence[str]) -> list[str]:
    """The references with every RUN@all replaced by those of all its steps.

    Raises `SuperbLiteError` where RUN is no trajectory.
    """
    found = []
    for reference in references:
        parts = split_step(reference)
        if parts is None or parts[1] != ALL:
            found.append(reference)
        else:
            found += [f"{parts[0]}@{step}" for step in Trajectory(run_directory(parts[0])).steps]
    return found


def _config(directory: Path, step: int) -> CheckpointConfig:
    from superb_lite.encoders.checkpoint_config import read_config  # late: pydantic is slow to import

    config = read_config(directory)
    if config.pretraining.get("steps") != step:
        raise SuperbLiteError(
            f"'{directory}' is not of step {step}: its {CONFIG} says step {config.pretraining.get('steps')}"
        )
    return config


_SAME = ("objective", "seed", "corpus_sha256", "checkpoints")
"""What all encoders of a run say of their pretraining."""


def _check_one_run(directory: Path, configs: dict[int, CheckpointConfig]) -> None:
    first, *others = configs.items()
    for step, config in others:
        differing = [name for name in ("encoder", "config") if getattr(config, name) != getattr(first[1], name)]
        differing += [name for name in _SAME if config.pretraining.get(name) != first[1].pretraining.get(name)]
        if differing:
            raise SuperbLiteError(
                f"the encoders of steps {first[0]} and {step} in '{directory}' are not of one run: they differ in "
                f"their {differing[0]}"
            )


def _check_holes(directory: Path, configs: dict[int, CheckpointConfig]) -> None:
    """What was put together elsewhere says of no series, so that nothing can be missing from it."""
    last = max(configs)
    rule = configs[last].pretraining.get("checkpoints")
    if not isinstance(rule, str):
        return
    if os.path.isfile(directory / CONFIG):
        last = _finished(directory, last)
    missing = [step for step in Series.parse(rule).until(last) if step not in configs]
    if missing:
        raise SuperbLiteError(
            f"'{directory}' lacks the encoders of steps {_few(missing)}: pretrain it again with --checkpoints {rule}"
        )


def _finished(directory: Path, last: int) -> int:
    from superb_lite.encoders.checkpoint_config import read_config

    steps = read_config(directory).pretraining.get("steps")
    return steps if isinstance(steps, int) and steps > last else last


def _few(steps: Sequence[int]) -> str:
    shown = [str(step) for step in steps[:_FEW]]
    if len(steps) > _FEW:
        shown += ["...", str(steps[-1])]
    return ", ".join(shown)
