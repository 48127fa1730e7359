"""`superb-lite doctor`."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.options import Json, check_root
from superb_lite.errors import SuperbLiteError, counted

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
        print(_summary(found))
    broken = [finding.name for finding in found if finding.state == "broken"]
    if broken:
        raise SuperbLiteError(f"broken: {', '.join(broken)}")


_SHORT = 10
"""Up to so many findings of a topic are all shown."""

_ALWAYS = {"python", "superb-lite", "torch"}
"""Packages that are shown whatever their state is."""


def _topics(found: list[Finding]) -> dict[str, list[Finding]]:
    topics: dict[str, list[Finding]] = {}
    for finding in found:
        topics.setdefault(finding.topic, []).append(finding)
    return topics


def _grouped(topic: str, findings: list[Finding]) -> list[Finding]:
    """What is shown of a topic: all that is not ok, and what is ok in one line if it is much."""
    if len(findings) <= _SHORT and topic != "data":
        return findings
    always = _ALWAYS if topic == "packages" else ()
    full = [f for f in findings if f.state != "ok" or f.name in always]
    rest = [f for f in findings if f.state == "ok" and f.name not in always]
    if not rest:
        return full
    value = ", ".join(f.name for f in rest[:_SHORT]) + (", ..." if len(rest) > _SHORT else "")
    if topic == "plugins":
        homes: dict[str, Counter[str]] = {}
        for finding in rest:
            kind, _, home = finding.value.partition(", from ")
            homes.setdefault(home, Counter())[kind] += 1
        value = "; ".join(f"{home}: {', '.join(f'{n} {k}' for k, n in of.items())}" for home, of in homes.items())
    return [
        *full,
        dataclasses.replace(rest[0], name=f"{len(rest)} {'more' if full else 'in all'}", value=value, advice=""),
    ]


def _summary(found: list[Finding]) -> str:
    """How many findings are in which state."""
    states = Counter(f.state for f in found)
    parts = [f"{states['ok']} ok", counted(states["note"], "note"), f"{states['broken']} broken"]
    return f"{', '.join(parts)}; all of them in full: superb-lite doctor --json"


def _table(found: list[Finding]) -> Table:
    """What is not ok in full, and the rest in short."""
    from rich.table import Table
    from rich.text import Text

    shown = [*itertools.chain.from_iterable(_grouped(topic, of) for topic, of in _topics(found).items())]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "what", "state", "found"):
        table.add_column(column, no_wrap=column != "found", overflow="fold")
    topic = ""
    for finding in shown:
        advice = f"\n-> {finding.advice}" if finding.advice else ""
        first = finding.topic if finding.topic != topic else ""
        table.add_row(first, Text(finding.name), finding.state, Text(finding.value + advice))
        topic = finding.topic
    return table
