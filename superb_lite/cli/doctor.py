"""`superb-lite doctor`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.options import Json, check_root
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from rich.table import Table

    from superb_lite.cli.diagnosis import Finding


def doctor(
    data: Annotated[bool, typer.Option("--data", help="Also load the data of every task (minutes at first).")] = False,
    root: Annotated[Path | None, typer.Option(help="A directory of official releases, with --data.")] = None,
    as_json: Json = False,
) -> None:
    """Look at versions, devices, plugins, caches and data sets, and say what to do about what is missing.

    Example: superb-lite doctor
    """
    check_root(root)

    from superb_lite.cli.diagnosis import examine
    from superb_lite.cli.progress import stdout

    found = examine(data=data, root=root)
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in found], indent=1, ensure_ascii=False))
    else:
        stdout().print(_table(found))
    broken = [finding.name for finding in found if finding.state == "broken"]
    if broken:
        raise SuperbLiteError(f"broken: {', '.join(broken)}")


def _table(found: list[Finding]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "what", "state", "found"):
        table.add_column(column, no_wrap=column != "found", overflow="fold")
    topic = ""
    for finding in found:
        advice = f"\n-> {finding.advice}" if finding.advice else ""
        first = finding.topic if finding.topic != topic else ""
        table.add_row(first, Text(finding.name), finding.state, Text(finding.value + advice))
        topic = finding.topic
    return table
