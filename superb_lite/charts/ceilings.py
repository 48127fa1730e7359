"""Results beside the ceilings of their tasks, as SVG (after the history of GLUE, where human performance is 1).

A value is the score over the score of the ceiling, so that 1 is the supervised reference. An error counts as 1 - error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from superb_lite.charts import svg
from superb_lite.errors import SuperbLiteError
from superb_lite.metrics import higher_is_better
from superb_lite.results.result import Result
from superb_lite.results.tables import cells

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 260, 52, 70, 16, 44
STEP = 18
"""From one encoder's dot to the next."""

GAP = 26
"""Between the dots of two tasks, at least."""

HEADER = 12


@dataclass(frozen=True)
class Relative:
    """A score, its interval and the floor, as shares of the ceiling."""

    value: float
    ci: tuple[float, float]
    floor: float


def relative(result: Result) -> Relative:
    """Raises `SuperbLiteError`, naming the result, where no ceiling was measured."""
    if result.ceiling is None or result.floor is None:
        raise SuperbLiteError(
            f"'{result.encoder}' on '{result.task}' ({result.protocol}) has no ceiling: leave it out, or measure floor "
            "and ceiling of its task set with `superb-lite calibrate`"
        )
    better = higher_is_better(tuple(result.metrics))

    def right(score: float) -> float:
        return score if better else 1.0 - score

    ceiling, floor = (right(sum(ends.values()) / len(ends)) for ends in (result.ceiling, result.floor))
    if ceiling <= 0:
        raise SuperbLiteError(f"the ceiling of '{result.task}' is not above 0, so no score is a share of it")
    low, high = sorted(right(end) / ceiling for end in result.ci)
    return Relative(right(result.score) / ceiling, (low, high), floor / ceiling)


def ceiling_chart(results: Sequence[Result]) -> str:
    """The SVG text: a group a task, a colour an encoder, dots with 95% intervals, a rule at the ceiling and at floors.

    Raises `SuperbLiteError` for results without a ceiling, of several task sets, or that do not belong in one row.
    """
    sets = list(dict.fromkeys(result.task.split("/")[0] for result in results))
    if len(sets) > 1:
        raise SuperbLiteError(f"a chart shows one task set, and these results are of {' and '.join(sets)}")
    encoders, rows = cells(results)
    groups = [(key, {name: relative(result) for name, result in row.items()}) for key, row in rows.items()]
    labels = [(task.removeprefix(f"{sets[0]}/"), protocol) for task, protocol in rows]
    widths = [GAP + max(STEP * len(encoders), *(svg.text_width(part) for part in label)) for label in labels]
    panel = LEFT + sum(widths)
    top = HEADER + svg.LEGEND_ROW * (1 + len(encoders))
    known = [end for _, found in groups for r in found.values() for end in (*r.ci, r.floor)]
    y = svg.just_holding([*known, 1.0], HEIGHT - BOTTOM, TOP)
    parts = [*svg.rules(y, LEFT, panel)]
    parts.append(svg.line((LEFT, y.at(1.0)), (panel, y.at(1.0)), stroke="#222", extra=' stroke-width="1.5"'))
    parts.append(svg.text(panel + 6, y.at(1.0) + 4, "ceiling", fill="#222"))
    left = float(LEFT)
    for (_, found), label, width in zip(groups, labels, widths, strict=True):
        parts += _group(found, encoders, label, left, width, y)
        left += width
    header = [svg.title(LEFT, HEADER + 10, f"{sets[0]}: score relative to the ceiling, 95% intervals; dashes: floor")]
    header += svg.legend(LEFT, HEADER + 12 + svg.LEGEND_ROW, encoders)
    wide = max([panel + RIGHT, LEFT + 480, LEFT + 30 + max(map(svg.text_width, encoders))])
    return svg.document(wide, top + HEIGHT, [*header, svg.group(0, top, parts)])


def _group(
    found: Mapping[str, Relative],
    encoders: Sequence[str],
    label: tuple[str, str],
    left: float,
    width: float,
    y: svg.Axis,
) -> list[str]:
    middle = left + width / 2
    floor = next(iter(found.values())).floor
    ends = (left + GAP / 4, y.at(floor)), (left + width - GAP / 4, y.at(floor))
    parts = [svg.line(*ends, stroke=svg.GREY, extra=' stroke-dasharray="4 3"')]
    for number, name in enumerate(encoders):
        if name in found:
            r = found[name]
            x = round(middle + STEP * (number - (len(encoders) - 1) / 2), 1)
            parts += svg.dot(x, y.at(r.value), (y.at(r.ci[0]), y.at(r.ci[1])), number)
    for line, part in enumerate(label):
        fill = svg.GREY if line else "#222"
        parts.append(svg.text(middle, HEIGHT - BOTTOM + 18 + 14 * line, part, anchor="middle", fill=fill))
    return parts
