"""`superb-lite analyze`: experiments on encoders, a file for each, which holds a function of the same name."""

from __future__ import annotations

from importlib import import_module

import typer

COMMANDS = (
    "context",
    "crosslingual",
    "embryology",
    "layers",
    "scaling",
    "shots",
    "similarity",
    "transfer",
)
"""One a line, in the order of `superb-lite analyze --help`."""

app = typer.Typer(help="Experiments on encoders.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def analyze() -> None:
    """A group, however many commands it has."""


WITH_OPTIONS_OF_PRETRAIN = frozenset({"scaling"})
"""They hand on what they do not know."""

for _name in COMMANDS:
    _settings = {"allow_extra_args": True, "ignore_unknown_options": True} if _name in WITH_OPTIONS_OF_PRETRAIN else {}
    app.command(_name, context_settings=_settings)(getattr(import_module(f"{__name__}.{_name}"), _name))
