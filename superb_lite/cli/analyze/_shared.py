"""What the analyses share on the command line. Light: every command and `--help` read this file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import check_out, check_root
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import workspace

Encoders = Annotated[
    list[str],
    typer.Argument(metavar="CKPT...", help="Encoders that differ in their pretraining seed alone; three or more."),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Where tables, pictures and report.html go; default: inside in the workspace."),
]
Formats = Annotated[str, typer.Option("--format", metavar="svg,pdf,png", help="Of the pictures, one or several.")]

INSIDE = "inside"
"""The directory of a workspace that analyses write to."""

FORMATS = ("svg", "pdf", "png")


def out_directory(out: Path | None) -> Path:
    """Where an analysis writes. Refuses a file, before anything is computed."""
    check_out(out)
    return out or workspace() / INSIDE


def formats_of(text: str) -> tuple[str, ...]:
    """The formats of pictures that --format names, svg always among them: the report shows it."""
    named = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in named:
        if part not in FORMATS:
            raise SuperbLiteError(f"--format '{one_line(part)}': pictures are written as svg, pdf or png")
    return tuple(dict.fromkeys(["svg", *named]))


def check_encoders(
    encoders: Sequence[str],
    *,
    tasks: Sequence[str] = (),
    device: str = "auto",
    trust_code: bool = False,
    root: Path | None = None,
) -> None:
    """Refuse what is wrong in the names of encoders, tasks and devices, before anything heavy is imported."""
    for name in encoders:
        if list(encoders).count(name) > 1:
            raise SuperbLiteError(f"'{one_line(name)}' is given twice: give encoders that differ in their seed")
    check_names(encoders=encoders, tasks=tasks or None, device=device, trust_code=trust_code)
    check_root(root)
