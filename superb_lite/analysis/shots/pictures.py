"""Score against the number of solved examples, against size and against steps of pretraining, drawn from the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from superb_lite.analysis.findings import Cell, Picture, Table
from superb_lite.charts.bands import BandLine, BandPanel, BandPoint, Scale, band_chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = Mapping[str, Cell]
HOWS = {"score": "", "plain": ", not calibrated", "finetuned": ", fine-tuned on the same examples"}
"""Columns of the table, and what the legend says of them."""
BANDS = "Bands: 95% intervals; dotted: the best constant answer."


def pictures_of(table: Table) -> tuple[Picture, ...]:
    """Those that there is something to see in. table: of scores, as `superb_lite.analysis.shots.section` makes it."""
    rows = table.records()
    last = _last(rows)
    found = [
        Picture(
            name="by-shots",
            title="Score against solved examples",
            caption=f"Each model after its last step. {BANDS}",
            table=table.name,
            draw=lambda: _by_shots(last),
        )
    ]
    if len({row["parameters"] for row in last}) > 1:
        found.append(
            Picture(
                name="by-size",
                title="Score against size",
                caption=f"After the last step, calibrated. {BANDS}",
                table=table.name,
                draw=lambda: _by_size(last),
            )
        )
    stepped = [row["model"] for row in rows if row not in last]
    if stepped:
        model = str(stepped[-1])  # of the largest: rows are in the order of sizes
        found.append(
            Picture(
                name="by-steps",
                title="Score against steps of pretraining",
                caption=f"{model}, calibrated. {BANDS}",
                table=table.name,
                draw=lambda: _by_steps([row for row in rows if row["model"] == model], model),
            )
        )
    return tuple(found)


def _last(rows: Sequence[Row]) -> list[Row]:
    """Those of each model after its last step."""
    steps = {row["model"]: max(_number(r["steps"]) for r in rows if r["model"] == row["model"]) for row in rows}
    return [row for row in rows if _number(row["steps"]) == steps[row["model"]]]


def _by_shots(rows: Sequence[Row]) -> Figure:
    models = list(dict.fromkeys(row["model"] for row in rows))

    def lines(mine: Sequence[Row]) -> list[BandLine]:
        found = []
        for number, model in enumerate(models):
            for how in ("score", "plain"):
                points = _points([r for r in mine if r["model"] == model], "shots", how)
                found.append(BandLine(f"{model}{HOWS[how]}", points, number, how != "score"))
        tuned = _points([r for r in mine if r["model"] == models[-1]], "shots", "finetuned")
        if tuned:
            found.append(BandLine(f"{models[-1]}{HOWS['finetuned']}", tuned, len(models), True))
        return found

    panels = [BandPanel(task, tuple(lines(mine)), _level(mine)) for task, mine in _by_task(rows)]
    return _chart("Score after so many solved examples", panels, x="solved examples", scale="even")


def _by_size(rows: Sequence[Row]) -> Figure:
    kinds = list(dict.fromkeys(_kind(row) for row in rows))

    def lines(mine: Sequence[Row]) -> list[BandLine]:
        found: list[BandLine] = []
        for shots in _few(mine):
            for kind in kinds:
                points = _points([r for r in mine if r["shots"] == shots and _kind(r) == kind], "parameters", "score")
                found.append(BandLine(f"{_examples(shots)}{kind}", points, len(found)))
        return found

    panels = [BandPanel(task, tuple(lines(mine)), _level(mine)) for task, mine in _by_task(rows)]
    return _chart("Score against size", panels, x="parameters", scale="log")


def _by_steps(rows: Sequence[Row], model: str) -> Figure:
    def lines(mine: Sequence[Row]) -> list[BandLine]:
        return [
            BandLine(_examples(shots), _points([r for r in mine if r["shots"] == shots], "steps", "score"), number)
            for number, shots in enumerate(_few(mine))
        ]

    panels = [BandPanel(task, tuple(lines(mine)), _level(mine)) for task, mine in _by_task(rows)]
    return _chart(f"Score while it is pretrained: {model}", panels, x="steps of pretraining", scale="symlog")


def _chart(title: str, panels: Sequence[BandPanel], *, x: str, scale: Scale) -> Figure:
    return band_chart(title, panels, x=x, y="score, %", scale=scale)


def _by_task(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    tasks = dict.fromkeys(str(row["task"]) for row in rows)
    return [(task, [row for row in rows if row["task"] == task]) for task in tasks]


def _points(rows: Sequence[Row], x: str, how: str) -> tuple[BandPoint, ...]:
    """In percent; rows without the number are left out."""
    found = []
    for row in rows:
        if row[how] is not None:
            low, high = (None if row[end] is None else 100 * _number(row[end]) for end in (f"{how}_low", f"{how}_high"))
            found.append(BandPoint(_number(row[x]), 100 * _number(row[how]), low, high))
    return tuple(found)


def _few(rows: Sequence[Row]) -> list[int]:
    """The least solved examples, the number after it, and the most."""
    shots = sorted({int(_number(row["shots"])) for row in rows})
    return sorted({*shots[:2], shots[-1]})


def _examples(shots: int) -> str:
    return f"{shots} solved example{'' if shots == 1 else 's'}"


def _kind(row: Row) -> str:
    """What the name of a model says beside its size."""
    return str(row["model"]).partition(" parameters")[2]


def _level(rows: Sequence[Row]) -> float:
    return 100 * _number(rows[0]["chance"])


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
