"""The page: claims of all sections first, then each section with its pictures, tables and command.

It loads nothing and runs nothing: pictures are data URLs, and the style stands in the page, or in a file beside it
where a site's policy wants that. Whatever names hold is escaped.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from superb_lite.analysis.claim import ENOUGH_SEEDS
from superb_lite.analysis.findings import Section
from superb_lite.analysis.report.shown import shown_number, shown_table, shown_value
from superb_lite.errors import counted, printable

Drawings = Mapping[tuple[str, str], bytes]
"""Pictures as svg, by the names of their section and their own."""


def render_report(
    sections: Sequence[Section], drawings: Drawings, *, style: str | None = None, home: str | None = None
) -> str:
    """The report as HTML.

    drawings: a picture that is not among them is left out, and its place says so.
    style: the URL of a file with `report_style`; None: it stands in the page.
    home: the URL of the leaderboard that the report belongs to.
    """
    template = _environment().get_template("report.html.j2")
    html = template.render(
        sections=sections,
        drawings={key: _data_url(content) for key, content in drawings.items()},
        style=style,
        css=None if style else report_style(),
        home=home,
        enough=ENOUGH_SEEDS,
    )
    return html.strip() + "\n"


def report_style() -> str:
    """The style sheet of the page."""
    return base_style() + _file("report.css")


def base_style() -> str:
    """What the style sheets of all our pages begin with: colours, type, the width of a page (its own `--page`)."""
    return _file("base.css")


def _file(name: str) -> str:
    return files("superb_lite.analysis.report").joinpath(name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("superb_lite.analysis.report", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    made.filters.update(shown=shown_table, cell=shown_number, value=shown_value, settings=_settings)
    made.globals.update(counted=counted)
    return made


def _settings(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values as text."""
    return [(name.replace("_", " "), _text(value)) for name, value in values.items()]


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_text(part)}" for name, part in value.items())
    return shown_number(value)


def _data_url(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
