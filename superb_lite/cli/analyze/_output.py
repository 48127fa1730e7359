"""Where an analysis writes, and what it prints. Light: every command and `--help` read this file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from superb_lite.cli.options import check_out
from superb_lite.errors import SuperbLiteError, counted, one_line, printable
from superb_lite.paths import inside_dir

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from superb_lite.analysis.findings import Section

Out = Annotated[
    Path | None,
    typer.Option(help="Where tables, pictures and report.html go; default: inside in the workspace."),
]
Formats = Annotated[str, typer.Option("--format", metavar="svg,pdf,png", help="Of the pictures, one or several.")]

FORMATS = ("svg", "pdf", "png")


@dataclass(frozen=True)
class Output:
    """Where an analysis writes, and the formats of its pictures."""

    directory: Path
    formats: tuple[str, ...]

    @classmethod
    def of(cls, analysis: str, out: Path | None, formats: str) -> Self:
        """What --out and --format say.

        Raises `SuperbLiteError`, before anything is computed, for another format, for a file in the place of the
        directory, and for files of somebody else in the places of those of the analysis.
        """
        check_out(out)
        directory, kinds = out or inside_dir(), formats_of(formats)
        if directory.is_dir():
            from superb_lite.analysis.writing import check_directory

            check_directory(directory, analysis)
        return cls(directory, kinds)

    def finish(self, section: Section, *, as_json: bool = False) -> None:
        """Write the files of a section and the report, print its claims and its main table, and say where everything
        is."""
        from superb_lite.analysis.writing import write_section
        from superb_lite.cli.progress import say

        written = write_section(section, self.directory, self.formats)
        if as_json:
            print(json.dumps(section.to_dict(), indent=1, ensure_ascii=False))
        else:
            _print(section)
        for path in written:
            say(f"  {path}")


def formats_of(text: str) -> tuple[str, ...]:
    """The formats of pictures that --format names, svg always among them: the report shows it."""
    named = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in named:
        if part not in FORMATS:
            raise SuperbLiteError(f"--format '{one_line(part)}': pictures are written as svg, pdf or png")
    return tuple(dict.fromkeys(["svg", *named]))


def _print(section: Section) -> None:
    from rich.text import Text

    from superb_lite.analysis.claim import ENOUGH_SEEDS
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
