"""`superb-lite power`: how many seeds and test examples it takes to show a difference."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import Json
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from superb_lite.results.result import Result

SEEDS = (3, 5, 10, 20)


def power(
    task: Annotated[str, typer.Argument(metavar="TASK", help="A task that the result files hold.")],
    results: Annotated[
        list[Path] | None,
        typer.Option(
            help="A result file, or a directory with some below it; may be repeated; default: results in the workspace."
        ),
    ] = None,
    difference: Annotated[
        float, typer.Option(min=0.01, max=100, help="What is to be shown, in points of the score in percent.")
    ] = 2.0,
    chance: Annotated[
        float, typer.Option("--power", min=0.5, max=0.99, help="How probable it is to be that it is shown.")
    ] = 0.8,
    protocol: Annotated[str | None, typer.Option(help="Of the results; default: the task's own.")] = None,
    as_json: Json = False,
) -> None:
    """Say how many evaluation seeds and test examples show a difference of two encoders at the 5% level.

    The noise is that of the results given; those of several encoders are paired, which takes off what they share.

    Example: superb-lite power clue-lite/pos --difference 2 --results superb-lite-out/results
    """
    check_names(tasks=[task])

    from superb_lite.paths import workspace
    from superb_lite.results.power import plans

    found = _of_task(task, protocol, results or [workspace() / "results"])
    made = plans(found, difference / 100, seeds=SEEDS, power=chance)
    if as_json:
        print(json.dumps([dataclasses.asdict(plan) for plan in made], indent=1))
        return

    from rich.table import Table

    from superb_lite.cli.progress import say, stdout

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in (
        "seeds",
        f"smallest difference on {found[0].n_test:,} examples",
        f"examples for {difference:g} points",
    ):
        table.add_column(name, justify="right")
    for plan in made:
        needed = "no number" if plan.examples is None else f"{plan.examples:,}"
        table.add_row(str(plan.seeds), f"{100 * plan.smallest:.2f}", needed)
    stdout().print(table)
    how = (
        f"pairs of {len(found)} encoders"
        if len(found) > 1
        else "one encoder, as if two had nothing in common (at most)"
    )
    say(f"{task} ({found[0].protocol}), {chance:.0%} power at the 5% level, not corrected for other tests; from {how}")


def _of_task(task: str, protocol: str | None, paths: list[Path]) -> list[Result]:
    """The results on a task and all of its test examples in some files, one for each encoder."""
    from superb_lite import plugins
    from superb_lite.results.files import read_results, result_files

    wanted = protocol or plugins.tasks(task)[0].protocols[0]
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise SuperbLiteError(
            f"no results at '{missing[0]}': make some with `superb-lite evaluate ENCODER --tasks {task} --out DIR`"
        )
    by_encoder: dict[str, Result] = {}
    for path in result_files([found for given in paths for found in _files(given)]):
        for result in read_results(path):
            if (result.task, result.protocol) == (task, wanted) and result.limit is None:
                by_encoder.setdefault(result.encoder_hash, result)
    if not by_encoder:
        raise SuperbLiteError(f"no result on '{task}' ({wanted}) in '{paths[0]}'")
    return list(by_encoder.values())


def _files(path: Path) -> list[Path]:
    """Result files of a directory and its subdirectories (the store has one for each encoder), or the file itself."""
    return sorted(path.rglob("*.json")) or [path] if path.is_dir() else [path]
