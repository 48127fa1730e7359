"""`superb-lite doctor` and `superb-lite cache clear`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from superb_lite import caches
from superb_lite.cli.diagnosis import Finding, examine
from superb_lite.cli.progress import stdout
from superb_lite.errors import SuperbLiteError


def run_doctor(*, data: bool, root: Path | None, as_json: bool) -> None:
    """Print what was found. Raises `SuperbLiteError` after that when something that is needed is broken."""
    found = examine(data=data, root=root)
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in found], indent=1, ensure_ascii=False))
    else:
        stdout().print(_table(found))
    broken = [finding.name for finding in found if finding.state == "broken"]
    if broken:
        raise SuperbLiteError(f"broken: {', '.join(broken)}")


def _table(found: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "what", "state", "found"):
        table.add_column(column, no_wrap=column != "found", overflow="fold")
    topic = ""
    for finding in found:
        advice = f"\n-> {finding.advice}" if finding.advice else ""
        first = finding.topic if finding.topic != topic else ""
        table.add_row(first, escape(finding.name), finding.state, escape(finding.value + advice))
        topic = finding.topic
    return table


def run_cache_clear(*, features: bool, data: bool) -> None:
    """Delete the kinds of cache that are asked for, or all of them, and say what that freed."""
    asked = {"features": features, "data": data}
    for kind in caches.CACHES:
        if asked[kind] or not any(asked.values()):
            print(f"{kind}: {caches.clear(kind) / 10**6:.1f} MB freed")
