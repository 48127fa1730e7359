"""What is checked in the arguments of `pretrain` before the libraries are imported that read them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.errors import UnknownNameError
from superb_lite.modality import EncoderSpec, ObjectiveSpec
from superb_lite.paths import regular_size

ENCODER = "--model.encoder"


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
