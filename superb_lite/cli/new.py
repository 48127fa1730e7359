"""`superb-lite new`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from superb_lite.errors import counted, printable
from superb_lite.templates.names import Kind, check_name


def new(
    kind: Annotated[Kind, typer.Argument(help="What the package adds.")],
    name: Annotated[
        str, typer.Argument(help="Lower-case words with hyphens, such as my-task; also what is registered.")
    ],
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A new or empty folder; default: ./NAME.")
    ] = None,
) -> None:
    """Write a package of your own, small and complete, that adds a task, an encoder, an objective or a modality.

    It holds an example with real content that works, its tests (the conformance suite) and a README. Nothing is
    overwritten.

    Example: superb-lite new task my-task
    """
    target = directory if directory is not None else Path(name)
    check_name(kind, name, target)

    from superb_lite.templates.project import render, write_project

    files = render(kind, name)
    write_project(files, target)
    shown = quote(str(target))
    print(printable(f"{target}: {kind} {name}, {counted(len(files), 'file')}; README.md says what is where. Next:"))
    install = quote(f"{target}[dev]")  # with pytest
    for command in (f"pip install -e {install}", f"python -m pytest {shown}", _FIRST[kind].format(name=name)):
        print(printable(f"  {command}"))


_FIRST = {
    Kind.task: "superb-lite evaluate raw:bigrams --tasks {name}",
    Kind.taskset: "superb-lite evaluate raw:bigrams --tasks {name}",
    Kind.encoder: "superb-lite evaluate random:{name} --tasks clue-lite/pos",
    Kind.objective: "superb-lite pretrain {name} --budget quick --out first-{name}",
    Kind.modality: "superb-lite run --modality {name} --tasks {name}",
}
"""The first thing to do with a package that is installed."""
