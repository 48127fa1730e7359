"""An entry for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from superb_lite.errors import printable
from superb_lite.results.text import number, rank_text, with_margin
from superb_lite_leaderboard.views.entry import EntryView
from superb_lite_leaderboard.views.of_task import OfTask
from superb_lite_leaderboard.views.provenance import Fact, OfEncoder

BLOCKS = " ▁▂▃▄▅▆▇█"

CURVE_POINTS = 40
"""Characters of a curve."""


def render(view: EntryView) -> RenderableType:
    """Print it with a console that escapes control characters (`superb_lite.cli.progress.stdout`)."""
    return Group(*_parts(view))


def _parts(view: EntryView) -> Iterator[RenderableType]:
    state = (
        f"withdrawn {day(view.withdrawn)}"
        if view.withdrawn
        else "on the board"
        if view.standing
        else "an older version"
    )
    code = ", own code" if view.own_code else ""
    yield line(f"{view.ref} · {view.tier.label}{code} · submitted {day(view.submitted)} · {state}", "bold")
    for text in (view.about.description, view.about.url, ", ".join(view.about.tags), view.about.licence):
        if text:
            yield line(text)
    for same in view.same_as:
        yield line(f"the same encoders as {same}", "yellow")
    for modality, other in view.shares:
        yield line(f"its {modality} encoder is also that of {other}: the same weights", "yellow")
    if view.scores:
        yield Text()
        for score in view.scores:
            yield line(
                f"{score.name:<9} {with_margin(score.score, (score.lo, score.hi))}, rank {rank_text(score.rank)}"
            )
    yield tasks(view.tasks)
    yield line(
        "score in % ± 95% interval; norm.: 0 = floor, 100 = ceiling; layers: weights that heads give them", "dim"
    )
    if view.missing:
        yield line(f"no result on {', '.join(view.missing)}", "dim")
    for encoder in view.encoders:
        yield from _encoder(encoder)
    yield from _history(view)
    for task in view.tasks:
        if task.rival and task.has_predictions:
            yield line("examples it lost on, where the other entry was right:", "bold")
            yield line(f"  superb-lite leaderboard compare {quoted(view.ref)} {quoted(task.rival)} --task {task.key}")
            break
    for note in view.notes:
        yield line(f"left out: {note}", "yellow")


def tasks(found: Sequence[OfTask]) -> Table:
    """One row a task."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("task", overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("norm.", justify="right", no_wrap=True)
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("checked", no_wrap=True)
    table.add_column("layers", no_wrap=True)
    for task in found:
        leads = task.rank is not None and task.rank[0] == 1
        score = Text(f"{task.marks}{' ' if task.marks else ''}{with_margin(task.score, (task.lo, task.hi))}")
        score.stylize("bold" if leads else "")
        table.add_row(
            Text(printable(task.key)),
            score,
            "–" if task.normalised is None else number(task.normalised),
            "–" if task.rank is None else rank_text(task.rank),
            task.tier.label,
            bars(task.layers),
        )
    return table


def bars(weights: Sequence[float]) -> str:
    """Weights between 0 and 1 as blocks, at most 12 of them."""
    shown = weights if len(weights) <= 12 else weights[:11]
    text = "".join(BLOCKS[1 + min(7, max(0, round(7 * weight)))] for weight in shown)
    return text if len(weights) <= 12 else f"{text}…"


def curve(points: Sequence[tuple[float, float]]) -> str:
    """A line of blocks from the first to the last value."""
    step = max(1, len(points) / CURVE_POINTS)
    values = [points[min(len(points) - 1, int(i * step))][1] for i in range(min(CURVE_POINTS, len(points)))]
    lo, hi = min(values), max(values)
    return "".join(BLOCKS[1 + round(7 * (value - lo) / ((hi - lo) or 1))] for value in values)


def _encoder(encoder: OfEncoder) -> Iterator[RenderableType]:
    yield line(f"{encoder.modality}: {encoder.name}", "bold")
    yield facts([*encoder.pretraining, *encoder.cost, *encoder.facts])
    if encoder.curve:
        first, last = encoder.curve[0], encoder.curve[-1]
        yield line(f"  loss {first[1]:.3g} {curve(encoder.curve)} {last[1]:.3g} (step {last[0]:g})")
    if encoder.repeat.lines:
        yield line(f"  repeat it: {encoder.repeat.note}")
        for command in encoder.repeat.lines:
            yield Padding(Text(printable(command), overflow="fold"), (0, 0, 0, 4))
    else:
        yield line(f"  no command repeats it: {encoder.repeat.note}")
    yield Text()


def facts(found: Sequence[Fact]) -> Table:
    """Two columns: what, and its value."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for what, value in found:
        table.add_row(Text(f"  {what}", style="dim"), Text(printable(value)))
    return table


def _history(view: EntryView) -> Iterator[RenderableType]:
    if len(view.history) > 1 or any(len(version.events) > 1 for version in view.history):
        yield line("history", "bold")
        for version in view.history:
            for event in version.events:
                detail = f": {event.detail}" if event.detail else ""
                yield line(f"  {day(event.at)} {version.ref} {event.kind}{detail}")


def line(text: str, style: str = "") -> Text:
    """A line in which nothing a stranger wrote moves the cursor."""
    return Text(printable(text), style=style)


def day(iso: str) -> str:
    """The date of a moment in ISO 8601."""
    return iso[:10]


def quoted(name: str) -> str:
    """A name as a word of a shell."""
    import shlex

    return shlex.quote(name)
