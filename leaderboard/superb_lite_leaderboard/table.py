"""The leaderboard for a terminal of about 100 columns."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from superb_lite.results.text import number, rank_text, signed, with_margin
from superb_lite_leaderboard.ranking.ranking import Gain, Standing, Standings, TaskStanding

ENTRIES_A_TABLE = 3
"""How many entries stand side by side in a table of tasks."""

NOTES = 3
"""How many scores that are undefined are explained."""


def render(standings: Standings) -> RenderableType:
    """The overview, the tasks, what pretraining brought, and what was left out; print it with a rich console.

    A score is bold where no entry shown is significantly better. Entries' names are never read as markup.
    """
    if not standings.rows:
        return Text("no entries yet: add one with `superb-lite submit`")
    names = [row.name for row in standings.rows]
    groups = [range(i, min(i + ENTRIES_A_TABLE, len(names))) for i in range(0, len(names), ENTRIES_A_TABLE)]
    notes = [Text(f"left out: {note}", style="yellow") for note in standings.notes]
    legend = "± 95% interval; (ranks left open); bold: no entry is significantly better; – not scored; detects: "
    legend += "the smallest difference (normalised, where there is a scale) that five seeds show with 80% power"
    if any(standing.result.in_domain for row in standings.rows for standing in row.tasks.values()):
        legend += "; † pretrained on the task's own source"
    if any(standing.result.in_domain is None for row in standings.rows for standing in row.tasks.values()):
        legend += "; ? pretrained on what nobody knows"
    shown: list[RenderableType] = [
        overview(standings),
        *([languages(standings)] if standings.languages else []),
        *(tasks(standings, group) for group in groups),
        Text(legend, style="dim"),
    ]
    remarks = [Text(note, style="dim") for note in (*several_encoders(standings), *incomplete(standings))]
    return Group(*shown, *remarks, *gains(standings), *notes)


def several_encoders(standings: Standings) -> list[str]:
    """Of entries that hold several encoders of a modality, which one stands for which tasks; one line each."""
    found = []
    for row in standings.rows:
        for modality in standings.modalities:
            used: dict[str, list[str]] = {}
            for standing in row.tasks.values():
                if standing.result.modality == modality:
                    used.setdefault(standing.result.encoder, []).append(standing.result.task.split("/")[-1])
            if len(used) > 1:
                parts = "; ".join(f"{encoder} on {', '.join(tasks)}" for encoder, tasks in used.items())
                found.append(f"'{row.name}', {modality}, the best by validation: {parts}")
    return found


def incomplete(standings: Standings) -> list[str]:
    """Why entries that have some columns of a modality have no score for it, one line each, of the first few."""
    found = []
    for row in standings.rows:
        for modality in standings.modalities:
            keys = [column.key for column in standings.columns if column.task.modality == modality]
            missing = [key for key in keys if key not in row.tasks]
            if 0 < len(missing) < len(keys):
                verb = "is" if len(missing) == 1 else "are"
                found.append(f"'{row.name}' has no {modality} score: {', '.join(missing)} {verb} missing")
    if len(found) > NOTES:
        return [*found[:NOTES], f"... and {len(found) - NOTES} more scores with missing columns"]
    return found


def overview(standings: Standings) -> Table:
    """Entries with their overall and modality scores, 0 at the floor and 100 at the ceiling."""
    board = standings.board
    title = f"{board.name} board, version {board.version} · normalised score, 0 = floor, 100 = ceiling"
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("entry", overflow="fold", min_width=10)
    for name in ("overall", *standings.modalities):
        table.add_column(Text(name), justify="right", min_width=len("−15.4 ± 10.3"))
    for row in standings.rows:
        cells = [row.overall, *(row.modalities.get(modality) for modality in standings.modalities)]
        table.add_row(Text(row.name), *map(_standing, cells))
    return table


def languages(standings: Standings) -> Table:
    """The scores of each language of the modalities that the board has in several."""
    table = Table(
        title=Text("by language"),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("entry", overflow="fold", min_width=10)
    for modality, language in standings.languages:
        table.add_column(Text(f"{modality} ({language})"), justify="right", min_width=len("−15.4 ± 10.3"))
    for row in standings.rows:
        if any(key[0] in row.encoders for key in standings.languages):
            table.add_row(Text(row.name), *(_standing(row.languages.get(key)) for key in standings.languages))
    return table


def tasks(standings: Standings, group: range) -> Table:
    """The task scores of some entries side by side, in percent, with the normalised score where there is one."""
    table = Table(
        title=Text("score in %, then normalised"),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("task", no_wrap=True)
    rows = [standings.rows[i] for i in group]
    for row in rows:
        table.add_column(Text(row.name), justify="right", overflow="fold")
    table.add_column("detects", justify="right")
    for column in standings.columns:
        shown = standings.detectable.get(column.key)
        cells = [_task(row.tasks.get(column.key)) for row in rows]
        table.add_row(Text(column.label), *cells, Text("" if shown is None else number(shown), style="dim"))
    return table


def gains(standings: Standings) -> list[RenderableType]:
    """What pretraining brought, in points of percent, and how to read it; empty where no entry has its twin here."""
    found = {(gain.key, gain.entry): gain for gain in standings.gains}
    names = list(dict.fromkeys(gain.entry for gain in standings.gains))
    tables: list[RenderableType] = []
    for start in range(0, len(names), ENTRIES_A_TABLE):
        group = names[start : start + ENTRIES_A_TABLE]
        table = Table(
            title=Text("minus its random twin, points [95% interval]"),
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
        )
        table.add_column("task", no_wrap=True)
        for name in group:
            table.add_column(Text(name), justify="right", overflow="fold")
        for column in standings.columns:
            cells = [found.get((column.key, name)) for name in group]
            if any(cells):
                table.add_row(Text(column.label), *map(_gain, cells))
        tables.append(table)
    legend = "twin: the same architecture, untrained; paired by test example and seed; bold: the interval excludes 0"
    return [*tables, Text(legend, style="dim")] if tables else []


def _gain(gain: Gain | None) -> Text:
    if gain is None:
        return Text("–", style="dim")
    lo, hi = gain.ci
    span = f"[{signed(100 * lo)}, {signed(100 * hi)}]"
    return Text(f"{signed(100 * gain.difference)} {span:>14}", style="" if lo <= 0 <= hi else "bold")


def _standing(standing: Standing | None) -> Text:
    if standing is None:
        return Text("–", style="dim")
    text = Text(with_margin(standing.score, standing.ci), style="bold" if standing.rank[0] == 1 else "")
    return text.append(f" ({rank_text(standing.rank)})", style="not bold dim")


def _task(standing: TaskStanding | None) -> Text:
    if standing is None:
        return Text("–", style="dim")
    lo, hi = standing.result.ci
    text = Text("? " if standing.result.in_domain is None else "† " if standing.result.in_domain else "")
    text.append(
        with_margin(100 * standing.result.score, (100 * lo, 100 * hi)), style="bold" if standing.rank[0] == 1 else ""
    )
    normalised = "" if standing.normalised is None else number(standing.normalised)
    return text.append(f"{normalised:>7}", style="dim")
