"""A person's own labelled texts: a table with tabs between its columns."""

from __future__ import annotations

from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_utf8
from superb_lite.tasks.own_split import PARTS, Row
from superb_lite.tasks.own_tasks import own_task
from superb_lite.tasks.task import Task

LARGEST = 2**30
"""The largest table in bytes: all of it is held in memory."""

SINGLE, PAIR = ("text",), ("text_a", "text_b")


def table_task(name: str, path: Path) -> Task:
    """The task of `tsv:FILE`: columns `text` (or `text_a` and `text_b`) and `label`, and `split` where one is given.

    The first row names the columns, and columns of other names are left out. The file is UTF-8, with or without a byte
    order mark. Quotation marks are characters like all others, so no text can hold a tab or a line break.

    Raises `SuperbLiteError`, naming file, row and column, for a row that cannot be read.
    """
    header, *lines = _lines(path)
    columns = header.split("\t")
    for column in columns:
        if columns.count(column) > 1:
            raise SuperbLiteError(f"'{path}' has two columns '{column}'")
    texts = PAIR if set(PAIR) <= set(columns) else SINGLE
    if "label" not in columns or not set(texts) <= set(columns) or len({*SINGLE, *PAIR} & set(columns)) != len(texts):
        raise SuperbLiteError(
            f"'{path}', row 1: the columns must be text and label, or text_a, text_b and label; "
            f"they are {', '.join(columns)}"
        )
    used = (*texts, "label", *({"split"} & set(columns)))
    rows: list[Row] = []
    items: dict[str, str] = {}
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise SuperbLiteError(f"'{path}', row {number}: {len(cells)} column(s), but row 1 has {len(columns)}")
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        for column in used:
            if not row[column]:
                raise SuperbLiteError(f"'{path}', row {number}, column '{column}': it is empty")
        if row.get("split", "train") not in PARTS:
            raise SuperbLiteError(
                f"'{path}', row {number}, column 'split': '{row['split']}' is not one of {', '.join(PARTS)}"
            )
        key = f"row-{number}"
        keys = (key,) if texts == SINGLE else (f"{key}-a", f"{key}-b")
        items.update(zip(keys, (row[column] for column in texts), strict=True))
        rows.append(Row(key, keys, "\t".join(row[column] for column in texts), row["label"], row.get("split", "")))
    return own_task(name, path, modality="text", rows=rows, items=items, noun="text")


def _lines(path: Path) -> list[str]:
    text = read_utf8(path, limit=LARGEST)
    # Not splitlines(), which would also cut at characters that are part of a text, such as U+2028.
    return [line.removesuffix("\r") for line in text.split("\n")]


def read_bytes(name: str, content: bytes) -> str:
    """A text out of a table or an archive. name: what errors call it."""
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise SuperbLiteError(f"'{name}' is not UTF-8 (byte {error.start}): convert it first") from None
    if not text:
        raise SuperbLiteError(f"'{name}' is empty")
    return text
