"""From comparisons to what the report shows."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from superb_lite.analysis.findings import Cell, Picture, Section, Table
from superb_lite.analysis.plain import safe_name
from superb_lite.analysis.similarity.claims import claims_of
from superb_lite.analysis.similarity.compare import Compared
from superb_lite.charts.heatmaps import HeatMap, heat_maps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLANK = (None, None, None)
_ENDS = ("", "_low", "_high")


def make_section(
    found: Sequence[Compared],
    *,
    modality_of: Mapping[str, str],
    command: str,
    encoders: Sequence[str],
    seeds: int,
    settings: Mapping[str, Any],
) -> Section:
    """The section. modality_of: of each group. seeds: the fewest pretraining seeds of a group."""
    measures = list(dict.fromkeys(each.measure for each in found))
    pictures = [
        Picture(
            name=f"layers-{measure.lower()}",
            title=f"{measure}: every layer with every other",
            caption="Means over pairs of pretraining seeds; rows are the layers of the first, columns those of the "
            "second.",
            table="layers",
            draw=functools.partial(_draw, [each for each in found if each.measure == measure]),
        )
        for measure in measures
    ]
    summary, modalities = _summary(found), sorted(set(modality_of.values()))
    between = {(each.a, each.b) for each in found if modality_of[each.a] != modality_of[each.b]}
    return Section(
        analysis="similarity",
        variant=safe_name(*modalities),
        title=f"How alike encoders are: {'-'.join(modalities)}",
        question="Do encoders of other seeds, objectives and modalities see the same items alike, and more so than "
        "before pretraining?",
        answer=answer_of(summary, between),
        command=command,
        encoders=tuple(encoders),
        seeds=seeds,
        settings=settings,
        tables=(summary, _layers(found)),
        pictures=tuple(pictures),
        claims=claims_of(found, modality_of),
        notes=(
            "Claims are about the last layers, which were chosen before anything was measured.",
            "Intervals are over pairs of encoders; two pairs that share one are taken to depend on each other.",
        ),
    )


def answer_of(summary: Table, between: Collection[tuple[str, str]]) -> str:
    """The pair that is furthest above its random twins. between: groups of different modalities, which are asked for
    where there are any."""
    asked = [row for row in summary.records() if (row["a"], row["b"]) in between] or summary.records()
    closest = max(asked, key=lambda row: _number(row["gain"], row["similarity"]))
    twins = "" if closest["twin"] is None else f", of their random twins {_number(closest['twin']):.3f}"
    pair = f"{closest['measure']} of {closest['a']} with {closest['b']}"
    above = "Furthest above" if _number(closest["gain"]) > 0 else "None is above"
    return f"{above} the random twins: {pair} is {_number(closest['similarity']):.3f}{twins}."


def _number(*cells: Cell) -> float:
    """The first that is known, else 0."""
    return next((float(cell) for cell in cells if isinstance(cell, int | float)), 0.0)


def _summary(found: Sequence[Compared]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in found:
        twins, gain = each.twins_at(each.last), each.gain()
        rows.append(
            (
                each.a,
                each.b if each.b != each.a else "its other seeds",
                each.measure,
                "/".join(map(str, each.last)),
                *each.at(each.last).cells,
                *(BLANK if twins is None else twins.cells),
                *(BLANK if gain is None else gain.cells),
                each.p_value,
                "/".join(map(str, each.best)),
                each.at(each.best).value,
                len(each.values),
            )
        )
    columns = [f"{name}{end}" for name in ("similarity", "twin", "gain") for end in _ENDS]
    return Table(
        name="summary",
        title="The last layers",
        columns=("a", "b", "measure", "layers", *columns, "p", "best_layers", "best", "pairs"),
        rows=tuple(rows),
        note="CKA: unbiased, linear, 0 for unrelated spaces; neighbours: the share of nearest neighbours that both "
        "have. Twin: the same of random weights; gain: the paired difference; p: items dealt out anew; "
        "best: of the layers that are most alike, found on the same items and therefore no basis of a claim.",
    )


def _layers(found: Sequence[Compared]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in found:
        twins = None if each.twins is None else each.twins.mean(axis=0)
        for (i, j), value in np.ndenumerate(each.mean):
            rows.append((each.a, each.b, each.measure, i, j, value, None if twins is None else twins[i, j]))
    return Table(
        name="layers",
        title="All pairs of layers",
        columns=("a", "b", "measure", "layer_of_a", "layer_of_b", "similarity", "twin"),
        rows=tuple(rows),
        note="Means over pairs of encoders.",
    )


def _draw(found: Sequence[Compared]) -> Figure:
    rows, columns = (max(each.values.shape[axis] for each in found) for axis in (1, 2))

    def padded(table: np.ndarray) -> np.ndarray:
        room = ((0, rows - table.shape[0]), (0, columns - table.shape[1]))
        return np.pad(table, room, constant_values=np.nan)

    maps = []
    for each in found:
        title = f"{each.a}, between seeds" if each.a == each.b else f"{each.a} / {each.b}"
        maps.append(HeatMap(title, padded(each.mean)))
        if each.twins is not None:
            maps.append(HeatMap("their random twins", padded(each.twins.mean(axis=0))))
    names = [[str(layer) for layer in range(depth)] for depth in (rows, columns)]
    across = 2 if any(each.twins is not None for each in found) else 3
    return heat_maps(
        found[0].measure, maps, rows=names[0], columns=names[1], x="layer", y="layer", limits=(0.0, 1.0), across=across
    )
