"""`superb-lite compare`: paired comparisons of encoders, or of results in files."""

from __future__ import annotations

import itertools
import json
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite import plugins
from superb_lite.cli.names import check_names, check_one_modality, refuse_two_modalities, shown_names
from superb_lite.cli.options import BatchSize, Device, EvaluationOptions, Json, Root, Seeds, Shown, TrustCode
from superb_lite.encoders.references import is_name
from superb_lite.encoders.trajectory import expanded
from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line
from superb_lite.paths import CONFIG

if TYPE_CHECKING:
    from rich.console import Group

    from superb_lite.encoders.encoder import Encoder
    from superb_lite.results.comparison import Difference
    from superb_lite.results.result import Result
    from superb_lite.tasks.task import Task


def compare(
    operands: Annotated[
        list[str],
        typer.Argument(metavar="ENCODERS...", help="Two or more encoders, result files or directories of them."),
    ],
    tasks: Annotated[
        list[str] | None,
        typer.Option(
            "--tasks",
            metavar="TASK|SET|GLOB",
            help="May be given several times; default: those of the result files, else all of the modality with "
            "embedded data.",
        ),
    ] = None,
    protocol: Annotated[
        str | None, typer.Option(help="frozen, finetune, lora, knn or incontext; default: each task's own.")
    ] = None,
    seeds: Seeds = 5,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    shown: Shown = None,
    as_json: Json = False,
) -> None:
    """Compare encoders pairwise on the tasks they share: differences with 95% intervals, and who is better.

    Example: superb-lite compare raw:characters random:text-bert --tasks clue-lite/pos
    """
    operands = expanded(operands)
    if len(operands) < 2:
        raise SuperbLiteError(f"compare takes at least two encoders or result files, not only '{operands[0]}'")
    for operand in operands:
        if operand.lower().endswith(".json") and not Path(operand).exists():
            raise SuperbLiteError(f"no such file: '{operand}'")
    files = {number: Path(operand) for number, operand in enumerate(operands) if _are_results(operand)}
    encoders = {number: operand for number, operand in enumerate(operands) if number not in files}
    given = list(encoders.values())
    try:
        check_names(encoders=given, protocol=protocol, device=device, trust_code=trust_code)
    except UnknownNameError as error:
        raise SuperbLiteError(f"{error}; entries of a board: superb-lite leaderboard compare A B") from None
    check_one_modality(given)
    check_names(encoders=given, tasks=tasks, trust_code=trust_code)
    names = shown_names(operands, shown)
    options = EvaluationOptions(seeds=seeds, device=device, batch_size=batch_size, root=root)

    from superb_lite.cli.evaluation import evaluate_stored, open_store
    from superb_lite.cli.progress import stdout
    from superb_lite.encoders.references import load_encoder
    from superb_lite.paths import workspace
    from superb_lite.results.comparison import LETTERS, compare

    wanted = {task.name for pattern in tasks or () for task in plugins.tasks(pattern)}
    results = {
        number: [r for r in _read(path) if (not wanted or r.task in wanted) and protocol in (None, r.protocol)]
        for number, path in files.items()
    }
    for number, found in results.items():
        if not found:
            raise SuperbLiteError(f"'{operands[number]}' holds no result of these tasks and this protocol")
    models = {number: load_encoder(encoder, trust_code=trust_code) for number, encoder in encoders.items()}
    if models:
        columns = _columns(
            {operands[number]: model for number, model in models.items()},
            [result for found in results.values() for result in found],
            tasks,
            protocol,
        )
        store = open_store(workspace())
        for number, model in models.items():
            results[number] = evaluate_stored(names[number], model, columns, store, options)
    if not shown:
        names = _names_of_results(names, results, files)
    in_order = [results[number] for number in range(len(operands))]
    differences = compare(*in_order)
    lettered = dict(zip(LETTERS, names, strict=False))
    if as_json:
        rows = [difference.to_dict() for difference in differences]
        print(json.dumps({"encoders": lettered, "differences": rows}, indent=1, ensure_ascii=False))
    else:
        stdout().print(comparison_table(lettered, differences, list(_notes(in_order))))


def _names_of_results(
    names: Sequence[str], results: Mapping[int, Sequence[Result]], files: Collection[int]
) -> list[str]:
    """What encoders are called: those in files as their results say, with the file where two have one name."""
    said = [results[number][0].encoder if number in files else name for number, name in enumerate(names)]
    return [
        f"{name} ({names[number]})" if number in files and said.count(name) > 1 else name
        for number, name in enumerate(said)
    ]


def _notes(results: Sequence[Sequence[Result]]) -> Iterator[str]:
    """What a reader of the comparison has to know besides; the results of each encoder."""
    from superb_lite.results.tables import ONE_SEED

    for (a, one), (b, other) in itertools.combinations(zip(string.ascii_uppercase, results, strict=False), 2):
        if {r.encoder_hash for r in one} == {r.encoder_hash for r in other}:
            yield f"{a} and {b} are the same encoder"
    if any(len(result.seeds) == 1 for found in results for result in found):
        yield ONE_SEED


def comparison_table(names: Mapping[str, str], differences: Sequence[Difference], notes: Sequence[str] = ()) -> Group:
    """Who is who, then one row for each difference: in points of percent for a task, normalised for a mean.

    notes: lines below the table.
    """
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from superb_lite.results.text import signed

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    pairs = len(names) > 2
    if pairs:
        table.add_column("pair", no_wrap=True)
    table.add_column("task")
    for title in ("difference", "95% interval", "detectable", "p (Holm)"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in differences:
        factor = 1.0 if row.task is None else 100.0
        lo, hi = (signed(factor * end) for end in row.ci)
        task = f"mean of {row.modality} (normalised)" if row.task is None else f"{row.task} {row.protocol}"
        p = f"{row.p:.3f}" if row.p >= 0.001 else "<0.001"
        cells = [signed(factor * row.difference), f"[{lo}, {hi}]", f"{factor * row.detectable:.1f}", p]
        style = "" if row.verdict == "undecided" else "bold"
        table.add_row(*([f"{row.a} − {row.b}"] if pairs else []), task, *cells, Text(row.verdict, style=style))
    legend = [Text(f"{letter} = {one_line(name)}") for letter, name in names.items()]
    lines = [Text(line, style="dim") for line in notes]
    note = "difference: A − B in points of percent, paired by test example and seed; verdicts hold at 5% for all rows; "
    note += "detectable: the smallest difference that one such row shows with 80% power"
    return Group(*legend, table, Text(note.replace("A − B", "first − second") if pairs else note, style="dim"), *lines)


def _are_results(operand: str) -> bool:
    """Whether an operand is a result file, or a directory of them and no checkpoint.

    The name of an encoder is none of these, whatever lies in the working directory.
    """
    path = Path(operand)
    if not operand.lower().endswith(".json") and is_name(operand):
        return False
    return path.is_file() or (path.is_dir() and not (path / CONFIG).exists() and any(path.glob("*.json")))


def _read(path: Path) -> list[Result]:
    from superb_lite.results.files import read_results, result_files

    return [result for file in result_files([path]) for result in read_results(file)]


def _columns(
    models: Mapping[str, Encoder], results: Sequence[Result], tasks: Sequence[str] | None, protocol: str | None
) -> list[tuple[Task, str]]:
    """What the encoders are evaluated on: --tasks, else what the result files hold, else all tasks of the modality."""
    from superb_lite.cli.evaluation import chosen_columns

    known = [(r.encoder, r.modality) for r in results]
    known += [(name, model.modality) for name, model in models.items() if model.modality is not None]
    refuse_two_modalities(known)
    if results and not tasks:
        keys = dict.fromkeys((result.task, result.protocol) for result in results)
        return [(plugins.tasks(name)[0], name_of_protocol) for name, name_of_protocol in keys]
    return chosen_columns(tasks, known[0][1] if known else None, next(iter(models)), protocol)
