"""What the analyses share on the command line. Light: every command and `--help` read this file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import check_root
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.evaluation.request import check_numbers

Encoders = Annotated[
    list[str],
    typer.Argument(metavar="CKPT...", help="Encoders that differ in their pretraining seed alone; three or more."),
]


def check_encoders(
    encoders: Sequence[str],
    *,
    tasks: Sequence[str] = (),
    device: str = "auto",
    trust_code: bool = False,
    root: Path | None = None,
    seeds: int = 1,
    limit: int | None = None,
    batch_size: int,
) -> None:
    """Refuse what is wrong in the names of encoders, tasks and devices, and in numbers, before anything heavy is
    imported."""
    check_numbers(seeds=seeds, limit=limit, batch_size=batch_size)
    for name in encoders:
        if list(encoders).count(name) > 1:
            raise SuperbLiteError(f"'{one_line(name)}' is given twice: give encoders that differ in their seed")
    check_names(encoders=encoders, tasks=tasks or None, device=device, trust_code=trust_code)
    check_root(root)


def command_line(context: typer.Context) -> str:
    """What was typed, without what only says how it is shown: arguments, options, and what is handed on."""
    arguments, options = [], []
    for parameter in context.command.params:
        name, value = parameter.name or "", context.params.get(parameter.name or "")
        source = context.get_parameter_source(name)
        if value is None or value == [] or source is None or source.name != "COMMANDLINE" or name in _SHOWING:
            continue
        values = [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
        if parameter.param_type_name == "argument":
            arguments += values
        elif value is True:
            options.append(parameter.opts[0])
        elif value is False:
            options += parameter.secondary_opts[:1]
        else:
            options += [part for each in values for part in (parameter.opts[0], each)]
    return shlex.join(["superb-lite", "analyze", context.info_name or "", *arguments, *options, *context.args])


_SHOWING = frozenset({"as_json", "out", "formats"})
