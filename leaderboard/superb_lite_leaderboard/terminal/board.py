"""The board for a terminal: the overview with its rank groups, then the tasks, and what pretraining brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from superb_lite.errors import one_line
from superb_lite.results.text import number, signed
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.ranking.ranking import Gain
from superb_lite_leaderboard.terminal.published import published
from superb_lite_leaderboard.terminal.wide import Part, WideTable, name_text
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import BoardRow, Cell, Heading
from superb_lite_leaderboard.views.costs import cost_text

MOST = 20
"""So many entries are shown unless all are asked for."""

SIDE_BY_SIDE = 3
"""So many entries stand side by side, a task in each line; more stand below each other, a task in each column."""

NOTES = 3
"""How many scores that are undefined are explained."""

CHECKED = {Tier.REPORTED: "reported", Tier.RECOMPUTED: "recomp.", Tier.RERUN: "rerun"}
"""The badges of tiers, as short as columns need them."""


def render(view: BoardView, *, most: int | None = MOST) -> RenderableType:
    """The board; print it with a rich console of 80 columns or more.

    A score is bold where no entry is significantly better. Entries' names are never read as markup.

    most: so many rows at most, and a line that says how many there are more; None: all.
    """
    if not view.rows:
        return Text("no entries: add one with `superb-lite submit`, or ask for less")
    rows = view.rows[:most]
    scores = [heading for heading in view.headings if heading.kind != "task"]
    first = [heading for heading in scores if heading.kind in ("overall", "modality")] or scores
    shown: list[RenderableType] = [overview(view, rows, first)]
    if len(rows) < len(view.rows):
        more = f"{len(view.rows) - len(rows):,} more of {len(view.rows):,} entries: --all shows them"
        shown += [Text(more, style="yellow"), Text()]
    spoken = [heading for heading in scores if heading.kind == "language" and heading not in first]
    sets = [heading for heading in scores if heading.kind == "set" and heading not in first]
    for title, parts in (("by language, normalised", spoken), ("by task set, normalised", sets)):
        scored = [row for row in rows if any(heading.key in row.cells for heading in parts)]
        if scored:
            shown.append(WideTable(title, *_by_row(scored, parts)))
    shown += tasks(view, rows)
    remarks = [
        *unmeasured(view.whole.headings),
        *several_encoders(view.headings, rows),
        *incomplete(view.modalities, view.headings, rows),
    ]
    notes = [Text(f"left out: {one_line(note)}", style="yellow") for note in view.notes]
    legend = Text("; ".join(_legend(rows)), style="dim")
    dim = [Text(remark, style="dim") for remark in remarks]
    return Group(*shown, legend, *dim, *gains(view, rows), *published(view.published), *notes)


def overview(view: BoardView, rows: Sequence[BoardRow], headings: Sequence[Heading]) -> WideTable:
    """Entries with their rank groups, badges, overall and modality scores, and the costs that are asked for."""
    first = headings[0].key if headings else ""
    groups = Part("#", [Text("–" if (c := row.cells.get(first)) is None else str(c.group)) for row in rows])
    names = Part("entry", [_name(row) for row in rows], left=True)
    checked = Part("checked", [Text(CHECKED[row.tier] + "!" * row.own_code) for row in rows], left=True)
    parts = [Part(heading.label, [_score(row.cells.get(heading.key)) for row in rows]) for heading in headings]
    costs = [Part(cost.head, [Text(cost_text(row.costs.get(cost.key))) for row in rows]) for cost in view.costs]
    title = f"{view.name} board, version {view.version}: normalised scores, 0 floor, 100 ceiling"
    return WideTable(title, names, [checked, *parts, *costs], once=[groups])


def tasks(view: BoardView, rows: Sequence[BoardRow]) -> Iterator[WideTable]:
    """The scores of tasks in percent, and the smallest difference that each task shows."""
    headings = [heading for heading in view.headings if heading.kind == "task"]
    if not headings:
        return
    if len(rows) <= SIDE_BY_SIDE:
        parts = [
            Part(one_line(row.name, 20), [_score(row.cells.get(heading.key)) for heading in headings]) for row in rows
        ]
        detects = Part("detects", [_detects(heading) for heading in headings])
        yield WideTable("tasks, score in %", _task_names(headings), [*parts, detects])
        return
    for modality in dict.fromkeys(heading.modality for heading in headings):
        of_modality = [heading for heading in headings if heading.modality == modality]
        names, parts = _by_row([row for row in rows if modality in row.encoders], of_modality)
        yield WideTable(
            f"{modality}, score in %",
            Part(names.head, [*names.cells, Text("detects", style="dim")], left=True),
            [Part(p.head, [*p.cells, _detects(h)]) for p, h in zip(parts, of_modality, strict=True)],
        )


def gains(view: BoardView, rows: Sequence[BoardRow]) -> list[RenderableType]:
    """What pretraining brought, and how to read it; empty where no entry has its twin here."""
    found = {(gain.key, gain.entry): gain for gain in view.gains}
    trained = [row for row in rows if any(gain.entry == row.name for gain in view.gains)]
    headings = [heading for heading in view.headings if any(heading.key == gain.key for gain in view.gains)]
    if not trained or not headings:
        return []
    title = "minus its random twin, points"
    tables: list[RenderableType] = [Text()]
    if len(trained) <= SIDE_BY_SIDE:
        parts = [Part(one_line(r.name, 20), [_gain(found.get((h.key, r.name))) for h in headings]) for r in trained]
        tables.append(WideTable(title, _task_names(headings), parts))
    else:
        names = Part("entry", [_name(row) for row in trained], left=True)
        columns = [Part(_two_lines(h), [_gain(found.get((h.key, r.name))) for r in trained]) for h in headings]
        tables.append(WideTable(title, names, columns))
    legend = "twin: the same architecture, untrained; paired by test example and seed; bold: the interval excludes 0"
    return [*tables, Text(legend, style="dim")]


def unmeasured(headings: Sequence[Heading]) -> list[str]:
    """Why a board has no overall score and no rank groups: a line where columns have no scale."""
    bare = [heading.label for heading in headings if heading.kind == "task" and heading.floor is None]
    if not bare:
        return []
    rule = "means are taken of columns with a scale (superb-lite calibrate), each column is ranked by itself"
    return [one_line(f"no overall score: {rule}; without one: {', '.join(bare)}")]


def several_encoders(headings: Sequence[Heading], rows: Sequence[BoardRow]) -> list[str]:
    """Of entries that hold several encoders of a modality, which one stands for which tasks; one line each."""
    found = []
    for row in rows:
        used: dict[str, dict[str, list[str]]] = {}
        for heading in headings:
            if heading.kind == "task" and heading.key in row.cells:
                names = used.setdefault(heading.modality, {})
                names.setdefault(row.cells[heading.key].encoder, []).append(heading.key.split("/")[-1])
        for modality, names in used.items():
            if len(names) > 1:
                parts = "; ".join(f"{encoder} on {', '.join(keys)}" for encoder, keys in names.items())
                found.append(one_line(f"'{row.name}', {modality}, the best by validation: {parts}"))
    return found


def incomplete(modalities: Sequence[str], headings: Sequence[Heading], rows: Sequence[BoardRow]) -> list[str]:
    """Why entries that have some columns of a modality have no score for it, one line each, of the first few."""
    found = []
    for row in rows:
        for modality in modalities:
            keys = [heading.key for heading in headings if heading.kind == "task" and heading.modality == modality]
            missing = [key for key in keys if key in row.missing]
            if 0 < len(missing) < len(keys):
                verb = "is" if len(missing) == 1 else "are"
                found.append(one_line(f"'{row.name}' has no {modality} score: {', '.join(missing)} {verb} missing"))
    if len(found) > NOTES:
        return [*found[:NOTES], f"... and {len(found) - NOTES} more scores with missing columns"]
    return found


def _by_row(rows: Sequence[BoardRow], headings: Sequence[Heading]) -> tuple[Part, list[Part]]:
    names = Part("entry", [_name(row) for row in rows], left=True)
    return names, [Part(_two_lines(h), [_score(row.cells.get(h.key)) for row in rows]) for h in headings]


def _task_names(headings: Sequence[Heading]) -> Part:
    return Part("task", [name_text(_arrow(heading, heading.label)) for heading in headings], left=True)


def _two_lines(heading: Heading) -> str:
    """The set above the task, so that a column is as narrow as its numbers."""
    return _arrow(heading, one_line(heading.label).replace("/", "/\n", 1).replace(" (", "\n("))


def _arrow(heading: Heading, text: str) -> str:
    return text if heading.higher_is_better else f"{text} ↓"


def _name(row: BoardRow) -> Text:
    return name_text(row.name).append(" (reference)" if row.reference else "", style="dim")


def _score(cell: Cell | None) -> Text:
    if cell is None:
        return Text("–", style="dim")
    return Text(cell.text, style="bold" if cell.leads else "").append(cell.marks, style="not bold")


def _detects(heading: Heading) -> Text:
    return Text("" if heading.detects is None else number(heading.detects), style="dim")


def _gain(gain: Gain | None) -> Text:
    if gain is None:
        return Text("–", style="dim")
    lo, hi = gain.ci
    text = f"{signed(100 * gain.difference)} ± {number(50 * (hi - lo))}"
    return Text(text, style="" if lo <= 0 <= hi else "bold")


def _legend(rows: Sequence[BoardRow]) -> Iterator[str]:
    marks = {mark for row in rows for cell in row.cells.values() for mark in cell.marks}
    yield "#: rank group, what is in one is not told apart from its best"
    yield "± 95% interval; bold: no entry is significantly better; – not scored"
    if any(row.own_code for row in rows):
        yield "!: somebody's own code computed the features"
    if "†" in marks:
        yield "† pretrained on the task's own source"
    if "?" in marks:
        yield "? pretrained on what nobody knows"
    if "‡" in marks:
        yield "‡ one evaluation seed, whose noise is unknown"
    yield "detects: the smallest difference (normalised, where there is a scale) that five seeds show with 80% power"
