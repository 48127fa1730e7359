"""`superb-lite table`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import shown_names
from superb_lite.cli.options import Shown
from superb_lite.errors import one_line
from superb_lite.paths import regular_size


class Format(StrEnum):
    """How `table` prints."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"


def table(
    results: Annotated[list[Path], typer.Argument(help="Result files (JSON), or directories of them.")],
    form: Annotated[
        Format, typer.Option("--format", help="markdown and latex in percent; json and csv as fractions.")
    ] = Format.table,
    shown: Shown = None,
) -> None:
    """Print result files as one table, a column for each encoder.

    Example: superb-lite table superb-lite-out/results/*.json --format latex
    """
    for path in results:
        if not path.is_dir():
            regular_size(path)  # before anything heavy is imported

    from superb_lite.cli.progress import stdout
    from superb_lite.results import tables
    from superb_lite.results.files import read_results, result_files

    writers = {
        Format.json: tables.to_json,
        Format.csv: tables.to_csv,
        Format.markdown: tables.to_markdown,
        Format.latex: tables.to_latex,
    }
    found = [result for path in result_files(results) for result in read_results(path)]
    if shown:
        encoders = list(dict.fromkeys(result.encoder for result in found))
        names = dict(zip(encoders, shown_names(encoders, shown), strict=True))
        found = [result.replace(encoder=names[result.encoder]) for result in found]
    if form in writers:
        print(writers[form](found), end="")
        return
    if len({result.encoder for result in found}) == 1:
        print(one_line(found[0].encoder))  # the table of one encoder has its scores in columns, and no name
    stdout().print(tables.results_table(found))
