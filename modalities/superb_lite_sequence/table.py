"""Tables of sequences: CSV with commas or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_utf8
from superb_lite_sequence.written import check_symbols, normalised

LARGEST = 2**30
"""The largest table in bytes: all of it is held in memory."""

_OTHER_NAMES = {"seq": "sequence"}
_USED = ("id", "sequence", "label", "value", "group", "split")


class TableRow(NamedTuple):
    """A row of a table. row: its number, from 1. cells: by the columns that are used, without blanks around them."""

    id: str
    row: int
    cells: Mapping[str, str]


def read_table(path: Path, *, labelled: bool = True) -> tuple[TableRow, ...]:
    """The rows of a table whose first row names its columns; columns of other names are left out.

    `sequence` (or `seq`) is needed, and `label` or `value` where they are labelled; `id`, `group` and `split` may be
    there. The file is UTF-8, with or without a byte order mark; cells may stand in quotation marks. A table is parted
    by tabs if its first row has one, else by commas. Without `id` a row is named by its number.

    Raises `SuperbLiteError`, naming file, row and column, for what cannot be read.
    """
    numbered = _rows(path)
    header = [_OTHER_NAMES.get(cell.strip().lower(), cell.strip().lower()) for cell in numbered[0][1]]
    _check_header(path, header, labelled=labelled)
    rows: list[TableRow] = []
    seen: dict[str, int] = {}
    for number, cells in numbered[1:]:
        if len(cells) != len(header):
            raise SuperbLiteError(f"'{path}', row {number}: {len(cells)} column(s), but the first has {len(header)}")
        said = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name in _USED}
        for column in {"id", "group", "sequence"} & set(said):
            if not said[column]:
                raise SuperbLiteError(f"'{path}', row {number}, column '{column}': it is empty")
        check_symbols(said["sequence"], f"'{path}', row {number}, 'sequence'")
        name = said.get("id", f"row-{number}")
        if name in seen:
            raise SuperbLiteError(f"'{path}', row {number}, column 'id': '{name}' stands in row {seen[name]} already")
        seen[name] = number
        rows.append(TableRow(name, number, said))
    if not rows:
        raise SuperbLiteError(f"'{path}' has a header and no rows")
    read = normalised(path, {f"row {row.row}": row.cells["sequence"] for row in rows}).values()
    return tuple(
        row._replace(cells={**row.cells, "sequence": sequence}) for row, sequence in zip(rows, read, strict=True)
    )


def _check_header(path: Path, header: list[str], *, labelled: bool) -> None:
    for column in _USED:
        if header.count(column) > 1:
            raise SuperbLiteError(f"'{path}', row 1: two columns '{column}'")
    if "sequence" not in header or (labelled and not {"label", "value"} & set(header)):
        wanted = "sequence and label (or value)" if labelled else "sequence"
        raise SuperbLiteError(
            f"'{path}', row 1: the header must name the columns {wanted}; it is {', '.join(header)[:80]}"
        )


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers; at least the header."""
    text = read_utf8(path, limit=LARGEST)
    first = text.lstrip("\r\n").partition("\n")[0]
    # The module's limit of a field is one for all its users, so it is put back.
    before = csv.field_size_limit(LARGEST)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",", strict=True)
        rows = [(number, row) for number, row in enumerate(reader, start=1) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SuperbLiteError(f"'{path}', row {reader.line_num}: no CSV: {error}") from None
    finally:
        csv.field_size_limit(before)
    if not rows:
        raise SuperbLiteError(f"'{path}' is empty")
    return rows
