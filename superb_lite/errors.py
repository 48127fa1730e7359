"""Errors that a person can act on: one line, naming the thing that is wrong and what would be right."""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Iterable, Iterator


class SuperbLiteError(Exception):
    """Something the user can mend. The command line prints its one line and exits with code 2."""


class UnknownNameError(SuperbLiteError):
    """A name that is not registered; the message offers the nearest one that is."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known) or 'none'}"
        super().__init__(f"unknown {kind} '{name}': {hint}")


class MissingPackageError(SuperbLiteError):
    """An optional package is not installed; the message holds the line that installs it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the package '{package}': pip install 'superb-lite[{extra}]'")


class BadItemError(SuperbLiteError):
    """A raw input that no encoder of the modality could take; the message names the item."""


@contextlib.contextmanager
def blaming(who: str) -> Iterator[None]:
    """Turn whatever foreign code raises into one line that begins with `who`.

    $SUPERB_LITE_DEBUG keeps the error as it is, with its traceback.
    """
    try:
        yield
    except SuperbLiteError:
        raise
    except Exception as error:
        if os.environ.get("SUPERB_LITE_DEBUG"):
            raise
        reason = " ".join(str(error).split())
        raise SuperbLiteError(
            f"{who}: {type(error).__name__}: {reason:.300} (SUPERB_LITE_DEBUG=1 shows where)"
        ) from error
