"""Tables of results, for a screen, a paper or a program.

Markdown and LaTeX have a row for each (task, protocol) and a column for each encoder, in percent with 95% intervals.
CSV and JSON have a row for each result and are fractions.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.results.result import Result
from superb_lite.results.set_scores import set_scores


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
    """A pipe table with cells such as "65.2 [64.3, 66.1]"."""
    header, rows = grid(results)
    lines = [header, [":---", ":---", *["---:"] * (len(header) - 2)], *rows]
    return "".join(f"| {' | '.join(map(_escape_markdown, line))} |\n" for line in lines)


def to_latex(results: Sequence[Result]) -> str:
    r"""A `tabular` for the booktabs package: `\usepackage{booktabs}`."""
    header, rows = grid(results)
    lines = [rf"\begin{{tabular}}{{ll{'r' * (len(header) - 2)}}}", r"\toprule", _latex_row(header), r"\midrule"]
    lines += [*map(_latex_row, rows), r"\bottomrule", r"\end{tabular}"]
    return "\n".join(lines) + "\n"


def grid(results: Sequence[Result]) -> tuple[list[str], list[list[str]]]:
    """Header and rows: task, protocol, then a cell for each encoder, empty where it was not evaluated.

    The last rows are the scores of whole task sets, where a set has one and an encoder all of its tasks.

    Raises `SuperbLiteError` as `cells` does.
    """
    encoders, found = cells(results)
    rows = [
        [task, protocol, *(with_interval(row[encoder]) if encoder in row else "" for encoder in encoders)]
        for (task, protocol), row in found.items()
    ]
    for (name, protocol), scores in set_scores(results).items():
        shown = {encoder: _percent(score.estimate, score.lo, score.hi) for encoder, score in scores.items()}
        rows.append([f"{name} (mean)", protocol, *(shown.get(encoder, "") for encoder in encoders)])
    return ["task", "protocol", *encoders], rows


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
    return f"{100 * score:.1f} [{100 * lo:.1f}, {100 * hi:.1f}]"


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


def _escape_markdown(cell: str) -> str:
    if set(cell) <= set(":-"):
        return cell  # the line under the header
    return re.sub(r"([\\`*_{}<>|])", r"\\\1", cell)


_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: rf"\{sign}" for sign in "&%$#_{}"},
}


def _latex_row(cells: Sequence[str]) -> str:
    escaped = ["".join(_LATEX.get(sign, sign) for sign in cell) for cell in cells]
    return " & ".join(escaped) + r" \\"
