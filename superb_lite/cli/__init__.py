"""The command line. Importing this module is cheap; each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys

_INTERRUPTED = 130
"""The exit code of a command that was stopped with Ctrl-C, by the custom of shells (128 + SIGINT)."""


def main() -> None:
    """Entry point of `superb-lite`: a known error is one line on standard error and exit code 2."""
    # Threads that spin for long while they wait make a run many times slower when anything else runs on the machine,
    # and threads that never spin cost half the speed on a quiet one. OpenMP reads this when torch is imported.
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    import typer

    from superb_lite.cli.app import app
    from superb_lite.errors import SuperbLiteError, note, one_line

    try:
        # Typer's standalone mode would print a usage text before an error, and nothing at all about an interrupt.
        if app(standalone_mode=False, prog_name="superb-lite") == _INTERRUPTED:
            raise KeyboardInterrupt
    except typer.TyperException as error:
        message = error.format_message()
        # A command without any argument raises its own help text, which has many lines.
        print(message if "\n" in message else one_line(f"superb-lite: {message}"), file=sys.stderr)
        sys.exit(2)
    except SuperbLiteError as error:
        print(f"superb-lite: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("superb-lite: interrupted; what was finished is kept, the same command goes on", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except OSError as error:
        note(f"{error.strerror or error}: {error.filename or 'no file named'}")
        sys.exit(2)
