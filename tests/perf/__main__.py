"""`make perf`: every speed promise as a ratio of two things timed alternately in one run. Writes perf.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.perf import (
    against_lightly,
    evaluation,
    executors,
    own_code,
    speech,
    startup,
    text,
    training,
    trajectories,
    vision,
)
from tests.perf.timing import Promise


def main() -> int:
    """Run all benchmarks, print a table, write perf.json; the exit code is 1 when a promise does not hold."""
    console = Console()
    promises: list[Promise] = []
    for benchmark in (
        startup,
        training,
        text,
        vision,
        against_lightly,
        evaluation,
        trajectories,
        own_code,
        speech,
        executors,
    ):
        for promise in benchmark.promises():
            console.print(f"{promise.name}: {promise.value:.2f}")
            promises.append(promise)
    table = Table(box=None, header_style="bold")
    for column in ("promise", "value", "target", "holds"):
        table.add_column(column)
    for promise in promises:
        sign = "<=" if promise.better == "lower" else ">="
        table.add_row(
            promise.name, f"{promise.value:.2f}", f"{sign} {promise.target}", "yes" if promise.holds else "NO"
        )
    console.print(table)
    Path("perf.json").write_text(json.dumps([p.to_dict() for p in promises], indent=1) + "\n", encoding="utf-8")
    return 0 if all(p.holds for p in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
