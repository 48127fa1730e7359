"""The versions of one name for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from superb_lite.errors import one_line
from superb_lite.results.text import number, signed
from superb_lite_leaderboard.entry import Event
from superb_lite_leaderboard.terminal.wide import Part, WideTable, name_text
from superb_lite_leaderboard.views.history import HistoryView, VersionView


def render(view: HistoryView) -> RenderableType:
    """The newest version first; texts of strangers are never read as markup."""
    return Group(*(part for version in view.versions for part in _version(version)))


def _version(version: VersionView) -> Iterator[RenderableType]:
    state = f"withdrawn {version.withdrawn[:10]}" if version.withdrawn else f"{version.results} columns"
    yield Text(one_line(f"{version.ref} · {version.submitted[:16]} · {version.tier.label} · {state}"), style="bold")
    for event in version.events:
        yield Text(_event(event), style="dim")
    if version.changes:
        names = Part("task", [name_text(change.task) for change in version.changes], left=True)
        texts = [
            Text(
                f"{signed(change.difference)} ± {number((change.hi - change.lo) / 2)}",
                style="bold" if change.clear else "",
            )
            for change in version.changes
        ]
        yield WideTable("minus the version before it, points", names, [Part("difference", texts)])
    if version.same:
        yield Text(f"{version.same} columns are as they were", style="dim")
    if version.incomparable:
        names_ = ", ".join(version.incomparable)
        yield Text(one_line(f"not comparable, another version or other data: {names_}"), style="dim")


def _event(event: Event) -> str:
    detail = f": {event.detail}" if event.detail else ""
    return one_line(f"  {event.at[:16]} {event.kind}{detail}")
