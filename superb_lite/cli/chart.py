"""`superb-lite chart`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.errors import printable


def chart(
    results: Annotated[list[Path], typer.Argument(help="Result files (JSON) of one task set, or directories of them.")],
    out: Annotated[Path, typer.Option(help="Write the picture here: .svg, .pdf or .png.")],
) -> None:
    """Draw result files beside the ceilings of their tasks: a group a task, every score as a share of its ceiling.

    Example: superb-lite chart superb-lite-out/results/*.clue-lite.json --out chart.svg
    """
    from superb_lite.charts.figure import picture_format, save_figure

    picture_format(out)  # before anything heavy is imported

    from superb_lite.charts.ceilings import ceiling_chart
    from superb_lite.results.files import read_results, result_files

    save_figure(ceiling_chart([result for path in result_files(results) for result in read_results(path)]), out)
    print(printable(str(out)))
