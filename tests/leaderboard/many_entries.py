"""A board of as many entries as anybody has, made without a database."""

from __future__ import annotations

import random
from dataclasses import replace

from superb_lite.results.scale import Scale
from superb_lite.tasks.task import Task
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import About, Tier
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import BoardRow, Cell, Heading

MODALITIES = ("smell", "touch", "taste", "hearing")


def many(entries: int, tasks: int) -> tuple[BoardView, dict[str, Column]]:
    """A complete board of four modalities; every fiftieth entry is far below the floor."""
    draw = random.Random(1)
    headings = [Heading("overall", "overall", "overall"), *(Heading(m, m, "modality", m) for m in MODALITIES)]
    columns = {}
    for number in range(tasks):
        modality = MODALITIES[number % len(MODALITIES)]
        key = f"{modality}-lite/task{number}"
        task = Task(key, 1, modality, "classify", ("accuracy",), ("no", "yes"), "nowhere:nothing")
        columns[key] = Column(task, "frozen", Scale(floor={"accuracy": 0.2}, ceiling={"accuracy": 0.9}))
        headings.append(Heading(key, key, "task", modality, f"{modality}-lite"))

    def cell(heading: Heading, place: int) -> Cell:
        middle = -186.0 if place >= 0.98 * entries - 1 else 90 - 80 * place / entries
        if heading.kind != "overall":
            middle += draw.gauss(0, 2)
        interval, rank = (middle - 6.4, middle + 6.3), (max(1, place - 3), place + 4)
        found = Cell(middle, *interval, rank, place // 3 + 1, marks=("†?‡", "†", "")[place % 3])
        if heading.kind == "task":
            return replace(found, normalised=middle, normalised_ci=interval, encoder="nose")
        return found

    rows = tuple(
        BoardRow(
            ref=f"entry number {place}@1",
            name=f"entry number {place}",
            version=1,
            tier=Tier(place % 3 + 1),
            own_code=place % 7 == 0,
            reference=place % 11 == 0,
            submitted=f"2026-01-{place % 28 + 1:02}T10:00:00+00:00",
            about=About(),
            encoders=dict.fromkeys(MODALITIES, f"hf:organisation/model-{place}"),
            cells={heading.key: cell(heading, place) for heading in headings},
            group=place // 3 + 1,
            mean_rank=place + 1.0,
            iqm=90 - 80 * place / entries,
            missing=(),
            costs={},
        )
        for place in range(entries)
    )
    return BoardView("many", 1, tuple(headings), rows, ()), columns
