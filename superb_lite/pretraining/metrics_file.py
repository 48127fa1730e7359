"""MetricsFile: what an objective logs, as a CSV file that a resumed run continues."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning.fabric.utilities.rank_zero import rank_zero_only
from lightning.pytorch.loggers import Logger

from superb_lite.encoders.training_curve import METRICS as METRICS
from superb_lite.paths import write_text


class MetricsFile(Logger):
    """Writes every row at once, so that a run that is killed loses none.

    Args:
        path: of the file; its directory must exist. Rows that are in it stay.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = Path(path)
        self._columns: list[str] | None = None

    @property
    def name(self) -> str:
        return ""

    @property
    def version(self) -> str:
        return ""

    @property
    def save_dir(self) -> str:
        return str(self.path.parent)

    @rank_zero_only
    def log_hyperparams(self, params: Any, *arguments: Any, **options: Any) -> None:
        """Nothing: the options of a run are kept in its checkpoint."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Append a row. step: of the optimiser, counted from 0."""
        row = {**metrics, "step": step}
        if self._columns is not None and set(row) <= set(self._columns):
            with self.path.open("a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, self._columns).writerow(row)
        else:  # the first row, or one with a column that no row had before
            self._columns = _write(self.path, [*read_rows(self.path), row])


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a metrics file; none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def keep_rows(path: Path, *, before: int) -> None:
    """Drop the rows of steps from `before` on, which a resumed run takes again."""
    kept = [row for row in read_rows(path) if row["step"] and int(row["step"]) < before]
    if kept:
        _write(path, kept)
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, rows: list[dict[str, Any]]) -> list[str]:
    """Write all rows; returns the columns."""
    columns = sorted({key for row in rows for key in row})
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
    return columns
