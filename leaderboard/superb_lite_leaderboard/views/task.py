"""One task of a board as values: what it measures, examples with their labels, and who stands where on it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.forms import form_of
from superb_lite.media import Media, shown_anyhow
from superb_lite.results.scale import sheet
from superb_lite.tasks.labels import Example
from superb_lite.tasks.task import Task
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.ranking.ranking import Gain
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import BoardRow, Cell, Heading

EXAMPLES = 6
"""Of the test examples, that a page shows."""


@dataclass(frozen=True)
class Labelled:
    """A test example and what is right."""

    id: str
    label: str
    """In words."""
    media: tuple[Media, ...] = field(repr=False)
    """What people see and hear of its items."""


@dataclass(frozen=True)
class TaskRow:
    """An entry on one task."""

    entry: BoardRow
    cell: Cell
    better: int
    """So many entries are significantly better."""
    worse: int
    """So many are significantly worse."""


@dataclass(frozen=True)
class Mark:
    """What was measured of the task when it was calibrated: an untrained encoder, a baseline, a strong reference."""

    name: str
    score: float
    """In percent, the mean over the metrics."""
    way: float
    """0 at the floor, 100 at the ceiling."""


@dataclass(frozen=True)
class TaskView:
    """A task under one protocol."""

    heading: Heading
    description: str
    source: str
    licence: str
    rule: str
    """Of generated data, how labels follow from items."""
    labels: tuple[str, ...]
    budget: str
    """How many labels a system may use, in words; empty for all."""
    rows: tuple[TaskRow, ...]
    """Best first."""
    gains: tuple[Gain, ...]
    """What pretraining brought here."""
    examples: tuple[Labelled, ...] = ()
    note: str = ""
    """Why there are no examples."""
    marks: tuple[Mark, ...] = ()
    """Of a calibrated task, the best first."""

    @classmethod
    def of(cls, view: BoardView, column: Column, *, examples: int = EXAMPLES, root: Path | None = None) -> TaskView:
        """A task of a board. examples: so many of the test examples; 0 reads no data.

        Raises `UnknownNameError` for a column that the board does not have.
        """
        heading = {each.key: each for each in view.headings if each.kind == "task"}.get(column.key)
        if heading is None:
            known = [each.key for each in view.headings if each.kind == "task"]
            raise UnknownNameError("task of this board", column.key, known)
        task = column.task
        sign = -1 if heading.higher_is_better else 1
        measured = [row for row in view.rows if column.key in row.cells]
        measured.sort(key=lambda row: sign * row.cells[column.key].value)
        shown, note = _examples(task, examples, root) if examples else ((), "")
        per = "labels a class" if task.form == "classify" else "labelled examples"
        return cls(
            heading=heading,
            description=task.description,
            source=task.source,
            licence=task.licence,
            rule=task.rule,
            labels=task.labels,
            budget="" if task.budget is None else f"{task.budget} {per}",
            rows=tuple(_row(row, row.cells[column.key], len(measured)) for row in measured),
            gains=tuple(gain for gain in view.gains if gain.key == column.key),
            examples=shown,
            note=note,
            marks=_marks(column),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, without the media of examples."""
        facts = ("description", "source", "licence", "rule", "budget", "note")
        head = ("key", "protocol", "form", "task_version", "modality", "language", "floor", "ceiling", "detects")
        return {
            **{name: getattr(self.heading, name) for name in head},
            **{name: getattr(self, name) for name in facts},
            "metrics": list(self.heading.metrics),
            "labels": list(self.labels),
            "rows": [
                {"name": row.entry.name, "ref": row.entry.ref, **row.cell.to_dict()}
                | {"significantly_better": row.better, "significantly_worse": row.worse}
                for row in self.rows
            ],
            "marks": [dataclasses.asdict(mark) for mark in self.marks],
            "examples": [{"id": each.id, "label": each.label} for each in self.examples],
        }


def _marks(column: Column) -> tuple[Mark, ...]:
    measured = None if column.scale is None else sheet(column.task, column.protocol)
    if column.scale is None or measured is None:
        return ()
    found = []
    for name, scores in measured.get("marks", {}).items():
        ways = [factor * scores[m] + offset for m in scores for factor, offset in [column.scale.coefficients(m)]]
        found.append(Mark(_called(name), 100 * fmean(scores.values()), fmean(ways)))
    return tuple(sorted(found, key=lambda mark: (-mark.way, mark.name)))


def _called(name: str) -> str:
    """What a mark is called among people: the sheets name encoders of their own by folders."""
    folder, _, rest = name.partition("/")
    if folder == "references":
        return f"{rest} reference, all labels"
    budgets = {"hour": "an hour", "minute": "a minute"}
    return f"{re.sub(r'-[0-9]+$', '', rest)}, {budgets[folder]}" if folder in budgets else name


def _row(entry: BoardRow, cell: Cell, number: int) -> TaskRow:
    return TaskRow(entry, cell, better=cell.rank[0] - 1, worse=number - cell.rank[1])


def _examples(task: Task, number: int, root: Path | None) -> tuple[tuple[Labelled, ...], str]:
    """Examples of the test split, of as many labels as there are among them, and why there are none."""
    try:
        data, form = task.data(root), form_of(task)
        found = _varied(data.test, number)
        show = getattr(plugins.modalities().get(task.modality), "media", None) or shown_anyhow
        return tuple(
            Labelled(
                id=example.id,
                label=form.label_words(example, task, data.items),
                media=tuple(part for key in example.items for part in show(data.items[key])),
            )
            for example in found
        ), ""
    except SuperbLiteError as error:
        return (), str(error)


def _varied(test: Sequence[Example], number: int) -> list[Example]:
    """The first example of each label, then the next of each, until there are enough; in the order of the task."""
    seen: dict[str, int] = {}
    turns = []
    for place, example in enumerate(test):
        label = repr(example.label)
        turns.append((seen.get(label, 0), place))
        seen[label] = seen.get(label, 0) + 1
    return [test[place] for place in sorted(place for _, place in sorted(turns)[:number])]
