"""Reference data: what others published on SUPERB's public set, and `superb_s`, the score of its leaderboard.

`python -m superb_lite_superb.published RESULT.json ...` shows local results together with the published rows.

Source of the rows and of the reference points: the data of superbbenchmark.org (frozen upstreams, public set). They
were measured with SUPERB's heads and training, not by this project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from superb_lite.errors import SuperbLiteError, printable
from superb_lite.results.files import read_results
from superb_lite.results.result import Result
from superb_lite.tasks.published import Figure, PublishedRow

COLUMNS = ("PR", "KS", "IC", "SID", "ER", "ASR", "QbE", "SF-F1", "SF-CER", "ASV", "SD")
"""PER, accuracy (KS, IC, SID, ER), WER, MTWV, slot F1, slot CER, EER, DER, all in percent."""

TASKS = (
    ("PR",), ("KS",), ("IC",), ("SID",), ("ER",), ("ASR",), ("QbE",), ("SF-F1", "SF-CER"), ("ASV",), ("SD",),
)  # fmt: skip
"""The columns of each of the ten tasks."""

_ROWS = """
FBANK            82.01 41.38  9.65 20.06 48.24 23.18 0.58  69.64 52.94  9.56 10.05
APC              41.98 91.01 74.69 60.42 59.33 21.28 3.10  70.46 50.89  8.56 10.53
VQ-APC           41.08 91.11 74.48 60.15 59.66 21.20 2.51  68.53 52.91  8.72 10.45
NPC              43.81 88.96 69.44 55.92 59.08 20.20 2.46  72.79 48.44  9.40  9.34
Mockingjay       70.19 83.67 34.33 32.29 50.28 22.82 0.066 61.59 58.89 11.66 10.54
TERA             49.17 89.48 58.42 57.57 56.27 18.17 0.13  67.50 54.17 15.89  9.96
wav2vec-2.0-Base  5.74 96.23 92.35 75.18 63.43  6.43 2.33  88.30 24.77  6.02  6.08
HuBERT-Base       5.41 96.30 98.34 81.42 64.92  6.42 7.36  88.53 25.20  5.11  5.88
HuBERT-Large      3.53 95.29 98.76 90.33 67.62  3.62 3.53  89.81 21.76  5.98  5.75
"""

PUBLISHED: Mapping[str, Mapping[str, float]] = {
    name: dict(zip(COLUMNS, map(float, figures), strict=True))
    for name, *figures in (line.split() for line in _ROWS.strip().splitlines())
}
"""Percentages by upstream and column."""

ZERO = PUBLISHED["FBANK"]
"""The upstream that scores 0."""

THOUSAND: Mapping[str, float] = dict(
    zip(COLUMNS, (3.53, 96.66, 98.76, 90.3, 67.62, 3.62, 7.36, 89.81, 21.76, 5.11, 5.62), strict=True)
)
"""What scores 1000 in each column: the best published at the time."""

FOLDS = tuple(f"superb/er{number}" for number in range(1, 6))

METRICS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "PR": (("superb/pr",), "per"),
    "KS": (("superb/ks",), "accuracy"),
    "IC": (("superb/ic",), "accuracy"),
    "SID": (("superb/sid",), "accuracy"),
    "ER": (FOLDS, "accuracy"),
    "ASR": (("superb/asr",), "wer"),
    "QbE": (("superb/qbe",), "mtwv"),
    "SF-F1": (("superb/sf",), "slot_f1"),
    "SF-CER": (("superb/sf",), "slot_accuracy"),
    "ASV": (("superb/asv",), "eer"),
    "SD": (("superb/sd",), "der"),
}
"""Where a column stands in local results: the mean of a metric over tasks."""


def superb_s(figures: Mapping[str, float]) -> float | None:
    """Mean over tasks of 1000 (s - FBANK) / (reference - FBANK); a task's columns are averaged first.

    figures: percentages by column. None when a column is missing.
    """
    if any(column not in figures for column in COLUMNS):
        return None
    points = {c: 1000 * (figures[c] - ZERO[c]) / (THOUSAND[c] - ZERO[c]) for c in COLUMNS}
    return sum(sum(points[c] for c in task) / len(task) for task in TASKS) / len(TASKS)


def _row(name: str, figures: Mapping[str, float]) -> PublishedRow:
    found = []
    for column, value in figures.items():
        tasks, metric = METRICS[column]
        # SUPERB counts errors in what fills the slots.
        found.append(Figure(tasks, metric, (100 - value if metric == "slot_accuracy" else value) / 100))
    return PublishedRow(name, SOURCE, tuple(found), superb_s(figures), "superb_s")


SOURCE = "superbbenchmark.org, public set"

ROWS: tuple[PublishedRow, ...] = tuple(
    sorted((_row(*each) for each in PUBLISHED.items()), key=lambda row: -(row.score or 0.0))
)
"""The same rows as results have their numbers, the best superb_s first."""


def local(results: Iterable[Result]) -> dict[str, dict[str, float]]:
    """Percentages by encoder and column, out of results on the task set `superb`. A column whose tasks are not all
    there, or were limited (`--limit`), is left out."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        if result.limit is None and result.protocol == "frozen":
            found.setdefault(result.encoder, {})[result.task] = result
    rows = {}
    for encoder, by_task in found.items():
        row = {}
        for column, (tasks, metric) in METRICS.items():
            if all(task in by_task for task in tasks):
                value = sum(by_task[task].metrics[metric] for task in tasks) / len(tasks)
                # SUPERB counts errors in what fills the slots.
                row[column] = 100 * (1 - value if metric == "slot_accuracy" else value)
        rows[encoder] = row
    return rows


def table(rows: Mapping[str, Mapping[str, float]]) -> Table:
    """Published and local rows in percent, the best superb_s first; local ones without one come last."""
    every = [(name, row, "published") for name, row in PUBLISHED.items()]
    every += [(name, row, "this machine") for name, row in rows.items()]
    scored = [(superb_s(row), name, row, source) for name, row, source in every]
    scored.sort(key=lambda entry: -entry[0] if entry[0] is not None else float("inf"))
    found = Table(box=None, pad_edge=False, header_style="bold", caption=f"published: {SOURCE}")
    for number, header in enumerate(("upstream", "source", "superb_s", *COLUMNS)):
        found.add_column(header, justify="left" if number < 2 else "right")
    for score, name, row, source in scored:
        cells = (f"{row[column]:.2f}" if column in row else "–" for column in COLUMNS)
        found.add_row(Text(printable(name)), source, "–" if score is None else f"{score:.0f}", *cells)
    return found


def main(paths: Sequence[str]) -> int:
    """Print the table; exit code 2 with one line where a file cannot be read."""
    try:
        rows = local(result for path in paths for result in read_results(Path(path)))
    except SuperbLiteError as error:
        print(f"superb_lite_superb.published: {error}", file=sys.stderr)
        return 2
    Console(width=None if sys.stdout.isatty() else 160).print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
