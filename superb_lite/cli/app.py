"""The commands of `superb-lite`: entry points of the group `superb_lite.commands`, each imported when it is needed.

The name of an entry point is the name of the command. Its value is a function with Typer's annotations, or a
`typer.Typer`: with one command and no callback it is that command, otherwise a group of commands. The commands of
superb_lite itself are registered like those of any other package.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, note, reason


class Commands(TyperGroup):
    """All registered commands, by the names of their entry points."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands that can be imported; what cannot is one line on standard error."""
        names = []
        for name in plugins.points(plugins.COMMANDS):
            try:
                self.get_command(ctx, name)
            except SuperbLiteError as error:
                note(f"skipped command: {error}")
            else:
                names.append(name)
        return names

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """One command. Raises `SuperbLiteError` where its package cannot be imported."""
        if cmd_name not in self.commands and cmd_name in plugins.points(plugins.COMMANDS):
            self.commands[cmd_name] = _command(cmd_name)
        return self.commands.get(cmd_name)  # type: ignore[return-value]  # only _command writes into it

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name, and what is left of them."""
        if args[0] not in plugins.points(plugins.COMMANDS):
            self.list_commands(ctx)  # the names that are offered instead are those of the commands loaded so far
        return super().resolve_command(ctx, args)


def _command(name: str) -> TyperCommand | TyperGroup:
    value = plugins.load(plugins.COMMANDS, name, kind="command")
    try:
        if not isinstance(value, typer.Typer):
            function, value = value, typer.Typer(add_completion=False, rich_markup_mode=None)
            value.command()(function)
        value._add_completion = False  # the options that install completion belong to the whole program
        command = typer.main.get_command(value)
    except Exception as error:  # whatever Typer raises about a function that cannot be a command
        raise SuperbLiteError(f"command plugin '{name}' is not a command: {reason(error)}") from error
    command.name = name
    return command  # type: ignore[return-value]  # get_command makes one of the two


app = typer.Typer(
    name="superb-lite",
    cls=Commands,
    help="Pretrain, evaluate and rank self-supervised encoders of text, speech, images and sequences, offline, with "
    "error bars. Start with: superb-lite run",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"superb-lite {version('superb-lite')}")
        raise typer.Exit


@app.callback()
def superb_lite(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What stands before any command."""
