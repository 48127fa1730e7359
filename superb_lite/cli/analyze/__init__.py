"""`superb-lite analyze`: experiments on encoders, a file for each, which holds a function of the same name."""

from __future__ import annotations

from importlib import import_module

import typer

COMMANDS = (
    "context",
    "crosslingual",
    "embryology",
    "layers",
    "shots",
    "similarity",
    "transfer",
)
"""One a line, in the order of `superb-lite analyze --help`."""

app = typer.Typer(help="Experiments on encoders.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def analyze() -> None:
    """A group, however many commands it has."""


for _name in COMMANDS:
    app.command(_name)(getattr(import_module(f"{__name__}.{_name}"), _name))
