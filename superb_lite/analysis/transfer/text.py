"""The report as Markdown, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from superb_lite.analysis.transfer.convergence import Mean
from superb_lite.analysis.transfer.published import COLUMNS, HOW, PUBLISHED, SOURCE, published_differences
from superb_lite.analysis.transfer.report import Report
from superb_lite.analysis.transfer.rows import COMPARISONS
from superb_lite.results.text import signed

Rows = list[list[str]]
"""Cells of a table; the first row holds the headings."""


def scores(report: Report) -> Rows:
    """Rows by tasks: percent, with the 95% interval."""
    head = ["row", *map(short, report.tasks)]
    return [head, *([row, *(_score(report, row, task) for task in report.tasks)] for row in report.rows)]


def scores_by_task(report: Report) -> Rows:
    """The same for a narrow screen: tasks by rows."""
    return [list(column) for column in zip(*scores(report), strict=True)]


def _score(report: Report, row: str, task: str) -> str:
    found = report.score(row, task)
    return "" if found is None else f"{100 * found.value:.1f} [{100 * found.ci[0]:.1f}, {100 * found.ci[1]:.1f}]"


def differences(report: Report) -> Rows:
    """One row for each paired difference, in points."""
    head = ["difference", "task", "points", "95% interval", "detectable", "p (Holm)", "verdict"]
    return [
        head,
        *(
            [
                f"{each.a} − {each.b}",
                "mean over tasks" if each.task is None else short(each.task),
                signed(100 * each.value),
                f"[{signed(100 * each.ci[0])}, {signed(100 * each.ci[1])}]",
                f"{100 * each.detectable:.1f}",
                "" if each.p is None else f"{each.p:.3f}" if each.p >= 0.001 else "<0.001",
                each.verdict,
            ]
            for each in report.differences
        ),
    ]


def speed(report: Report) -> Rows:
    """For each task and row the mean training loss, and how soon it is where rand ends. Empty without curves."""
    if not report.curves:
        return []
    head = ["task", *report.rows]
    body = []
    for task in report.tasks:
        by_row = {curve.row: curve for curve in report.curves if curve.task == task}
        cells = []
        for row in report.rows:
            curve = by_row.get(row)
            cells.append("" if curve is None else f"{curve.area.value:.3f}, {_reach(curve.reach, curve.reached)}")
        body.append([short(task), *cells])
    return [head, *body]


def _reach(reach: Sequence[float], reached: float) -> str:
    mean = f"{100 * sum(reach) / len(reach):.0f}%"
    return mean if reached == 1 else f"{mean} ({100 * reached:.0f}% of runs get there)"


def faster(report: Report) -> Rows:
    """One row for each paired difference of losses and of how soon."""
    if not report.faster:
        return []
    head = ["difference", "task", "mean training loss", "at rand's end, % of the updates"]
    return [
        head,
        *(
            [
                f"{each.a} − {each.b}",
                "mean over tasks" if each.task is None else short(each.task),
                "" if each.area is None else _mean(each.area, 1.0, 3),
                _mean(each.reach, 100.0, 0),
            ]
            for each in report.faster
        ),
    ]


def _mean(mean: Mean, factor: float, digits: int) -> str:
    value = f"{factor * mean.value:+.{digits}f}"
    if mean.ci is None:
        return value.replace("-", "−")
    return f"{value} [{factor * mean.ci[0]:+.{digits}f}, {factor * mean.ci[1]:+.{digits}f}]".replace("-", "−")


def published() -> Rows:
    """What was published, and its differences."""
    body = [[row, *("" if value is None else f"{value:.1f}" for value in PUBLISHED[row])] for row in PUBLISHED]
    for a, b in COMPARISONS:
        body.append([f"{a} − {b}", *("" if d is None else signed(d) for d in published_differences(a, b))])
    return [["row", *COLUMNS], *body]


def notes(report: Report) -> Iterator[str]:
    """What a reader has to know beside the tables, a line each."""
    checkpoints = len(report.texts)
    draws = f"{checkpoints} pretraining seed{'s' * (checkpoints != 1)}, {report.mappings} mapping" + (
        "s" * (report.mappings != 1) + " each; every mapping has an evaluation seed of its own, the same in all rows"
    )
    yield draws
    yield (
        "BERT has "
        + " or ".join(f"{count / 1e6:.1f}" for count in sorted(set(report.parameters)))
        + " million parameters"
    )
    if checkpoints == 1:
        yield "one pretraining seed: the intervals are over mappings and test examples, and say nothing of other runs"
    elif checkpoints < 3:
        yield "two pretraining seeds say little about others: intervals are wide"
    if any(each.p is None for each in report.differences):
        yield "one run: a single pair of runs; its interval is over test examples alone, and there is no verdict"
    if len(report.specific) < checkpoints and report.specific:
        given = len(report.specific)
        yield f"specific has {given} of them, and is compared with as many of BERT (of one: over its mappings)"
    if rates := report.settings.get("learning_rates"):
        chosen = ", ".join(f"{row} {100 * share:.0f}%" for row, share in report.largest_rate.items())
        grid = " and ".join(f"{rate:g}" for rate in rates)
        largest = f"; the largest by {chosen}" if chosen else ""
        yield f"learning rates {grid} for all rows, chosen on validation{largest}"


def markdown(report: Report) -> str:
    """A page with all tables."""
    metrics = "; ".join(f"{short(task)}: {', '.join(names)}" for task, names in report.metrics.items())
    runs = "pretraining seeds" if len(report.texts) > 1 else "mappings"
    parts = [
        ("Scores, percent", scores(report), f"{metrics}. 95% intervals over {runs} and test examples."),
        ("Paired differences, points", differences(report), ""),
        ("Training", speed(report), "Mean loss over all updates; the share of them after which the loss is at rand's."),
        ("Training, paired differences", faster(report), f"95% intervals over {runs}."),
        (f"Published ({SOURCE})", published(), f"{HOW}. Other data, other sizes: for the signs, not the numbers."),
    ]
    lines = []
    for title, rows, note in parts:
        if rows:
            lines += [f"### {title}", "", *_table(rows), "", *([note, ""] if note else [])]
    names = [f"- BERT: {', '.join(report.texts)}"]
    names += [f"- specific: {', '.join(report.specific)}"] if report.specific else []
    return "\n".join([*lines, *names, *(f"- {line}" for line in notes(report))]) + "\n"


def _table(rows: Rows) -> list[str]:
    written = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [written[0], "|" + "---|" * len(rows[0]), *written[1:]]


def to_csv(report: Report) -> str:
    """One line for each score and each difference; values are fractions."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["what", "task", "value", "low", "high", "p"])
    for score in report.scores:
        writer.writerow([score.row, score.task, score.value, *score.ci, ""])
    for each in report.differences:
        p = "" if each.p is None else each.p
        writer.writerow([f"{each.a} - {each.b}", each.task or "mean", each.value, *each.ci, p])
    for curve in report.curves:
        ends = curve.area.ci or ("", "")
        writer.writerow([f"{curve.row} mean training loss", curve.task, curve.area.value, *ends, ""])
    return out.getvalue()


def short(task: str) -> str:
    """The name of a task without its set."""
    return task.rpartition("/")[2]
