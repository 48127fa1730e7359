"""The command line. Importing this module is cheap; each command imports what it needs when it runs."""

from __future__ import annotations

import io
import os
import sys

_INTERRUPTED = 130
"""The exit code of a command that was stopped with Ctrl-C, by the custom of shells (128 + SIGINT)."""

_NO_READER = 1
"""The exit code of a command whose output nobody reads any more, by the custom of Python programs."""


def main() -> None:
    """Entry point of `superb-lite`: a known error is one line on standard error and exit code 2."""
    # Threads that spin for long while they wait make a run many times slower when anything else runs on the machine,
    # and threads that never spin cost half the speed on a quiet one. OpenMP reads this when torch is imported.
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    _print_anything()
    import typer

    from superb_lite.cli.app import app
    from superb_lite.cli.usage import usage_message
    from superb_lite.errors import SuperbLiteError, note, one_line

    try:
        # Typer's standalone mode would print a usage text before an error, and nothing at all about an interrupt.
        if app(standalone_mode=False, prog_name="superb-lite") == _INTERRUPTED:
            raise KeyboardInterrupt
        print(end="", flush=True)  # or a reader that has gone would be found when Python shuts down, with a traceback
    except typer.TyperException as error:
        message = usage_message(error)
        # A command without any argument raises its own help text, which has many lines.
        is_help = type(error).__name__ == "NoArgsIsHelpError"  # a class that Typer keeps to itself
        print(error.format_message() if is_help else f"superb-lite: {one_line(message)}", file=sys.stderr)
        sys.exit(2)
    except SuperbLiteError as error:
        print(f"superb-lite: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("superb-lite: interrupted; what was finished is kept, the same command goes on", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:  # as in `superb-lite list tasks | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes nowhere
        sys.exit(_NO_READER)
    except OSError as error:
        name = "no file named" if error.filename is None else os.fsdecode(error.filename)
        note(f"{error.strerror or error}: {name}")
        sys.exit(2)


def _print_anything() -> None:
    """Let no character end a command: one that the terminal's encoding lacks, as under LC_ALL=C, is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
