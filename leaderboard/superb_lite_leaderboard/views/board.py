"""The board as a table of cells: what the terminal, the page, the downloads and `--json` show.

A cell has a key of its column: "overall", a modality, "MODALITY/LANGUAGE", a task as in `Column.key`, or "cost:NAME".
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from superb_lite.errors import UnknownNameError
from superb_lite.results.text import rank_text, with_margin
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import About, Entry, Measured, Tier
from superb_lite_leaderboard.ranking.ranking import Row, Standing, Standings, TaskStanding
from superb_lite_leaderboard.views.names import public_name

Kind = Literal["overall", "modality", "language", "task"]

OVERALL = "overall"


@dataclass(frozen=True)
class Heading:
    """A column of the table."""

    key: str
    label: str
    kind: Kind
    modality: str = ""
    taskset: str = ""
    """Of a task."""
    language: str = ""
    """Of a task or of a score of a language."""
    higher_is_better: bool = True
    """Whether a larger score is a better one; normalised scores always are such."""
    detects: float | None = None
    """The smallest difference that the column shows, see `Standings.detectable`; of a task."""


@dataclass(frozen=True)
class Cell:
    """A number with what is known of it. Scores are in percent."""

    value: float
    lo: float
    hi: float
    """The ends of the 95% interval."""
    rank: tuple[int, int]
    """The best and the worst rank that the comparisons leave open."""
    normalised: float | None = None
    """Of a task that has a scale."""
    normalised_ci: tuple[float, float] | None = None
    encoder: str = ""
    """Of a task: what was evaluated, without a path."""
    tier: Tier = Tier.RERUN
    """The lowest of the results behind it."""
    marks: str = ""
    """† pretrained on the task's source, ? on what nobody knows, ‡ one evaluation seed."""

    @property
    def leads(self) -> bool:
        """Whether no entry is significantly better."""
        return self.rank[0] == 1

    @property
    def text(self) -> str:
        """ "71.2 ± 1.3"."""
        return with_margin(self.value, (self.lo, self.hi))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        found: dict[str, Any] = {"score": self.value, "ci": [self.lo, self.hi], "rank": list(self.rank)}
        if self.encoder:
            found |= {"normalised": self.normalised, "encoder": self.encoder}
        return found | {"tier": self.tier.label, "marks": self.marks}


@dataclass(frozen=True)
class BoardRow:
    """An entry on the board."""

    ref: str
    """ "NAME@2"."""
    name: str
    version: int
    tier: Tier
    own_code: bool
    reference: bool
    """It holds only untrained encoders and baselines without weights: something to compare with."""
    submitted: str
    """ISO 8601, UTC."""
    about: About
    encoders: Mapping[str, str]
    """By modality, without paths."""
    cells: Mapping[str, Cell]
    """By `Heading.key`; what is not there is not scored."""
    group: int | None
    """1 for the entries that no other is significantly better than overall, 2 for those that the next fewest are better
    than, and so on. None without an overall score."""
    missing: tuple[str, ...]
    """Keys of the tasks without a result."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "name": self.name,
            "version": self.version,
            "submitted": self.submitted,
            "tier": self.tier.label,
            "own_code": self.own_code,
            "reference": self.reference,
            "group": self.group,
            "about": self.about.model_dump(mode="json"),
            "encoders": dict(self.encoders),
            "scores": {key: cell.to_dict() for key, cell in self.cells.items()},
            "missing": list(self.missing),
        }


@dataclass(frozen=True)
class BoardQuery:
    """Which rows and columns a reader wants, in which order."""

    modality: str = ""
    tasksets: tuple[str, ...] = ()
    tier: Tier = Tier.REPORTED
    """The lowest that is shown."""
    search: str = ""
    """In names, tags and encoders, whatever the case."""
    sort: str = OVERALL
    """`Heading.key`, or "name" or "submitted"."""


@dataclass(frozen=True)
class BoardView:
    """The whole table."""

    name: str
    version: int
    headings: tuple[Heading, ...]
    rows: tuple[BoardRow, ...]
    notes: tuple[str, ...]
    """One line for each result that was left out."""

    @classmethod
    def of(cls, standings: Standings, entries: Iterable[Entry]) -> BoardView:
        """The table of standings. entries: those that were ranked."""
        by_name = {entry.name: entry for entry in entries}
        best = sorted({row.overall.rank[0] for row in standings.rows if row.overall is not None})
        groups = {rank: number for number, rank in enumerate(best, start=1)}
        rows = tuple(_row(row, by_name[row.name], standings, groups) for row in standings.rows)
        return cls(standings.board.name, standings.board.version, _headings(standings), rows, standings.notes)

    @property
    def modalities(self) -> tuple[str, ...]:
        """In the order of the board."""
        return tuple(heading.key for heading in self.headings if heading.kind == "modality")

    def select(self, query: BoardQuery) -> BoardView:
        """The rows and columns of a query. Raises `UnknownNameError` for a name that the board does not have."""
        headings = [heading for heading in self.headings if _wanted(heading, query)]
        if query.modality and query.modality not in self.modalities:
            raise UnknownNameError("modality", query.modality, self.modalities)
        for name in query.tasksets:
            if name not in (known := {heading.taskset for heading in self.headings if heading.taskset}):
                raise UnknownNameError("task set of this board", name, known)
        rows = [row for row in self.rows if row.tier >= query.tier and _matches(row, query.search)]
        if query.modality:
            rows = [row for row in rows if query.modality in row.encoders]
        return dataclasses.replace(self, headings=tuple(headings), rows=tuple(self._sorted(rows, query.sort)))

    def _sorted(self, rows: Sequence[BoardRow], key: str) -> list[BoardRow]:
        if key == OVERALL:
            return list(rows)  # as they are ranked
        if key == "name":
            return sorted(rows, key=lambda row: row.name.casefold())
        if key == "submitted":
            return sorted(rows, key=lambda row: row.submitted, reverse=True)
        headings = {heading.key: heading for heading in self.headings}
        if key not in headings:
            raise UnknownNameError("column to sort by", key, [*headings, "name", "submitted"])
        sign = -1 if headings[key].higher_is_better else 1
        scored = [row for row in rows if key in row.cells]
        rest = [row for row in rows if key not in row.cells]
        return [*sorted(scored, key=lambda row: sign * row.cells[key].value), *rest]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: the download and `superb-lite leaderboard show --json`."""
        return {
            "board": self.name,
            "version": self.version,
            "columns": [dataclasses.asdict(heading) for heading in self.headings],
            "rows": [row.to_dict() for row in self.rows],
            "notes": list(self.notes),
        }

    def table(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows as texts for people."""
        head = ["entry", "checked", "group", *(heading.label for heading in self.headings)]
        body = [
            [
                row.name,
                row.tier.label,
                "–" if row.group is None else str(row.group),
                *(_text(row.cells.get(heading.key)) for heading in self.headings),
            ]
            for row in self.rows
        ]
        return head, body

    def to_markdown(self) -> str:
        """A table of Markdown; the best of a column, and what is not significantly worse, is bold."""
        head, body = self.table()
        for row, texts in zip(self.rows, body, strict=True):
            for place, heading in enumerate(self.headings, start=3):
                cell = row.cells.get(heading.key)
                if cell is not None and cell.leads:
                    texts[place] = f"**{texts[place]}**"
        lines = [head, ["---"] * 3 + ["---:"] * len(self.headings), *body]
        return "".join(f"| {' | '.join(_markdown(text) for text in line)} |\n" for line in lines)

    def to_csv(self) -> str:
        """One line for each entry, numbers as they are: each score, and the ends of its interval."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        parts = ("", " lo", " hi")
        scores = [f"{heading.key}{part}" for heading in self.headings for part in parts]
        writer.writerow(["name", "version", "submitted", "tier", "own_code", "reference", "group", *scores])
        for row in self.rows:
            cells = [row.cells.get(heading.key) for heading in self.headings]
            numbers = [value for c in cells for value in (("", "", "") if c is None else (c.value, c.lo, c.hi))]
            facts = [row.name, row.version, row.submitted, row.tier.label, row.own_code, row.reference, row.group or ""]
            writer.writerow([_inert(value) for value in facts] + numbers)
        return out.getvalue()


def _inert(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _markdown(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")


def _text(cell: Cell | None) -> str:
    return "–" if cell is None else f"{cell.text} ({rank_text(cell.rank)}){cell.marks}"


def _headings(standings: Standings) -> tuple[Heading, ...]:
    found = [Heading(OVERALL, OVERALL, "overall")]
    for modality in standings.modalities:
        found.append(Heading(modality, modality, "modality", modality))
        found += [
            Heading(f"{modality}/{language}", f"{modality} ({language})", "language", modality, language=language)
            for of, language in standings.languages
            if of == modality
        ]
    return (*found, *(_task_heading(column, standings.detectable.get(column.key)) for column in standings.columns))


def _task_heading(column: Column, detects: float | None) -> Heading:
    task = column.task
    return Heading(
        key=column.key,
        label=column.label,
        kind="task",
        modality=task.modality,
        taskset=task.name.split("/")[0],
        language=task.language,
        higher_is_better=column.higher_is_better,
        detects=detects,
    )


def _row(row: Row, entry: Entry, standings: Standings, groups: Mapping[int, int]) -> BoardRow:
    results = [standing.result for standing in row.tasks.values()]
    cells = {key: _task_cell(standing) for key, standing in row.tasks.items()}
    for (modality, language), standing in row.languages.items():
        keys = {c.key for c in standings.columns if c.task.modality == modality and c.task.language == language}
        cells[f"{modality}/{language}"] = _cell(standing, [row.tasks[key].result for key in row.tasks if key in keys])
    for modality, standing in row.modalities.items():
        cells[modality] = _cell(standing, [result for result in results if result.modality == modality])
    if row.overall is not None:
        cells[OVERALL] = _cell(row.overall, results)
    return BoardRow(
        ref=entry.ref,
        name=entry.name,
        version=entry.version,
        tier=entry.tier,
        own_code=entry.own_code,
        reference=bool(results) and all(_is_reference(result) for result in results),
        submitted=entry.submitted,
        about=entry.about,
        encoders={modality: public_name(reference) for modality, reference in row.encoders.items()},
        cells=cells,
        group=None if row.overall is None else groups[row.overall.rank[0]],
        missing=tuple(column.key for column in standings.columns if column.key not in row.tasks),
    )


def _is_reference(result: Measured) -> bool:
    untrained = result.architecture is not None and result.architecture.untrained
    return untrained or result.encoder == "majority" or result.encoder.startswith("raw:")


def _cell(standing: Standing, results: Sequence[Measured]) -> Cell:
    lo, hi = standing.ci
    tier = min((result.tier for result in results), default=Tier.REPORTED)
    return Cell(standing.score, lo, hi, standing.rank, tier=tier, marks=_marks(results))


def _task_cell(standing: TaskStanding) -> Cell:
    result = standing.result
    lo, hi = result.ci
    return Cell(
        value=100 * result.score,
        lo=100 * lo,
        hi=100 * hi,
        rank=standing.rank,
        normalised=standing.normalised,
        normalised_ci=standing.normalised_ci,
        encoder=public_name(result.encoder),
        tier=result.tier,
        marks=_marks([result]),
    )


def _marks(results: Sequence[Measured]) -> str:
    in_domain = any(result.in_domain for result in results)
    unknown = any(result.in_domain is None for result in results)
    one_seed = any(len(result.seeds) == 1 for result in results)
    return "†" * in_domain + "?" * unknown + "‡" * one_seed


def _wanted(heading: Heading, query: BoardQuery) -> bool:
    if query.modality and heading.modality and heading.modality != query.modality:
        return False
    return not (query.tasksets and heading.kind == "task" and heading.taskset not in query.tasksets)


def _matches(row: BoardRow, search: str) -> bool:
    texts = (row.name, *row.about.tags, *row.encoders.values())
    return search.casefold() in "\n".join(texts).casefold()


def tier_named(name: str) -> Tier:
    """The tier of a word. Raises `UnknownNameError`."""
    known = {tier.label: tier for tier in Tier}
    if name not in known:
        raise UnknownNameError("tier", name, known)
    return known[name]
