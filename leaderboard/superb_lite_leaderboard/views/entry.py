"""One entry as values: what it scores on each task, what its heads read, where it comes from and how it is repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.results.result import Result
from superb_lite.results.text import number, rank_text, with_margin
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import About, Entry, Measured, Tier
from superb_lite_leaderboard.ranking.standings import Row, Standings
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.history import Version
from superb_lite_leaderboard.views.markdown import cell
from superb_lite_leaderboard.views.of_task import OfTask, of_task
from superb_lite_leaderboard.views.plain import plain
from superb_lite_leaderboard.views.provenance import OfEncoder, of_encoder


@dataclass(frozen=True)
class Score:
    """A mean over tasks, 0 at the floor and 100 at the ceiling."""

    name: str
    """"overall", a modality, "MODALITY/LANGUAGE" or "MODALITY/SET", as `Heading.key`."""
    score: float
    lo: float
    hi: float
    rank: tuple[int, int]


@dataclass(frozen=True)
class EntryView:
    """An entry and the evidence for its numbers."""

    ref: str
    name: str
    version: int
    submitted: str
    withdrawn: str
    tier: Tier
    own_code: bool
    about: About
    standing: bool
    """Whether it is the version that is ranked."""
    scores: tuple[Score, ...]
    """Overall and by modality, where they are defined."""
    tasks: tuple[OfTask, ...]
    """In the order of the board."""
    missing: tuple[str, ...]
    """Columns of the board without a result."""
    encoders: tuple[OfEncoder, ...]
    history: tuple[Version, ...]
    """All versions of the name, the newest first."""
    same_as: tuple[str, ...]
    """Other entries that hold the same results, or the same encoder for each modality."""
    shares: tuple[tuple[str, str], ...]
    """(modality, other entry) for each encoder that another entry holds, too, where not all are the same."""
    notes: tuple[str, ...]
    """One line for each result that is damaged."""

    @classmethod
    def of(cls, board: Leaderboard, entry: Entry, standings: Standings | None = None) -> EntryView:
        """The view of an entry of a board. standings: of that board, where they are known already."""
        standings = standings or board.standings()
        others = board.entries()
        stands = any(other.id == entry.id for other in others)
        row = next((row for row in standings.rows if stands and row.name == entry.name), None)
        refs = {other.name: other.ref for other in others if other.id != entry.id}
        columns = {(column.task.name, column.protocol): column for column in standings.columns}
        order = {key: place for place, key in enumerate(columns)}
        wanted = sorted(entry.results, key=lambda each: order.get((each.task, each.protocol), len(order)))
        tasks, whole, notes = [], [], []
        for measured in wanted:
            try:
                result = board.result(measured)
            except SuperbLiteError as error:
                notes.append(f"'{measured.task}' ({measured.protocol}) is damaged: {error}")
                continue
            column = columns.get((measured.task, measured.protocol))
            kept = board.has_predictions(measured)
            tasks.append(of_task(measured, result, column, row, _rival(standings, column, measured, refs), kept))
            whole.append((result, measured))
        return cls(
            ref=entry.ref,
            name=entry.name,
            version=entry.version,
            submitted=entry.submitted,
            withdrawn=entry.withdrawn,
            tier=entry.tier,
            own_code=entry.own_code,
            about=entry.about,
            standing=stands,
            scores=_scores(row),
            tasks=tuple(tasks),
            missing=tuple(
                column.key for key, column in columns.items() if key not in {(e.task, e.protocol) for e in wanted}
            ),
            encoders=tuple(of_encoder(group) for group in _by_encoder(whole)),
            history=tuple(
                Version(found.ref, found.submitted, found.withdrawn, found.tier, len(found.results), events)
                for found, events in reversed(board.history(entry.name))
            ),
            same_as=tuple(other.ref for other in others if other.id != entry.id and _same(other, entry)),
            shares=tuple(
                (modality, other.ref)
                for other in others
                if other.id != entry.id and not _same(other, entry)
                for modality in entry.modalities_shared_with(other)
            ),
            notes=tuple(notes),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: `superb-lite leaderboard entry NAME --json`."""
        found: dict[str, Any] = plain(self)
        return {**found, "about": self.about.model_dump(mode="json")}

    def to_markdown(self) -> str:
        """A heading and a table of the tasks; bold: no entry is significantly better."""
        lines = [["task", "score", "normalised", "rank", "checked", "encoder"], ["---", *["---:"] * 3, "---", "---"]]
        for task in self.tasks:
            score = f"{with_margin(task.score, (task.lo, task.hi))}{task.marks}"
            lines.append(
                [
                    cell(task.key),
                    f"**{score}**" if task.rank is not None and task.rank[0] == 1 else score,
                    "–" if task.normalised is None else number(task.normalised),
                    "–" if task.rank is None else rank_text(task.rank),
                    task.tier.label,
                    cell(task.encoder),
                ]
            )
        table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
        return f"## {cell(self.ref)}\n\n{table}"


def _scores(row: Row | None) -> tuple[Score, ...]:
    if row is None:
        return ()
    found = {"overall": row.overall} if row.overall is not None else {}
    parts = {f"{modality}/{part}": s for of in (row.languages, row.sets) for (modality, part), s in of.items()}
    return tuple(Score(name, s.score, *s.ci, s.rank) for name, s in {**found, **row.modalities, **parts}.items())


def _rival(standings: Standings, column: Column | None, measured: Measured, refs: Mapping[str, str]) -> str:
    if column is None:
        return ""
    rows = [
        row
        for row in standings.rows
        if row.name in refs
        and column.key in row.tasks
        and row.tasks[column.key].result.encoder_hash != measured.encoder_hash
    ]
    sign = 1 if column.higher_is_better else -1
    best = max(rows, key=lambda row: sign * row.tasks[column.key].result.score, default=None)
    return "" if best is None else refs[best.name]


def _by_encoder(whole: Sequence[tuple[Result, Measured]]) -> list[list[tuple[Result, Measured]]]:
    groups: dict[tuple[str, str], list[tuple[Result, Measured]]] = {}
    for result, measured in whole:
        groups.setdefault((result.modality, result.encoder_hash), []).append((result, measured))
    return list(groups.values())


def _same(one: Entry, other: Entry) -> bool:
    if one.content == other.content:
        return True
    mine, theirs = ({(r.modality, r.encoder_hash) for r in each.results} for each in (one, other))
    return bool(mine) and mine == theirs
