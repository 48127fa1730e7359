"""`superb-lite verify`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.options import Json, Root, check_root
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import regular_size


def verify(
    results: Annotated[
        list[Path],
        typer.Argument(help="Result files (JSON) with their predictions beside them, or directories of them."),
    ],
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Compute the scores of result files again, from their predictions and the tasks' data.

    Example: superb-lite verify my-results/*.json
    """
    check_root(root)
    for path in results:
        if not path.is_dir():
            regular_size(path)  # before anything heavy is imported

    from superb_lite.evaluation.recheck import verify
    from superb_lite.results.files import result_files

    verdicts = [(path, verdict) for path in result_files(results) for verdict in verify(path, root=root)]
    if as_json:
        rows = [
            {"file": str(path), "task": v.task, "protocol": v.protocol, "ok": v.ok, "differences": list(v.differences)}
            for path, v in verdicts
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        for path, v in verdicts:
            print(one_line(f"{path}: {v.task} {v.protocol}: {'; '.join(v.differences) or 'ok'}", 1000))
    wrong = sum(not v.ok for _, v in verdicts)
    if wrong:
        raise SuperbLiteError(f"{wrong} of {len(verdicts)} results differ from what their predictions say")
