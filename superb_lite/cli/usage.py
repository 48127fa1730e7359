"""What Typer says about arguments, in the words of this program: one line, with the value and what would be right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from superb_lite import plugins
from superb_lite.errors import near_names

_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)

if TYPE_CHECKING:
    from pydantic import ValidationError


def usage_message(error: Any) -> str:
    """The message of an exception of Typer."""
    from pydantic import ValidationError  # late: slow to import, and needed for an error only

    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return f"{_where(error)}: {_problem(cause, error.param)}"
    message = " ".join(error.format_message().split())
    extra = _EXTRA.fullmatch(message)
    if extra is None:
        return message
    takes_tasks = any("--tasks" in parameter.opts for parameter in error.ctx.command.params)
    word = extra[1].split()[0]
    if takes_tasks and plugins.is_task(word):
        return f"'{word}' is a task: write --tasks {word}"
    return message.replace("argument(s)", "argument" if " " not in extra[1] else "arguments")


def _where(error: Any) -> str:
    """ "Invalid value for '--seeds'", without what is wrong with it."""
    message: str = error.format_message()
    return message.removesuffix(error.message).rstrip(": ")


def _problem(cause: ValidationError, parameter: Any) -> str:
    found = cause.errors(include_url=False)[0]
    value = found["input"]
    if found["type"].startswith("int_"):
        return f"'{value}' is not a whole number"
    if found["type"].startswith("float_"):
        return f"'{value}' is not a number"
    if parameter is not None and (choices := parameter.type_descriptor.choices):
        known = [str(getattr(choice, "value", choice)) for choice in choices]
        near = near_names(str(value), known, count=1)
        meant = f"; did you mean '{near[0]}'?" if near else ""
        return f"'{value}' is not one of {', '.join(known)}{meant}"
    return found["msg"].removeprefix("Value error, ")
