"""What the analyses share on the command line. Light: every command and `--help` read this file."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import check_out, check_root
from superb_lite.errors import SuperbLiteError, counted, one_line, printable
from superb_lite.evaluation.request import check_numbers
from superb_lite.paths import inside_dir

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from superb_lite.analysis.findings import Section

Encoders = Annotated[
    list[str],
    typer.Argument(metavar="CKPT...", help="Encoders that differ in their pretraining seed alone; three or more."),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Where tables, pictures and report.html go; default: inside in the workspace."),
]
Formats = Annotated[str, typer.Option("--format", metavar="svg,pdf,png", help="Of the pictures, one or several.")]

FORMATS = ("svg", "pdf", "png")


def out_directory(out: Path | None, analysis: str) -> Path:
    """Where an analysis writes. Refuses a file, and a directory with files of somebody else in the places of its own,
    before anything is computed."""
    check_out(out)
    directory = out or inside_dir()
    if directory.is_dir():
        from superb_lite.analysis.writing import check_directory

        check_directory(directory, analysis)
    return directory


def formats_of(text: str) -> tuple[str, ...]:
    """The formats of pictures that --format names, svg always among them: the report shows it."""
    named = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in named:
        if part not in FORMATS:
            raise SuperbLiteError(f"--format '{one_line(part)}': pictures are written as svg, pdf or png")
    return tuple(dict.fromkeys(["svg", *named]))


def check_encoders(
    encoders: Sequence[str],
    *,
    tasks: Sequence[str] = (),
    device: str = "auto",
    trust_code: bool = False,
    root: Path | None = None,
    seeds: int = 1,
    limit: int | None = None,
    batch_size: int,
) -> None:
    """Refuse what is wrong in the names of encoders, tasks and devices, and in numbers, before anything heavy is
    imported."""
    check_numbers(seeds=seeds, limit=limit, batch_size=batch_size)
    for name in encoders:
        if list(encoders).count(name) > 1:
            raise SuperbLiteError(f"'{one_line(name)}' is given twice: give encoders that differ in their seed")
    check_names(encoders=encoders, tasks=tasks or None, device=device, trust_code=trust_code)
    check_root(root)


def command_line(context: typer.Context) -> str:
    """What was typed, without what only says how it is shown: arguments, options, and what is handed on."""
    arguments, options = [], []
    for parameter in context.command.params:
        name, value = parameter.name or "", context.params.get(parameter.name or "")
        source = context.get_parameter_source(name)
        if value is None or value == [] or source is None or source.name != "COMMANDLINE" or name in _SHOWING:
            continue
        values = [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
        if parameter.param_type_name == "argument":
            arguments += values
        elif value is True:
            options.append(parameter.opts[0])
        elif value is False:
            options += parameter.secondary_opts[:1]
        else:
            options += [part for each in values for part in (parameter.opts[0], each)]
    return shlex.join(["superb-lite", "analyze", context.info_name or "", *arguments, *options, *context.args])


_SHOWING = frozenset({"as_json", "out", "formats"})


def finish(section: Section, directory: Path, *, formats: Sequence[str] = ("svg",), as_json: bool = False) -> None:
    """Write the files of a section and the report, print its claims and its main table, and say where everything is."""
    from superb_lite.analysis.writing import write_section
    from superb_lite.cli.progress import say

    written = write_section(section, directory, formats)
    if as_json:
        print(json.dumps(section.to_dict(), indent=1, ensure_ascii=False))
    else:
        _print(section)
    for path in written:
        say(f"  {path}")


def _print(section: Section) -> None:
    from rich.text import Text

    from superb_lite.analysis.findings import ENOUGH_SEEDS
    from superb_lite.analysis.report.shown import shown_table, shown_value
    from superb_lite.cli.progress import stdout

    console = stdout()
    console.print(Text(printable(section.question), style="bold"))
    if section.answer:
        console.print(Text(printable(section.answer)))
    if section.claims:
        rows = [(claim.verdict, claim.claim, claim.measured, shown_value(claim)) for claim in section.claims]
        console.print(_table(("verdict", "claim", "measured", "value"), (False, False, False, True), rows))
    if section.tables:
        main = section.tables[0]
        shown = shown_table(main)
        console.print(Text(printable(main.title), style="bold"))
        console.print(_table(shown.columns, shown.numeric, shown.rows))
        if main.note:
            console.print(Text(printable(main.note), style="dim"))
    if section.seeds < ENOUGH_SEEDS:
        few = f"{counted(section.seeds, 'pretraining seed')}: a finding needs at least {ENOUGH_SEEDS}"
        console.print(Text(few, style="dim"))
    for note in section.notes:
        console.print(Text(printable(note), style="dim"))


def _table(columns: Sequence[str], numeric: Sequence[bool], rows: Sequence[Sequence[str]]) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable

    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, right in zip(columns, numeric, strict=True):
        table.add_column(name, justify="right" if right else "left")
    for row in rows:
        table.add_row(*row)
    return table
