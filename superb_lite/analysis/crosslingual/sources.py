"""Where languages come from: a task set that says what it knows of them, or a person's word list and sentences."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.analysis.crosslingual.crossed import Kind
from superb_lite.analysis.crosslingual.occurrences import mark
from superb_lite.errors import SuperbLiteError, UnknownNameError, foreign_errors, one_line
from superb_lite.imports import resolve
from superb_lite.paths import read_utf8
from superb_lite.tasks.languages import Languages, Marked
from superb_lite.tasks.task import Task

LARGEST = 2**28
"""The largest word list or file of sentences in bytes."""


def registered(name: str | None = None) -> Languages:
    """The languages of a task set; None: of the only one that has any.

    Raises `SuperbLiteError` where there is none, or where several are to be chosen from.
    """
    known = {found.name: found.languages for found in plugins.tasksets().values() if found.languages is not None}
    if name is not None and name not in known:
        raise UnknownNameError("source of languages", name, known)
    if not known:
        raise SuperbLiteError("no task set says anything of several languages: give --words and --sentences")
    if name is None and len(known) > 1:
        raise SuperbLiteError(f"several task sets have several languages: choose with --source: {', '.join(known)}")
    target = known[name or next(iter(known))]
    assert target is not None
    with foreign_errors(f"the languages of '{name or next(iter(known))}' cannot be read"):
        found = resolve(target)
    if not isinstance(found, Languages):
        raise SuperbLiteError(f"'{target}' is a {type(found).__name__}, not Languages")
    return found


def from_files(words: Path, sentences: Mapping[str, Path]) -> Languages:
    """Languages of a word list, a table with tabs whose first row names a language for each column, and of files of
    sentences, one a line.

    A row holds words that translate each other; an empty cell is a word without a translation. A word may stand in
    several rows.

    Raises `SuperbLiteError`, naming file and row, for what cannot be read, and for a language without sentences.
    """
    header, *lines = [line.removesuffix("\r") for line in read_utf8(words, limit=LARGEST).split("\n")]
    names = tuple(cell.strip() for cell in header.split("\t"))
    if len(names) < 2:
        raise SuperbLiteError(
            f"'{words}', row 1: one column, '{one_line(header, 40)}': a word list has a column for each language, with "
            "tabs between them, and its first row names them"
        )
    if not all(names) or len(set(names)) < len(names):
        raise SuperbLiteError(f"'{words}', row 1: each column needs a name of its own: {one_line(header, 80)}")
    rows: list[dict[str, str]] = []
    for number, line in enumerate(lines, start=2):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        if len(cells) != len(names):
            raise SuperbLiteError(f"'{words}', row {number}: {len(cells)} column(s), but row 1 has {len(names)}")
        rows.append(dict(zip(names, cells, strict=True)))
    for language in sentences:
        if language not in names:
            raise UnknownNameError("language", language, names)
    if missing := [name for name in names if name not in sentences]:
        raise SuperbLiteError(f"--sentences {missing[0]}=FILE is missing: the words of '{words}' are looked for there")

    def dictionary(a: str, b: str) -> list[tuple[str, str]]:
        return list(dict.fromkeys((row[a], row[b]) for row in rows if row[a] and row[b]))

    @functools.cache
    def marked(language: str) -> tuple[Marked, ...]:
        path = sentences[language]
        lines = [line.strip() for line in read_utf8(path, limit=LARGEST).split("\n")]
        found = [line for line in lines if line]
        if len(found) < 2:
            raise SuperbLiteError(f"'{path}': {len(found)} sentence(s), one a line: at least 2 are needed")
        return mark(found, {row[language] for row in rows if row[language]})

    return Languages(names, dictionary, marked)


def chosen(languages: Languages, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The languages that are compared, in the order asked for; None: all. Raises `SuperbLiteError`."""
    names = tuple(dict.fromkeys(wanted)) if wanted else languages.names
    for name in names:
        if name not in languages.names:
            raise UnknownNameError("language", name, languages.names)
    if len(names) < 2:
        raise SuperbLiteError(f"--languages {names[0]}: at least two are compared")
    for a, b in itertools.combinations(names, 2):
        if not languages.dictionary(a, b):
            raise SuperbLiteError(f"no word of '{a}' has a translation in '{b}'")
    return names


def kinds_of(tasks: Mapping[str, Mapping[str, str]], names: Sequence[str]) -> list[Kind]:
    """The tasks of each kind in the languages that are compared.

    Raises `SuperbLiteError` for a name of no task, or of several, and where only one language has a task.
    """
    found = []
    for kind, by_language in tasks.items():
        own = {name: _only(by_language[name]) for name in names if name in by_language}
        if len(own) < 2:
            lacking = next(name for name in names if name not in own)
            raise SuperbLiteError(
                f"'{kind}' has no task in '{lacking}': a transfer needs one in two languages at least: "
                f"--task {kind}:{lacking}=TASK"
            )
        found.append(Kind(kind, own))
    return found


def _only(name: str) -> Task:
    found = plugins.tasks(name)
    if len(found) > 1:
        raise SuperbLiteError(f"--task '{one_line(name, 80)}' names {len(found)} tasks: name one")
    return found[0]
