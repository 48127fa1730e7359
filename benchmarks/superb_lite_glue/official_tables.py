"""Rows of official releases: tables with tabs between their columns, and files with a JSON object on each line.

Quotation marks in a table are ordinary characters and nothing is escaped, as the releases have it. What cannot be used
is never dropped in silence: `Rows.leave_out` counts it and `Rows.report` says so in one line, or refuses the file where
that is more than an accident.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError, note
from superb_lite.surrogates import first_surrogate

ACCIDENTS = 0.001
"""The share of broken rows that a release may have; the training part of QQP has a few that line breaks cut in two."""


@dataclass(frozen=True)
class Row:
    """One row."""

    number: int
    """Its line in the file, from 1 on."""

    cells: Mapping[str, Any]
    """By column."""


@dataclass
class Rows:
    """The rows of one file, and what of them is not used."""

    name: str
    """What errors call the file."""

    rows: list[Row] = field(default_factory=list)
    """All that could be read."""

    total: int = 0
    """How many there were."""

    left_out: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of the rows that are not used, by reason."""

    broken: list[int] = field(default_factory=list)
    """Numbers of the rows that should not be in a release at all."""

    def leave_out(self, number: int, why: str, *, broken: bool = False) -> None:
        """Count a row that is not used. broken: it should not be in a release at all."""
        self.left_out.setdefault(why, []).append(number)
        if broken:
            self.broken.append(number)

    def report(self, kept: int, *, accidents: float = ACCIDENTS) -> None:
        """Say what was left out, on standard error.

        kept: how many rows became examples. accidents: the share of broken rows that is put up with. Raises
        `SuperbLiteError` where there are more.
        """
        reasons = [f"{len(rows)} with {why} (first in row {rows[0]})" for why, rows in self.left_out.items()]
        missing = sum(map(len, self.left_out.values()))
        assert kept + missing == self.total, f"{self.name}: {self.total} rows, {kept} kept, {missing} left out"
        if len(self.broken) > accidents * self.total:
            raise SuperbLiteError(
                f"{self.name}, row {self.broken[0]}: {_reason_of(self.left_out, self.broken[0])}"
                f"{f' (and {len(self.broken) - 1} more such rows)' if len(self.broken) > 1 else ''}: "
                "mend it, or get the release again"
            )
        if reasons:
            note(f"{self.name}: {self.total} rows, {kept} kept; left out: {', '.join(reasons)}")

    def numbers(self) -> list[int]:
        """The numbers of all rows, those that are left out too, in order."""
        return sorted({*(row.number for row in self.rows), *(n for rows in self.left_out.values() for n in rows)})

    def text(self, row: Row, column: str) -> str:
        """A cell that holds text. Raises `SuperbLiteError` where it is none, or holds half a surrogate pair."""
        value = row.cells[column]
        where = f"{self.name}, row {row.number}, column '{column}'"
        if not isinstance(value, str):
            raise SuperbLiteError(f"{where}: {type(value).__name__} instead of text")
        if half := first_surrogate(value):
            raise SuperbLiteError(f"{where}: half a surrogate pair (U+{ord(half):04X}): the file is damaged")
        return value

    def label(self, row: Row, column: str, words: Sequence[str]) -> int:
        """The index of a cell's class. Raises `SuperbLiteError` for a word that names none."""
        word = str(row.cells[column]).strip()
        if word not in words:
            shown = f"{', '.join(words[:8])}{', ...' if len(words) > 8 else ''}"
            raise SuperbLiteError(
                f"{self.name}, row {row.number}, column '{column}': '{word:.40}' is not one of the labels {shown}"
            )
        return words.index(word)

    def number(self, row: Row, column: str, low: float, high: float) -> float:
        """A cell's number. Raises `SuperbLiteError` where it is none from low to high."""
        try:
            value = float(row.cells[column])
        except (TypeError, ValueError):
            value = float("nan")
        if not low <= value <= high:
            raise SuperbLiteError(
                f"{self.name}, row {row.number}, column '{column}': '{row.cells[column]!s:.40}' is not a number from "
                f"{low:g} to {high:g}"
            )
        return value


def _reason_of(left_out: Mapping[str, Sequence[int]], number: int) -> str:
    return next(why for why, rows in left_out.items() if number in rows)


def read_table(path: Path, columns: Sequence[str], *, header: Sequence[str] = ()) -> Rows:
    """A table with tabs between its columns.

    columns: those that are needed. header: the names of all columns where the file's first row does not give them.
    Rows with another number of cells than there are columns are left out as broken.

    Raises `SuperbLiteError` for a file that cannot be read or lacks a column.
    """
    lines = read_lines(path)
    names = list(header) or (lines[0].split("\t") if lines else [])
    for column in columns:
        if names.count(column) != 1:
            many = "is missing" if column not in names else "occurs twice"
            raise SuperbLiteError(f"'{path}', row 1: the column '{column}' {many}; the columns are {', '.join(names)}")
    rows = Rows(f"'{path}'")
    for number, line in enumerate(lines[0 if header else 1 :], start=1 if header else 2):
        if not line:
            continue  # at the end of a file, or between rows
        cells = line.split("\t")
        rows.total += 1
        if len(cells) != len(names):
            rows.leave_out(number, f"{len(cells)} column(s) instead of {len(names)}", broken=True)
        else:
            rows.rows.append(Row(number, dict(zip(names, cells, strict=True))))
    return rows


def read_rows(path: Path, columns: Sequence[str], *, header: Sequence[str] = ()) -> Rows:
    """The rows of a file: a table where its suffix is .tsv (see `read_table`), else JSON lines."""
    if path.suffix == ".tsv":
        return read_table(path, columns, header=header)
    return read_json_lines(path, columns)


def read_json_lines(path: Path, fields: Sequence[str]) -> Rows:
    """A file with a JSON object on each line.

    Raises `SuperbLiteError` for a line that is none, or that lacks one of `fields`.
    """
    rows = Rows(f"'{path}'")
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise SuperbLiteError(f"'{path}', row {number}: not a JSON object: {error}") from None
        if not isinstance(cells, dict):
            raise SuperbLiteError(f"'{path}', row {number}: a JSON {type(cells).__name__} instead of an object")
        for name in fields:
            if name not in cells:
                raise SuperbLiteError(
                    f"'{path}', row {number}: the field '{name}' is missing; the fields are {', '.join(cells)}"
                )
        rows.total += 1
        rows.rows.append(Row(number, cells))
    return rows


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, with or without a byte order mark, whatever ends them ("\\n" or "\\r\\n")."""
    # Not splitlines(), which would also cut at characters that are part of a text, such as U+2028.
    return [line.removesuffix("\r") for line in read_text(path).split("\n")]


def read_text(path: Path) -> str:
    """A UTF-8 file. Raises `SuperbLiteError`, naming the row, where it is not UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SuperbLiteError(f"cannot read '{path}': {error.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise SuperbLiteError(f"'{path}', row {row}: it is not UTF-8 (byte {error.start}): convert it first") from None
