"""What the options of `superb-lite analyze crosslingual` say, checked before anything heavy is imported."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line

if TYPE_CHECKING:
    from superb_lite.tasks.languages import Languages

PARTS = ("transfer", "alignment", "vector")


def languages_of_options(source: str | None, words: Path | None, sentences: list[str] | None) -> Languages:
    """The languages of a task set, or of somebody's own files."""
    from superb_lite.analysis.crosslingual.sources import from_files, registered

    if words is None:
        if sentences:
            raise SuperbLiteError("--sentences goes with --words FILE.tsv, the words that are looked for in them")
        return registered(source)
    if source is not None:
        raise SuperbLiteError("--source and --words both say what the languages are: give one of them")
    return from_files(words, {name: Path(path) for name, path in sides("--sentences", sentences, "LANG=FILE")})


def sides(option: str, given: list[str] | None, shape: str) -> list[tuple[str, str]]:
    """Both sides of each "NAME=VALUE". Raises `SuperbLiteError`, with the shape that it should have."""
    found: list[tuple[str, str]] = []
    for text in given or ():
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise SuperbLiteError(f"{option} '{one_line(text, 80)}': write {option} {shape}")
        if name.strip() in [other for other, _ in found] and option not in ("--monolingual", "--amount"):
            raise SuperbLiteError(f"{option} is given twice for '{one_line(name, 80)}'")
        found.append((name.strip(), value.strip()))
    return found


def tasks_of_options(given: list[str] | None, known: Languages) -> dict[str, dict[str, str]]:
    """By kind and language, the names of tasks: those of the source, or those that are given."""
    if not given:
        return {kind: dict(tasks) for kind, tasks in known.tasks.items()}
    found: dict[str, dict[str, str]] = {}
    for name, task in sides("--task", given, "KIND:LANG=TASK"):
        kind, colon, language = name.partition(":")
        if not (kind and colon and language):
            raise SuperbLiteError(f"--task '{one_line(name, 80)}={one_line(task, 80)}': write --task KIND:LANG=TASK")
        listed("--task", language, known.names)
        found.setdefault(kind, {})[language] = task
    return found


def listed(option: str, text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The names between commas. Raises `SuperbLiteError` for none, and for one that is not known."""
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for part in found:
        if part not in known:
            raise UnknownNameError("part" if option == "--parts" else "language", part, known)
    if not found:
        raise SuperbLiteError(f"{option} is empty: some of {', '.join(known)}")
    return found


def number_of(option: str, text: str) -> float:
    """A number; of --layers a whole one. Raises `SuperbLiteError`."""
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if option == "--amount" and not 0 < found < float("inf"):
        raise SuperbLiteError(f"{option} '{one_line(text, 40)}': a number above 0")
    if not math.isfinite(found) or (option == "--layers" and (found != int(found) or found < 0)):
        raise SuperbLiteError(f"{option} '{one_line(text, 40)}': numbers with commas between them")
    return found
