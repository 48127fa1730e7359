"""What is checked in the arguments of `pretrain` before the libraries are imported that read them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.modality import EncoderSpec, ObjectiveSpec
from superb_lite.paths import CONFIG, regular_size
from superb_lite.pretraining.streams.reference import is_stream

ENCODER = "--model.encoder"

TRAINING_STATE = "training.ckpt"
"""Lightning's state of an unfinished run: weights, optimiser, step; and a `RunRecord`. Read back with `weights_only`,
so no code runs."""


def check_run(out: Path, *, data: Path | None, resume: bool, arguments: Sequence[str] = ()) -> None:
    """Raise `SuperbLiteError` for data that do not exist, an `out` that is taken, no state to resume, and no steps."""
    if data is not None and not is_stream(data) and not data.exists():
        raise SuperbLiteError(f"--data '{data}' does not exist")
    for option, value in zip(arguments, [*arguments[1:], ""], strict=False):
        if option == "--trainer.max_steps=0" or (option == "--trainer.max_steps" and value == "0"):
            raise SuperbLiteError("nothing would be trained: --trainer.max_steps is 0")
    state = out / TRAINING_STATE
    if (out / CONFIG).exists():
        raise SuperbLiteError(f"'{out}' already holds a finished checkpoint: choose another --out, or remove it")
    if resume and not state.exists():
        raise SuperbLiteError(f"nothing to resume: '{out}' holds no {TRAINING_STATE}")
    if state.exists() and not resume:
        raise SuperbLiteError(f"'{out}' holds an interrupted run: go on with --resume, or choose another --out")


def named_encoder(spec: ObjectiveSpec, arguments: Sequence[str]) -> tuple[EncoderSpec, list[str]]:
    """The architecture that `--model.encoder NAME` names, else the objective's own, and the arguments without it.

    A file or a mapping of options (`--model.encoder {layers: 4}`) is left where it is.

    Raises `SuperbLiteError` for an architecture that is unknown or of another modality, and for a value that is a pipe,
    a socket or a device: any value may be a file of options (`--config FILE`), and reading those might never end.
    """
    known = {name: e for name, e in plugins.architectures().items() if e.modality == spec.modality}
    chosen, rest = known[spec.encoder], []
    remaining = iter(arguments)
    for argument in remaining:
        option, equals, value = argument.partition("=")
        _check_file(value if equals else argument.removeprefix("-c"))
        if option != ENCODER:
            rest.append(argument)
            continue
        value = value if equals else next(remaining, "")
        _check_file(value)
        if value.startswith("{") or os.path.isfile(value):
            rest.append(f"{ENCODER}={value}")
            continue
        if value not in known:
            raise UnknownNameError(f"{spec.modality} architecture", value, known)
        chosen = known[value]
    return chosen, rest


def _check_file(value: str) -> None:
    if os.path.exists(value) and not os.path.isdir(value):
        regular_size(Path(value))
