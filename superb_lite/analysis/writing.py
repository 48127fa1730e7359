"""The files of an analysis: NAME.json, NAME.TABLE.csv, NAME.PICTURE.svg, and the report of all sections beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from superb_lite.analysis.findings import Picture, Section, Table
from superb_lite.analysis.report.page import render_report
from superb_lite.charts.figure import save_figure
from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_file, read_utf8, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT = "report.html"

FORMAT = "superb_lite analysis 1"
"""What a file of a section says it is; other JSON files beside it are left alone."""

_LIMIT = 64 * 1024 * 1024

_HEAD = 4096
"""Bytes at the beginning of a file that say whose it is."""

_TABLE, _PICTURE = "csv", ("svg", "pdf", "png")
"""How the files of tables and pictures end."""

_TITLE = "<title>Looking inside · superb_lite</title>"
"""Of the report."""


def check_directory(directory: Path, analysis: str) -> None:
    """Raise `SuperbLiteError` where the sections of an analysis cannot be written beside what lies in a directory:
    one of its sections is damaged, or a file that is not ours lies where a file of the analysis may go."""
    read_sections(directory)
    _check_report(directory)
    for path in [directory / f"{analysis}.json", *sorted(directory.glob(f"{analysis}-*.json"))]:
        _section_or_none(path)
    for kind in (_TABLE, *_PICTURE):
        for path in sorted(directory.glob(f"{analysis}[.-]*.{kind}")):
            name, dot, _ = path.stem.partition(".")
            if dot and not (directory / f"{name}.json").exists():
                raise _in_the_way(path)


def _check_report(directory: Path) -> None:
    path = directory / REPORT
    if path.exists() and _TITLE.encode() not in _head(path):
        raise SuperbLiteError(f"'{path}' is no report of analyses: move it, or name another directory with --out")


def _section_or_none(path: Path) -> Section | None:
    """The section in a file; None where there is no file. Raises `SuperbLiteError` for anything else."""
    if not path.exists():
        return None
    if (found := _section_at(path)) is None:
        raise SuperbLiteError(f"'{path}' is no section of an analysis: move it, or name another directory with --out")
    return found


def write_section(section: Section, directory: Path, formats: Sequence[str] = ("svg",)) -> list[Path]:
    """Write a section and the report of the directory; returns the paths, the report first.

    What an earlier section of that name left there is taken away. formats: of the pictures; svg is always among them,
    since the report shows it.

    Raises `SuperbLiteError` where a file cannot be written, or would be written over one that is not of an earlier
    section of that name.
    """
    path = _path(directory, section, "json")
    _check_report(directory)
    before = _section_or_none(path)
    figures = {picture.name: _figure(picture) for picture in section.pictures}
    tables = {_path(directory, section, table.name, _TABLE): table for table in section.tables}
    kinds = dict.fromkeys(["svg", *formats])
    pictures = [(_path(directory, section, name, kind), figures[name]) for name in figures for kind in kinds]
    old = [] if before is None else _files(directory, before)
    for each in (*tables, *(each for each, _ in pictures)):
        if each.exists() and each not in old:
            raise _in_the_way(each)
    for each in old:
        each.unlink(missing_ok=True)
    # The section is written before its tables and pictures: where one is interrupted, it says whose they are.
    write_text(path, json.dumps({"format": FORMAT, **section.to_dict()}, indent=1, ensure_ascii=False) + "\n")
    for each, table in tables.items():
        write_text(each, to_csv(table))
    for each, figure in pictures:
        save_figure(figure, each)
    return [write_report(directory), path, *tables, *(each for each, _ in pictures)]


def _figure(picture: Picture) -> Figure:
    if picture.draw is None:
        raise ValueError(f"picture '{picture.name}' cannot be drawn: its section was read from a file")
    return picture.draw()


def _files(directory: Path, section: Section) -> list[Path]:
    """Where the tables and pictures of a section lie, in whatever formats it was written."""
    tables = [_path(directory, section, table.name, _TABLE) for table in section.tables]
    return tables + [_path(directory, section, each.name, kind) for each in section.pictures for kind in _PICTURE]


def _in_the_way(path: Path) -> SuperbLiteError:
    return SuperbLiteError(f"'{path}' is no file of an analysis here: move it, or name another directory with --out")


def write_report(directory: Path) -> Path:
    """Write the report of all sections in a directory."""
    sections = read_sections(directory)
    path = directory / REPORT
    write_text(path, render_report(sections, read_drawings(sections, directory)))
    return path


def read_sections(directory: Path) -> list[Section]:
    """The sections in a directory, by name. Raises `SuperbLiteError` for one that is damaged."""
    found = (_section_at(path) for path in sorted(directory.glob("*.json")))
    return [section for section in found if section is not None]


def read_drawings(sections: Sequence[Section], directory: Path) -> dict[tuple[str, str], bytes]:
    """The pictures of sections as svg, by the names of section and picture; what is missing is left out."""
    found = {}
    for section in sections:
        for picture in section.pictures:
            path = _path(directory, section, picture.name, "svg")
            if path.exists():
                found[section.name, picture.name] = read_file(path, limit=_LIMIT)
    return found


def to_csv(table: Table) -> str:
    """A table as CSV with its numbers in full; what is not known is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(["" if cell is None else cell for cell in row] for row in table.rows)
    return text.getvalue()


def _section_at(path: Path) -> Section | None:
    """The section in a file; None in one that does not say that it holds one, whatever else it may hold."""
    try:
        values = json.loads(read_utf8(path, limit=_LIMIT))
    except (ValueError, RecursionError, SuperbLiteError) as error:
        if FORMAT.encode() in _head(path):
            raise SuperbLiteError(f"'{path}' is damaged, delete it: {error}") from None
        return None
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        return None
    try:
        return Section.from_dict(values)
    except SuperbLiteError as error:
        raise SuperbLiteError(f"'{path}' is damaged, delete it: {error}") from None


def _head(path: Path) -> bytes:
    """The beginning of a regular file; nothing where it cannot be read."""
    try:
        with path.open("rb") if path.is_file() else io.BytesIO() as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def _path(directory: Path, section: Section, *parts: str) -> Path:
    return directory / ".".join([section.name, *parts])
