"""What others published, for a terminal: one table for each task set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from superb_lite.results.text import number
from superb_lite_leaderboard.terminal.wide import Part, WideTable
from superb_lite_leaderboard.views.published import Published


def published(rows: Sequence[Published]) -> Iterator[RenderableType]:
    """The tables, with their sources; nothing without rows."""
    found: dict[str, list[Published]] = {}
    for row in rows:
        found.setdefault(row.taskset, []).append(row)
    for taskset, of_set in found.items():
        names = Part("model", [Text(row.name) for row in of_set], left=True)
        heads = list(dict.fromkeys(head for row in of_set for head, _ in row.figures))
        parts = [Part(of_set[0].score_name, [_number(row.score) for row in of_set])]
        for head in heads:
            cells = [_number(dict(row.figures).get(head)) for row in of_set]
            parts.append(Part(head.removeprefix(f"{taskset}/").replace(" ", "\n"), cells))
        yield Text()
        yield WideTable(f"{taskset}: published, not measured here, never ranked", names, parts)
        yield Text(f"source: {', '.join(dict.fromkeys(row.source for row in of_set))}", style="dim")


def _number(value: float | None) -> Text:
    return Text("–", style="dim") if value is None else Text(number(value))
