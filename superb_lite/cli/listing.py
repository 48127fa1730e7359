"""`superb-lite list`: what is registered, without importing torch."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from superb_lite import plugins


def rows(kind: str) -> list[dict[str, Any]]:
    """One dictionary for each thing of a kind."""
    if kind == "modalities":
        return [
            {"name": m.name, "item": m.item, "objectives": [o.name for o in m.objectives], "baseline": m.baseline}
            for m in plugins.modalities().values()
        ]
    if kind == "objectives":
        return [
            {"name": o.name, "modality": m.name, "steps": o.steps, "summary": o.summary}
            for m, o in plugins.objectives().values()
        ]
    if kind == "encoders":
        known = plugins.references()

        return [{"name": name, "modality": modality or "any"} for name, modality in known.items()]
    if kind == "tasksets":
        return [
            {"name": s.name, "tasks": len(s.tasks), "description": s.description} for s in plugins.tasksets().values()
        ]
    return [
        {
            "name": t.name,
            "version": t.version,
            "modality": t.modality,
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


def show(kind: str, *, as_json: bool) -> None:
    """Print the list."""
    listed = rows(kind)
    if as_json:
        print(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    columns = [key for key in (listed[0] if listed else {"name": ""}) if key not in _WIDE]
    for column in columns:
        table.add_column(column, no_wrap=column == "name")
    for row in listed:
        table.add_row(*(", ".join(v) if isinstance(v := row[c], list) else str(v) for c in columns))
    Console().print(table)
