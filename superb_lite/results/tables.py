"""Tables of results, for a screen, a paper or a program.

Markdown and LaTeX have a row for each (task, protocol) and a column for each encoder, in percent with 95% intervals.
CSV and JSON have a row for each result and are fractions.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.results.power import detectable
from superb_lite.results.result import Result
from superb_lite.results.set_scores import set_scores
from superb_lite.results.significance import verdicts

if TYPE_CHECKING:
    from rich.table import Table

LONGEST_NAME = 120
"""Characters of a name in a table; the middle of a longer one is left out."""


def to_json(results: Sequence[Result]) -> str:
    """A list with the `summary` of each result."""
    return json.dumps([result.summary() for result in results], indent=1, ensure_ascii=False) + "\n"


def to_csv(results: Sequence[Result]) -> str:
    """One line for each result. lo, hi: the 95% interval. metrics: "name=value", joined by spaces."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _CSV, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(_record, results))
    return text.getvalue()


def to_markdown(results: Sequence[Result]) -> str:
    """A pipe table with cells such as "65.2 [64.3, 66.1]"; names stand in it as they are, without any markup."""
    header, rows = grid(results, marked=True)
    rows = _bold(results, rows, "**", "**")
    # tabulate does not escape in this format. Every character that is markup somewhere in a cell of a pipe table, in
    # CommonMark or in the mathematics and strikethrough of GitHub; intervals keep their brackets.
    named = [*map(_escape_markdown, header)], [[*map(_escape_markdown, row[:2]), *row[2:]] for row in rows]
    notes = "".join(f"\n{_escape_markdown(note)}\n" for note in _notes(results))
    return _tabulate(*named, "pipe") + notes


def to_latex(results: Sequence[Result]) -> str:
    r"""A `tabular` for the booktabs package: `\usepackage{booktabs}`. tabulate escapes what LaTeX reads as markup."""
    notes = "".join(f"\\par {note}\n" for note in _notes(results))
    header, rows = grid(results, marked=True)
    # Names are printed without these characters, so they stand for what must not be escaped.
    plain = [[*map(_without_placeholders, row[:2]), *row[2:]] for row in rows]
    text = _tabulate(list(map(_without_placeholders, header)), _bold(results, plain, BOLD, END), "latex_booktabs")
    for sign, command in {BOLD: r"\textbf{", END: "}", BETTER: r"$\uparrow$", WORSE: r"$\downarrow$"}.items():
        text = text.replace(sign, command)
        notes = notes.replace(sign, command)
    return text + notes


BOLD, END = "\ue000", "\ue001"
"""Placeholders of the beginning and end of bold."""

BETTER, WORSE = "↑", "↓"
"""Behind a score: significantly better or worse than the first encoder."""


def _without_placeholders(name: str) -> str:
    return re.sub(f"[{BOLD}{END}{BETTER}{WORSE}]", "?", name)


def _bold(results: Sequence[Result], rows: Sequence[list[str]], begin: str, end: str) -> list[list[str]]:
    """Rows of `grid` with what no encoder is significantly better than in bold."""
    encoders, found = cells(results)
    leading = [{name for name, each in verdicts(row).items() if each.leads} for row in found.values()]
    leading += [set() for _ in rows[len(leading) :]]  # the scores of whole sets
    return [
        row[:2]
        # Marks behind the interval stay outside: a star there would be markup to Markdown.
        + [begin + t.replace("]", f"]{end}") if name in of else t for name, t in zip(encoders, row[2:], strict=True)]
        for row, of in zip(rows, leading, strict=True)
    ]


def _tabulate(header: Sequence[str], rows: Sequence[Sequence[str]], form: str) -> str:
    from tabulate import tabulate

    alignment = ("left", "left", *["right"] * (len(header) - 2))
    return tabulate(rows, header, tablefmt=form, disable_numparse=True, colalign=alignment) + "\n"


def results_table(results: Sequence[Result]) -> Table:
    """The table for a screen, in percent, with its notes below it.

    Of one encoder: a row for each (task, protocol), with metric, score, 95% interval and normalised score. Of several:
    a column for each encoder, as in `grid`.
    """
    from rich.table import Table
    from rich.text import Text

    several = len({result.encoder for result in results}) > 1
    header, rows = grid(results, marked=True) if several else _details(results)
    words = 2 if several else 3
    table = Table(box=None, pad_edge=False, header_style="bold", caption_justify="left")
    for number, name in enumerate(header):
        table.add_column(Text(name), justify="left" if number < words else "right", no_wrap=not several)
    leading = _bold(results, rows, BOLD, END) if several else rows
    for row, marks in zip(rows, leading, strict=True):
        styles = ["bold" if text != mark else "" for text, mark in zip(row, marks, strict=True)]
        table.add_row(*map(Text, row, styles))  # as `Text`, so that brackets in a name are not read as markup
    table.caption = "\n".join([*_notes(results), *_detectable(results)]) or None
    return table


def _details(results: Sequence[Result]) -> tuple[list[str], list[list[str]]]:
    rows = [
        [
            one_line(result.task, LONGEST_NAME) + _mark(result),
            result.protocol,
            ", ".join(result.metrics),
            f"{100 * result.score:.1f}",
            _interval(*result.ci),
            "" if result.normalised is None else f"{result.normalised:.1f}",
        ]
        for result in results
    ]
    for (name, protocol), scores in set_scores(results).items():
        for score in scores.values():
            estimate = f"{100 * score.estimate:.1f}"
            rows.append([f"{name} (mean)", protocol, "", estimate, _interval(score.lo, score.hi), ""])
    return ["task", "protocol", "metric", "score", "95% interval", "norm."], rows


ONE_SEED = "one evaluation seed: seed variance unknown, intervals hold the noise of the examples only"
"""What is said below a table with a result of one seed."""


def _notes(results: Sequence[Result]) -> Iterator[str]:
    if any(result.in_domain for result in results):
        yield "* pretrained on data of the same source (never on test items)"
    if any(result.in_domain is None for result in results):
        yield "? what it was pretrained on is unknown: it may have been on the source of the task, or on its test items"
    if any(len(result.seeds) == 1 for result in results):
        yield ONE_SEED
    if any(verdicts(row) for row in cells(results)[1].values()):
        yield (
            "bold: no encoder of the row is significantly better; ↑ ↓: significantly better or worse than the first "
            "(paired by example and seed, Holm over the pairs of a row, 5%)"
        )
    for result in results:
        if result.recomputed_items:
            task, items = one_line(result.task, LONGEST_NAME), f"{result.recomputed_items:,} items"
            yield f"{task}: the disk had no room for the features of {items}, which were encoded again at each use"
    if any(result.limit is not None for result in results):
        yield "limited: only some of the test examples were used, never ranked"


def _detectable(results: Sequence[Result]) -> Iterator[str]:
    """What each task can show, on one line; nothing of results that cannot be paired."""
    found = []
    for (task, protocol), row in cells(results)[1].items():
        with contextlib.suppress(ValueError):
            points = 100 * detectable([result.sample() for result in row.values()])
            found.append(f"{one_line(task, LONGEST_NAME)} {protocol} {points:.1f}")
    if found:
        yield f"smallest difference that five seeds show with 80% power, in points, paired: {', '.join(found)}"


def _mark(result: Result) -> str:
    return " ?" if result.in_domain is None else " *" if result.in_domain else ""


def grid(results: Sequence[Result], *, marked: bool = False) -> tuple[list[str], list[list[str]]]:
    """Header and rows: task, protocol, then a cell for each encoder, empty where it was not evaluated.

    The last rows are the scores of whole task sets, where a set has one and an encoder all of its tasks. Names are on
    one line, their control characters escaped.

    marked: results of encoders that were pretrained on the source of the task end in a star, those of which nobody
        knows in a question mark.

    Raises `SuperbLiteError` as `cells` does.
    """
    encoders, found = cells(results)
    rows = [
        [
            one_line(task, LONGEST_NAME),
            protocol,
            *(
                with_interval(row[encoder]) + (_mark(row[encoder]) + arrows.get(encoder, "") if marked else "")
                if encoder in row
                else ""
                for encoder in encoders
            ),
        ]
        for (task, protocol), row in found.items()
        for arrows in [_arrows(encoders, row) if marked else {}]
    ]
    for (name, protocol), scores in set_scores(results).items():
        shown = {encoder: _percent(score.estimate, score.lo, score.hi) for encoder, score in scores.items()}
        rows.append([f"{name} (mean)", protocol, *(shown.get(encoder, "") for encoder in encoders)])
    return ["task", "protocol", *(one_line(encoder, LONGEST_NAME) for encoder in encoders)], rows


def _arrows(encoders: Sequence[str], row: Mapping[str, Result]) -> dict[str, str]:
    """What stands behind the scores of encoders that differ significantly from the first of the table."""
    if encoders[0] not in row:
        return {}
    first = {name: row[name] for name in encoders if name in row}
    signs = {1: f" {BETTER}", -1: f" {WORSE}", 0: ""}
    return {name: signs[each.against_first] for name, each in verdicts(first).items()}


def cells(results: Sequence[Result]) -> tuple[list[str], dict[tuple[str, str], dict[str, Result]]]:
    """The encoders, and for each (task, protocol) the result of each of them that has one.

    Raises `SuperbLiteError` where one cell would hold two results, or one row different versions of a task.
    """
    rows: dict[tuple[str, str], dict[str, Result]] = {}
    for result in results:
        row = rows.setdefault((result.task, result.protocol), {})
        if result.encoder in row:
            raise SuperbLiteError(
                f"'{result.encoder}' has two results on '{result.task}' ({result.protocol}): give one"
            )
        first = next(iter(row.values()), result)
        if (first.task_version, first.data_sha256) != (result.task_version, result.data_sha256):
            raise SuperbLiteError(
                f"'{first.encoder}' and '{result.encoder}' were measured on different versions or data of "
                f"'{result.task}': they do not belong in one row"
            )
        row[result.encoder] = result
    return list(dict.fromkeys(result.encoder for result in results)), rows


def with_interval(result: Result) -> str:
    """The score and its 95% interval in percent."""
    return _percent(result.score, *result.ci)


def _percent(score: float, lo: float, hi: float) -> str:
    return f"{100 * score:.1f} {_interval(lo, hi)}"


def _interval(lo: float, hi: float) -> str:
    return f"[{100 * lo:.1f}, {100 * hi:.1f}]"


_CSV = (
    "encoder",
    "encoder_hash",
    "modality",
    "task",
    "task_version",
    "protocol",
    "score",
    "lo",
    "hi",
    "normalised",
    "metrics",
    "seeds",
    "n_test",
    "limit",
    "in_domain",
    "predictions_sha256",
)


def _record(result: Result) -> dict[str, Any]:
    derived = {
        "lo": result.ci[0],
        "hi": result.ci[1],
        "metrics": " ".join(f"{name}={value}" for name, value in result.metrics.items()),
        "seeds": len(result.seeds),
    }
    return {name: derived[name] if name in derived else getattr(result, name) for name in _CSV}


def _escape_markdown(name: str) -> str:
    return re.sub(r"([\\`*_{}<>|\[\]$&~])", r"\\\1", name)
