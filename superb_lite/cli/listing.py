"""`superb-lite list`: what is registered, without importing torch."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from superb_lite import plugins
from superb_lite.cli.options import Json
from superb_lite.errors import printable


class Kind(StrEnum):
    """What `list` lists."""

    modalities = "modalities"
    objectives = "objectives"
    encoders = "encoders"
    tasks = "tasks"
    tasksets = "tasksets"


def list_(kind: Annotated[Kind, typer.Argument(help="What to list.")], as_json: Json = False) -> None:
    """List what is installed, plugins included.

    Example: superb-lite list tasks
    """
    listed = rows(kind.value)
    if as_json:
        print(json.dumps(listed, indent=1, ensure_ascii=False))
        return

    from rich.table import Table

    from superb_lite.cli.progress import stdout

    table = Table(box=None, pad_edge=False, header_style="bold")
    columns = [key for key in (listed[0] if listed else {"name": ""}) if key not in _WIDE]
    for column in columns:
        table.add_column(column, no_wrap=column == "name")
    for row in listed:
        table.add_row(*(printable(", ".join(v) if isinstance(v := row[c], list) else str(v)) for c in columns))
    stdout().print(table)


def rows(kind: str) -> list[dict[str, Any]]:
    """One dictionary for each thing of a kind."""
    if kind == "modalities":
        return [
            {
                "name": m.name,
                "item": m.item,
                "objectives": [o.name for o in plugins.objectives_of(m)],
                "baselines": list(m.baselines),
            }
            for m in plugins.modalities().values()
        ]
    if kind == "objectives":
        return [
            {"name": o.name, "modality": o.modality, "budgets": list(o.recipes), "summary": o.summary}
            for o in plugins.objectives().values()
        ]
    if kind == "encoders":
        return [{"name": name, "modality": modality or "any"} for name, modality in plugins.references().items()]
    if kind == "tasksets":
        return [
            {"name": s.name, "tasks": len(s.tasks), "description": s.description} for s in plugins.tasksets().values()
        ]
    return [
        {
            "name": t.name,
            "version": t.version,
            "modality": t.modality,
            "language": t.language,
            "form": t.form,
            "metrics": list(t.metrics),
            "protocols": list(t.protocols),
            "description": t.description,
            "source": t.source,
            "licence": t.licence,
        }
        for s in plugins.tasksets().values()
        for t in s
    ]


_WIDE = {"source", "licence", "version", "form", "protocols"}
"""Columns that only --json shows."""
