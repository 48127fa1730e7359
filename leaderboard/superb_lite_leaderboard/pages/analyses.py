"""The report of `superb-lite analyze` as a page of a site."""

from __future__ import annotations

from pathlib import Path

from superb_lite.analysis.report.page import render_report, report_style
from superb_lite.analysis.writing import REPORT, read_drawings, read_sections
from superb_lite_leaderboard.pages.site import INSIDE, SiteContext

STYLE = "report.css"
"""Among the assets of a site that has such a page."""


def stamp(directory: Path | None) -> str:
    """A word that changes when a report is written; empty where there is none."""
    try:
        return "" if directory is None else str((directory / REPORT).stat().st_mtime_ns)
    except OSError:
        return ""


def render_analyses(directory: Path, site: SiteContext) -> str:
    """The page. Raises `SuperbLiteError` for a section that is damaged."""
    sections = read_sections(directory)
    return render_report(
        sections, read_drawings(sections, directory), style=site.asset(STYLE), home=site.at(INSIDE).home()
    )


def style() -> str:
    """The content of `STYLE`."""
    return report_style()
