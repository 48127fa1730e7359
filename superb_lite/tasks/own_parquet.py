"""A person's own Parquet file as a task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError, reason
from superb_lite.paths import regular_size
from superb_lite.tasks.own_records import Record, columns_of, content_of, label_of, part_of, records_task
from superb_lite.tasks.task import Task

LARGEST_GROUP = 2**31
"""Bytes of a row group: one at a time is in memory."""

BATCH = 64
"""Rows that are looked at together."""


def parquet_task(name: str, path: Path) -> Task:
    """The task of `parquet:FILE`: columns label and text, text_a and text_b, or the encoded files of a modality.

    A column split is used if there is one. Cells with files hold bytes, or the struct of bytes and path that the
    library datasets writes.

    Raises `SuperbLiteError`, naming file, row and column, for what cannot be read.
    """
    file = _Parquet(path)
    modality, columns = columns_of(file.columns, f"'{path}'")
    return records_task(name, path, modality=modality, records=file.records(columns), load=file.content)


class _Parquet:
    """A file whose rows are read a few at a time, or one again by its row group and number in it."""

    def __init__(self, path: Path) -> None:
        regular_size(path)
        self._path = path
        self._kept: tuple[tuple[int, str], Any] | None = None
        with self._opened() as file:
            self.columns: list[str] = file.schema_arrow.names
            for group in range(file.num_row_groups):
                if (size := file.metadata.row_group(group).total_byte_size) > LARGEST_GROUP:
                    raise SuperbLiteError(
                        f"'{path}': row group {group} has {size:,} bytes, at most {LARGEST_GROUP:,}: write smaller "
                        "ones (row_group_size=100)"
                    )

    def records(self, columns: tuple[str, ...]) -> Iterator[Record]:
        used = [*columns, "label", *({"split"} & set(self.columns))]
        number = 0
        with self._opened() as file:
            for group in range(file.num_row_groups):
                first = number
                for batch in self._batches(file, group, used):
                    for cells in batch:
                        number += 1
                        where = f"'{self._path}', row {number}"
                        yield Record(
                            f"row-{number}",
                            tuple(content_of(cells[column], f"{where}, column '{column}'") for column in columns),
                            tuple((group, number - 1 - first, column) for column in columns),
                            label_of(cells["label"], f"{where}, column 'label'"),
                            part_of(cells["split"], f"{where}, column 'split'") if "split" in cells else "",
                        )

    def content(self, source: tuple[int, int, str]) -> bytes:
        """The cell of (row group, number in it, column); the column of the last row group that was read is kept."""
        group, number, column = source
        if self._kept is None or self._kept[0] != (group, column):
            with self._opened() as file:
                self._kept = ((group, column), file.read_row_group(group, columns=[column])[column])
        return content_of(self._kept[1][number].as_py(), f"'{self._path}', column '{column}'")

    def _opened(self) -> Any:
        from pyarrow import ArrowException, parquet

        try:
            return parquet.ParquetFile(self._path)
        except (ArrowException, OSError) as error:
            raise SuperbLiteError(f"cannot read '{self._path}' as Parquet: {reason(error)}") from None

    def _batches(self, file: Any, group: int, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
        from pyarrow import ArrowException

        try:
            for batch in file.iter_batches(batch_size=BATCH, row_groups=[group], columns=columns):
                yield batch.to_pylist()
        except (ArrowException, OSError, UnicodeDecodeError) as error:
            raise SuperbLiteError(f"cannot read row group {group} of '{self._path}': {reason(error)}") from None
