"""One task for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import quantiles

from rich.console import Group, RenderableType
from rich.text import Text

from superb_lite.errors import one_line
from superb_lite.media import Media, Picture, Sound
from superb_lite.results.text import language_name, number, rank_text
from superb_lite_leaderboard.terminal.wide import Part, WideTable, name_text
from superb_lite_leaderboard.views.task import TaskView

MOST = 20
"""So many entries are shown unless all are asked for."""


def render(view: TaskView, *, most: int | None = MOST) -> RenderableType:
    """What the task measures, who stands where, and examples; texts of data and strangers are never read as markup."""
    return Group(*_parts(view, most))


def _parts(view: TaskView, most: int | None) -> Iterator[RenderableType]:
    heading = view.heading
    language = f", {language_name(heading.language)}" if heading.language else ""
    yield Text(one_line(f"{heading.key}, version {heading.task_version} ({heading.modality}{language})"), style="bold")
    better = "" if heading.higher_is_better else " (less is better)"
    facts = {
        "measures": view.description,
        "rule": view.rule,
        "form": f"{heading.form}, {heading.protocol}; {', '.join(heading.metrics)}{better}",
        "labels": view.budget or "all",
        "source": view.source,
        "licence": view.licence,
        "scale": "" if heading.floor is None else f"floor {number(heading.floor)}, ceiling {_known(heading.ceiling)}",
        "power": "" if heading.detects is None else _power(view, heading.detects),
        "spread": _spread([row.cell.value for row in view.rows]),
        "marks": ", ".join(f"{mark.name} {number(mark.score)}" for mark in view.marks),
        "sheet": f"superb-lite power {heading.key.split('@')[0]} --difference 2; docs/tasks.md",
    }
    for name, text in facts.items():
        if text:
            yield Text(f"{name:<9}", style="dim").append(one_line(text, 400), style="not dim")
    yield Text()
    if view.rows:
        yield _entries(view, most)
        if most is not None and len(view.rows) > most:
            more = f"{len(view.rows) - most:,} more of {len(view.rows):,} entries: --all shows them"
            yield Text(more, style="yellow")
    for example in view.examples:
        yield Text(f"{one_line(example.id, 40)}: ", style="dim").append(one_line(example.label, 200), style="bold")
        for part in example.media:
            yield Text("  " + _media(part))
    if view.note:
        yield Text(one_line(f"no examples: {view.note}"), style="yellow")


def _entries(view: TaskView, most: int | None) -> WideTable:
    rows = view.rows[:most]
    scale = view.heading.floor is not None
    scores = [
        Text(row.cell.text, style="bold" if row.cell.leads else "").append(row.cell.marks, style="not bold")
        for row in rows
    ]
    normalised = [Text("" if row.cell.normalised is None else number(row.cell.normalised)) for row in rows]
    return WideTable(
        "score in %; better, worse: so many entries significantly are; #: rank group",
        Part("entry", [name_text(row.entry.name) for row in rows], left=True),
        [
            Part("score", scores),
            *([Part("norm.", normalised)] if scale else []),
            Part("rank", [Text(rank_text(row.cell.rank)) for row in rows]),
            Part("better", [Text(str(row.better)) for row in rows]),
            Part("worse", [Text(str(row.worse)) for row in rows]),
            Part("checked", [Text(row.cell.tier.label) for row in rows], left=True),
        ],
        once=[Part("#", [Text(str(row.cell.group)) for row in rows])],
    )


def _known(value: float | None) -> str:
    return "unknown" if value is None else number(value)


def _power(view: TaskView, detects: float) -> str:
    scale = "normalised points" if view.heading.floor is not None else "points"
    return f"five seeds show differences of {number(detects)} {scale} (80%)"


def _spread(values: list[float]) -> str:
    if len(values) < 2:
        return ""
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return f"{number(min(values))} least, quarters at {number(low)}, {number(middle)}, {number(high)}, " + (
        f"{number(max(values))} most; {len(values)} entries"
    )


def _media(part: Media) -> str:
    if isinstance(part, Sound):
        return f"(sound, {part.seconds:.1f} s)"
    if isinstance(part, Picture):
        return f"(picture, {part.width} x {part.height})"
    return one_line(part.text, 400)
