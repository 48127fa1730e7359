"""Two entries for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from superb_lite.errors import printable
from superb_lite.results.text import number, signed
from superb_lite_leaderboard.terminal.entry import day, line, quoted
from superb_lite_leaderboard.views.compared import Compared
from superb_lite_leaderboard.views.comparison import ComparisonView
from superb_lite_leaderboard.views.examples import Answered, Differing, DifferingExample

LONGEST_ITEM = 600
"""Characters of a text that are printed."""


def render(view: ComparisonView) -> RenderableType:
    """Print it with a console that escapes control characters (`superb_lite.cli.progress.stdout`)."""
    return Group(*_parts(view))


def _parts(view: ComparisonView) -> Iterator[RenderableType]:
    for letter, who in (("A", view.a), ("B", view.b)):
        code = ", own code" if who.own_code else ""
        encoders = ", ".join(dict.fromkeys(who.encoders.values()))
        yield line(f"{letter} = {who.ref} · {who.tier.label}{code} · {day(who.submitted)} · {encoders}")
    yield differences(view)
    note = "A − B in points, paired by test example and seed [95%]; p adjusted by Holm over all rows; bold: p < 0.05; "
    note += "detects: the smallest difference that the row shows with 80% power"
    yield line(note, "dim")
    for text in view.notes:
        yield line(text, "yellow")
    for letter, only in (("A", view.only_a), ("B", view.only_b)):
        if only:
            yield line(f"only {letter}: {', '.join(only)}", "dim")
    for task in view.tasks:
        if task.examples is not None:
            yield from _examples(task, task.examples)
    if view.tasks and all(task.examples is None for task in view.tasks):
        key = quoted(view.tasks[0].key)
        words = f"superb-lite leaderboard compare {quoted(view.a.ref)} {quoted(view.b.ref)} --task {key}"
        yield line(f"where they differ: {words}", "dim")


def differences(view: ComparisonView) -> Table:
    """One row a task, then the means of modalities."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("task", overflow="fold")
    for head in ("A", "B", "A − B", "detects", "p"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for task in view.tasks:
        scores = [number(side.score) for side in (task.a, task.b)]
        table.add_row(Text(printable(task.key)), *scores, *_difference(task))
    for mean in view.means:
        table.add_row(f"{mean.modality}, normalised", "", "", *_difference(mean))
    return table


def _difference(row: Compared | object) -> Sequence[Text | str]:
    difference, lo, hi, detectable, p, verdict = (
        getattr(row, name) for name in ("difference", "lo", "hi", "detectable", "p", "verdict")
    )
    style = "" if verdict == "undecided" else "bold"
    shown = "" if verdict == "undecided" else verdict[0]
    of_p = f"{p:.3f}" if p >= 0.001 else "<0.001"
    span = f"{signed(difference)} [{signed(lo)}, {signed(hi)}]"
    return (Text(span, style=style), number(detectable), of_p, Text(shown, style=style))


def _examples(task: Compared, found: Differing) -> Iterator[RenderableType]:
    yield Text()
    if found.reason:
        yield line(f"{task.key}: no examples: {found.reason}", "yellow")
        return
    counts = f"of {found.total} examples A is better on {found.a_better}, B on {found.b_better}"
    yield line(f"{task.key}: {counts}", "bold")
    for title, examples in (("A lost, B got", found.a_lost), ("B lost, A got", found.b_lost)):
        for example in examples:
            yield Text()
            yield line(f"{title}: {example.id}", "bold")
            yield from _example(example)


def _example(example: DifferingExample) -> Iterator[RenderableType]:
    if example.text is None:
        yield line("  (to be heard or seen on the page: superb-lite leaderboard export DIR)", "dim")
    for item in (example.text or "").splitlines():
        text = item if len(item) <= LONGEST_ITEM else f"{item[:LONGEST_ITEM]}…"
        yield Padding(Text(printable(text), overflow="fold"), (0, 0, 0, 2))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text("  gold", style="dim"), Text(printable(example.gold)))
    for letter, side in (("A", example.a), ("B", example.b)):
        grid.add_row(Text(f"  {letter}", style="dim"), Text(printable(answered(side))))
    yield grid


def answered(side: Answered) -> str:
    """What a side said, and under how many seeds."""
    said = ", ".join(f"{text} ({count} of {side.seeds} seeds)" for text, count in side.answers[:3])
    more = len(side.answers) - 3
    return f"{said}{f' and {more} other answers' if more > 0 else ''}"
