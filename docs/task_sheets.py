"""`make tasks`: write docs/tasks.md, the admission sheets of all tasks, from the calibration files.

Nothing is measured and no data is loaded; `superb-lite calibrate` writes what is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from superb_lite import plugins
from superb_lite.evaluation.admission import CORE_LIMIT
from superb_lite.metrics import metric
from superb_lite.results.scale import sheet
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet
from superb_lite_leaderboard.board import CORE

PAGE = Path(__file__).with_name("tasks.md")

INTRODUCTION = """# Admission sheets

Written by `make tasks` from the calibration files; do not edit. What the words mean is in
[evaluation.md](evaluation.md#normalised-scores), where the data comes from in [data.md](data.md).

- Scores in percent, ± one standard error (test clusters; for marks seeds as well; a ceiling is one training run).
- **Way**: where a mark stands between floor (0) and ceiling (100), which are taken as exact.
- **Shows**: the smallest difference of two encoders that five evaluation seeds show with 80% power, on the same scale.
  A task is admitted with at most 10, to the core board with at most {core:.1f}.
- **References**: `references/...` learnt all labels of the training pools (`make references`); `hour/...`,
  `minute/...` and `sequence-masked-0` (a minute) are recipes of these budgets;
  `hf:all-MiniLM-L6-v2` is a released sentence encoder (Apache-2.0).
- **Verdict**: *core* and *admitted* as asked; *refused* with the reason; *not measured yet* where floor and ceiling are
  known, but no marks at this version of the task. ★: on the core board.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The page as it should be."""
    sets = [found for found in plugins.tasksets().values() if found.calibration is not None]
    return INTRODUCTION.format(core=CORE_LIMIT) + "".join(section(found) for found in sets)


def section(tasks: TaskSet) -> str:
    """A table of a task set, and a sheet for each of its tasks that marks were measured for."""
    lines = [
        f"\n## {tasks.name}\n",
        f"{tasks.description[:1].upper()}{tasks.description[1:]}.\n",
        "| task | floor | ceiling | untrained: way | best simple baseline: way | shows | verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    sheets = []
    for task in tasks:
        for protocol in task.protocols:
            found = sheet(task, protocol)
            lines.append(row(task, protocol, found))
            if found is not None and "admission" in found:
                sheets += details(task, protocol, found)
    return "\n".join([*lines, "", *sheets])


def row(task: Task, protocol: str, found: Mapping[str, Any] | None) -> str:
    """The line of a task under a protocol in the table of its set."""
    star = " ★" if (task.name, protocol) in CORE.columns else ""
    name = f"`{short(task)}`{star}" + ("" if protocol == task.protocols[0] else f" ({protocol})")
    if found is None:
        return f"| {name} | | | | | | not calibrated |"
    ends = f"{scores(found['floor'])} | {scores(found['ceiling'])}"
    if "admission" not in found:
        return f"| {name} | {ends} | | | | not measured yet |"
    admission = found["admission"]
    untrained, *_ = [reference for reference in found["marks"] if reference.startswith("untrained ")]
    best = admission["best_baseline"]
    baseline = "" if best["way"] is None else f"`{best['reference']}`: {best['way']:.0f}"
    smallest = admission["smallest_difference"]
    shows = "" if smallest is None else f"{smallest:.1f}"
    return f"| {name} | {ends} | {way(found, untrained)} | {baseline} | {shows} | {verdict(admission)} |"


def verdict(admission: Mapping[str, Any]) -> str:
    """In one word, the reasons being on the sheet."""
    text = str(admission["verdict"])
    return "**refused**" if text.startswith("refused") else "core" if text == "admitted, core" else text


def details(task: Task, protocol: str, found: Mapping[str, Any]) -> list[str]:
    """The sheet of a task."""
    error = found["standard_error"]
    lines = [
        f"### {task.name}" + ("" if protocol == task.protocols[0] else f" ({protocol})"),
        "",
        f"Version {task.version}. {task.description[:1].upper()}{task.description[1:]}. Form `{task.form}`, "
        f"{', '.join(f'`{name}`' for name in task.metrics)}{arrow(task)}.",
        "",
        "| | score | way |",
        "|---|---|---|",
        f"| floor: {found['floor_is']} | {scores(found['floor'], error.get('floor'))} | 0 |",
    ]
    for reference in sorted(found["marks"], key=lambda name: float(way(found, name) or "nan")):
        marked = scores(found["marks"][reference], error["marks"][reference])
        lines.append(f"| {reference} | {marked} | {way(found, reference)} |")
    lines.append(f"| ceiling: {found['ceiling_is']} | {scores(found['ceiling'], error.get('ceiling'))} | 100 |")
    admission = found["admission"]
    lines += ["", f"{admission['verdict'][:1].upper()}{admission['verdict'][1:]}."]
    order = [
        f"{pair['better']} − {pair['worse']} {pair['difference']:+.1f} [{pair['ci'][0]:+.1f}, {pair['ci'][1]:+.1f}]"
        + ("" if pair["holds"] else " (**wrong**)")
        for pair in admission["order"]
    ]
    if order:
        lines.append(f"Order: {'; '.join(order)}.")
    return [*lines, ""]


def way(found: Mapping[str, Any], reference: str) -> str:
    """Where a mark stands from floor to ceiling; empty where the scale is too short to say so."""
    if not found.get("normalised", True):
        return ""
    floor, ceiling, mark = found["floor"], found["ceiling"], found["marks"][reference]
    parts = [(mark[name] - floor[name]) / (ceiling[name] - floor[name]) for name in floor]
    return f"{100 * sum(parts) / len(parts):.1f}"


def scores(values: Mapping[str, float], errors: Mapping[str, float] | None = None) -> str:
    """In percent, the metrics one after the other."""
    return " / ".join(
        f"{100 * value:.1f}" + ("" if errors is None else f" ± {100 * errors[name]:.1f}")
        for name, value in values.items()
    )


def arrow(task: Task) -> str:
    """Says where less is better."""
    return "" if metric(task.metrics[0]).higher_is_better else " (less is better)"


def short(task: Task) -> str:
    """The name within the set."""
    return task.name.split("/", 1)[1]


if __name__ == "__main__":
    main()
