"""Data sets of Hugging Face, streamed: files of this machine, or names of the hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import regular_size
from superb_lite.pretraining.streams.stream import Kind, Piece, Stream, files_named
from superb_lite.tasks.own_records import content_of

_READERS = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".csv": "csv", ".txt": "text"}
SUFFIXES = (*_READERS, *(f"{suffix}.gz" for suffix in _READERS if suffix != ".parquet"))


class DatasetStream(Stream):
    """Rows of a data set: `datasets:FILE`, a pattern or a folder of JSONL, Parquet, CSV or text files, or
    `datasets:NAME` and `datasets:NAME:CONFIGURATION` of the hub, whose split "train" is read.

    A text is the column "text", else the only column of strings; a line of a text file is one. Images and recordings
    are the first column of their type, whose bytes the rows hold: a path that a row names is never opened. Null values
    are skipped. See `Stream`.
    """

    package = "datasets"

    def __init__(self, where: str, kind: Kind) -> None:
        super().__init__(where, kind)
        import datasets

        datasets.disable_progress_bars()
        # What goes wrong is said once, as an error.
        datasets.logging.set_verbosity(datasets.logging.CRITICAL)
        path = Path(where)
        self.local = path.exists() or path.is_absolute() or where.endswith(SUFFIXES) or any(c in where for c in "{*?")
        self.shards = files_named(where, SUFFIXES) if self.local else (where,)

    def fingerprint(self) -> str:
        return super().fingerprint() if self.local else self.where

    def pieces(self, order: np.random.Generator | None = None) -> Iterator[Piece]:
        # The shards of the hub have no names here: the library puts them in order.
        self._seed = None if self.local or order is None else int(order.integers(2**31))
        return super().pieces(order)

    def read(self, shard: str) -> Iterator[Piece]:
        if self.local and regular_size(Path(shard)) == 0:  # which the readers do not take for a file without rows
            return
        rows = self._rows(shard)
        column: str | None = None
        for number, row in enumerate(rows):
            column = column or _column(row, self.kind, shard)
            if column is None or (value := row[column]) is None:
                continue
            if self.kind != "text":
                where = f"the shard '{shard}', row {number + 1}, column '{column}'"
                yield Piece(f"{shard}/{number}", content_of(value, where))
            elif isinstance(value, str) and value.strip():
                yield Piece(f"{shard}/{number}", value.strip())

    def _rows(self, shard: str) -> Any:
        import datasets

        if self.local:
            suffix = Path(shard.removesuffix(".gz")).suffix
            if suffix not in _READERS:
                raise SuperbLiteError(
                    f"the shard '{shard}' cannot be read: its name ends in none of {' '.join(_READERS)}"
                )
            rows = datasets.load_dataset(_READERS[suffix], data_files=[shard], split="train", streaming=True)
        else:
            name, _, configuration = shard.partition(":")
            rows = datasets.load_dataset(name, configuration or None, split="train", streaming=True)
            if self._seed is not None:
                rows = rows.shuffle(seed=self._seed, buffer_size=1)
        for column, feature in (rows.features or {}).items():
            if isinstance(feature, datasets.Image | datasets.Audio):
                rows = rows.cast_column(column, type(feature)(decode=False))
        return rows


def _column(row: Mapping[str, Any], kind: Kind, shard: str) -> str | None:
    """The column that is read, by the first row; None where its null values leave that open."""
    if kind == "text":
        found = [name for name, value in row.items() if isinstance(value, str)]
        chosen = "text" if "text" in row else found[0] if len(found) == 1 else None
    else:
        found = [name for name, value in row.items() if isinstance(value, dict) and "bytes" in value]
        chosen = found[0] if found else None
    if chosen is None and (found or None not in row.values()):
        columns = ", ".join(map(str, row))
        needed = 'name one "text"' if kind == "text" else f"none of them is of the type {kind}"
        raise SuperbLiteError(f"the shard '{shard}' has the columns {columns}: {needed}")
    return chosen
