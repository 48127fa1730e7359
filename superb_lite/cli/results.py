"""What is done with result files: `superb-lite verify`, `superb-lite table` and `superb-lite chart`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from superb_lite.charts.ceilings import ceiling_chart
from superb_lite.charts.figure import save_figure
from superb_lite.cli.progress import stdout
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.recheck import verify
from superb_lite.results import tables
from superb_lite.results.files import read_results
from superb_lite.results.result import Result

_WRITERS: Mapping[str, Callable[[Sequence[Result]], str]] = {
    "json": tables.to_json,
    "csv": tables.to_csv,
    "markdown": tables.to_markdown,
    "latex": tables.to_latex,
}


def run_verify(paths: Sequence[Path], *, root: Path | None, as_json: bool) -> None:
    """Check result files; anything that differs is an error."""
    verdicts = [(path, verdict) for path in paths for verdict in verify(path, root=root)]
    if as_json:
        rows = [
            {"file": str(path), "task": v.task, "protocol": v.protocol, "ok": v.ok, "differences": list(v.differences)}
            for path, v in verdicts
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        for path, v in verdicts:
            print(f"{path}: {v.task} {v.protocol}: {'; '.join(v.differences) or 'ok'}")
    wrong = sum(not v.ok for _, v in verdicts)
    if wrong:
        raise SuperbLiteError(f"{wrong} of {len(verdicts)} results differ from what their predictions say")


def run_table(paths: Sequence[Path], *, form: str) -> None:
    """Print the results of files as one table; form: "table" (for a screen) or a name in `_WRITERS`."""
    results = [result for path in paths for result in read_results(path)]
    if form in _WRITERS:
        print(_WRITERS[form](results), end="")
        return
    stdout().print(tables.results_table(results))


def run_chart(paths: Sequence[Path], *, out: Path) -> None:
    """Draw the results of files beside the ceilings of their tasks."""
    save_figure(ceiling_chart([result for path in paths for result in read_results(path)]), out)
    print(out)
