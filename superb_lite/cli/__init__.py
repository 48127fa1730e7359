"""The command line. Importing this module is cheap; each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of `superb-lite`: a known error is one line on standard error and exit code 2."""
    # numpy, torch and their libraries read these when they are first imported.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import typer

    from superb_lite.cli.app import app
    from superb_lite.errors import SuperbLiteError

    try:
        # Typer's own mode prints a usage text before an error, and says nothing of an interrupt.
        if app(standalone_mode=False) == _INTERRUPTED:
            raise KeyboardInterrupt
    except typer.TyperException as error:
        _exit_with_usage_error(error)
    except SuperbLiteError as error:
        print(f"superb-lite: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("superb-lite: interrupted; what was finished is kept, the same command goes on", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except OSError as error:
        print(f"superb-lite: {error.strerror or error}: {error.filename or 'no file named'}", file=sys.stderr)
        sys.exit(2)
