"""Downloads of official releases with Hugging Face `datasets`, where no directory is given with --root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite.imports import optional
from superb_lite_glue.official_tables import Row, Rows


def download(repository: str, config: str | None, split: str, columns: Sequence[str], layout: str) -> Rows:
    """A split that Hugging Face `datasets` downloads, or has downloaded before. Classes become their names again.

    columns: those that are needed. layout: what --root would have to hold, for the errors.
    """
    where = f"'{repository}{f'/{config}' if config else ''}', split '{split}'"
    instead = f"give --root DIR with the official release: {layout}"
    try:
        library = optional("datasets", package="datasets", extra="full", purpose=f"downloading {where}")
    except MissingPackageError as error:
        raise SuperbLiteError(f"{error}; or {instead}") from None
    try:
        data = library.load_dataset(repository, config, split=split)
    except Exception as error:  # of a library that raises whatever its own dependencies raise
        reason = f"{type(error).__name__}: {' '.join(str(error).split()):.200}"
        raise SuperbLiteError(f"cannot download {where}: {reason}; or {instead}") from error
    for column in columns:
        if column not in data.features:
            raise SuperbLiteError(f"{where} has no column '{column}': its columns are {', '.join(data.features)}")
    names: dict[str, Sequence[str]] = {
        column: feature.names for column in columns if hasattr(feature := data.features[column], "names")
    }
    rows = Rows(where)
    for number, cells in enumerate(data, start=1):
        rows.rows.append(Row(number, {column: _named(cells[column], names.get(column)) for column in columns}))
    rows.total = len(rows.rows)
    return rows


def _named(value: Any, names: Sequence[str] | None) -> Any:
    """The name of a class; an example without a label has -1, which becomes "-" as in the files of CLUE."""
    if names is None:
        return value
    return names[value] if 0 <= value < len(names) else "-"
