"""Errors that a person can act on: one line, naming the thing that is wrong and what would be right."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator

MESSAGE_LIMIT = 300
"""The longest message in characters."""

NAME_LIMIT = 80
"""The longest name in a message in characters."""

# C0 and C1 controls with DEL, marks and overrides of the writing direction, line and paragraph separators, and halves
# of surrogate pairs, which stand for the bytes of a file name that is not UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: object, limit: int = MESSAGE_LIMIT) -> str:
    """A text that a stranger may have chosen, fit for a terminal and a log: one line, of at most `limit` characters.

    Control characters, line ends, overrides of the writing direction and lone surrogates are escaped as in Python's
    string literals. What is too long loses its middle to an ellipsis: the end of a message says how to mend it.
    """
    text = str(text)
    line = printable(text[: limit + 1])
    if len(text) <= limit and len(line) <= limit:
        return line
    end = limit // 3
    return f"{line[: limit - 1 - end]}…{printable(text[-end:])[-end:] if end else ''}"


def printable(text: str) -> str:
    """A text of any length with the characters escaped that `one_line` escapes."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def note(text: str) -> None:
    """Tell the person something that is not an error: one line on standard error."""
    print(f"superb-lite: {one_line(text)}", file=sys.stderr)


class SuperbLiteError(Exception):
    """Something the user can mend. The command line prints its one line (see `one_line`) and exits with code 2."""

    def __str__(self) -> str:
        return one_line(super().__str__())


class UnknownNameError(SuperbLiteError):
    """A name that is not registered; the message offers the three nearest that are, or says how to list them.

    Args:
        kind: what the name is for, in words ("task").
        name: as it was given.
        known: the names that are registered.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        shown = [f"'{one_line(near, NAME_LIMIT)}'" for near in near_names(name, known)]
        if shown:
            hint = f"did you mean {' or '.join([', '.join(shown[:-1]), shown[-1]] if shown[1:] else shown)}?"
        elif kind in _LISTED and len(known) > _FEW:
            hint = f"superb-lite list {_LISTED[kind]} shows all {len(known)}"
        else:
            rest = f" and {len(known) - _FEW} more" if len(known) > _FEW else ""
            hint = f"known: {', '.join(one_line(k, NAME_LIMIT // 4) for k in known[:_FEW]) or 'none'}{rest}"
        super().__init__(f"unknown {kind} '{one_line(name, NAME_LIMIT)}': {hint}")


_FEW = 6
"""So many names are listed where none is near."""

_LISTED = {
    "encoder": "encoders",
    "modality": "modalities",
    "objective": "objectives",
    "task": "tasks",
    "task, file or folder": "tasks",
    "task set": "tasksets",
}
"""What `superb-lite list` calls the names of a kind."""


def near_names(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known names that a mistyped one may mean, the nearest first."""
    if len(name) > NAME_LIMIT:  # not a typing error, and comparing takes time that grows with its square
        return []
    known = list(known)
    near = difflib.get_close_matches(name, known, n=count, cutoff=0.6)
    if "/" in name or not any("/" in one for one in known):
        return near
    # The part after the slash may be all that was given: "digits-5" of "vision-lite/digits-5".
    last = {one: one.rpartition("/")[2] for one in known}
    ends = difflib.get_close_matches(name, sorted(set(last.values())), n=count, cutoff=0.6)
    exact = [one for one in known if last[one] == name]
    return list(dict.fromkeys([*exact, *near, *(one for end in ends for one in known if last[one] == end)]))[:count]


class MissingPackageError(SuperbLiteError):
    """An optional package is not installed; the message holds the line that installs it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the package '{package}': pip install 'superb-lite[{extra}]'")


class BadItemError(SuperbLiteError):
    """A raw input that no encoder of the modality could take; the message names the item."""


@contextlib.contextmanager
def foreign_errors(what: str) -> Iterator[None]:
    """Turn whatever foreign code raises into one line that begins with `what`: what went wrong, in words.

    $SUPERB_LITE_DEBUG keeps the error as it is, with its traceback.
    """
    try:
        yield
    except SuperbLiteError:
        raise
    except (
        Exception,
        SystemExit,
    ) as error:  # a package that exits when it is imported would end the command in silence
        if os.environ.get("SUPERB_LITE_DEBUG"):
            raise
        raise SuperbLiteError(f"{what}: {reason(error)} (SUPERB_LITE_DEBUG=1 shows where)") from error


def counted(number: int, noun: str) -> str:
    """ "1 seed", "2 seeds": a number with its noun, for messages."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def reason(error: BaseException, limit: int = 200) -> str:
    """The class of an error and its message, white space run together, in one line."""
    words = " ".join(str(error)[: 10 * limit].split())
    return one_line(f"{type(error).__name__}: {words}" if words else type(error).__name__, limit)
