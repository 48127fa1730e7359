"""The page of one entry."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.pages.charts import Chart
from superb_lite_leaderboard.pages.curve_chart import curve
from superb_lite_leaderboard.pages.figure import Axis, axis
from superb_lite_leaderboard.pages.render import render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.views.entry import EntryView
from superb_lite_leaderboard.views.of_task import OfTask
from superb_lite_leaderboard.views.provenance import OfEncoder


def render_entry(
    view: EntryView, site: SiteContext, *, entry: Entry | None = None, others: Sequence[Entry] = ()
) -> str:
    """The page as HTML.

    entry: what `view` is of. others: entries, best first: where the site has no page of a task's rival, the first one
    of another encoder that the site compares this entry with takes its place.
    """
    pages = _compared(view, entry, others, site)
    modalities = list(dict.fromkeys(task.modality for task in view.tasks))
    groups = {m: [task for task in view.tasks if task.modality == m] for m in modalities}
    calibrated = {m: all(task.normalised_ci is not None for task in group) for m, group in groups.items()}
    return render(
        "entry.html.j2",
        site,
        view=view,
        groups=groups,
        calibrated=calibrated,
        axes={m: _axis(group, calibrated[m]) for m, group in groups.items()},
        places={task.key: _place(task, calibrated[task.modality]) for task in view.tasks},
        rivals={task.key: _rival(task, view, site, pages) for task in view.tasks},
        curves=[_curve(encoder) for encoder in view.encoders],
    )


def _compared(view: EntryView, entry: Entry | None, others: Sequence[Entry], site: SiteContext) -> dict[str, list[str]]:
    """The entries that the site compares this one with, best first, by the column on which the encoders differ."""
    mine = {(r.task, r.protocol): r.encoder_hash for r in entry.results} if entry else {}
    found: dict[str, list[str]] = {task.key: [] for task in view.tasks}
    for other in others:
        if other.ref == view.ref or not site.compare(view.ref, other.ref):
            continue
        theirs = {(r.task, r.protocol): r.encoder_hash for r in other.results}
        for task in view.tasks:
            key = (task.task, task.protocol)
            if key in theirs and theirs[key] != mine.get(key):
                found[task.key].append(other.ref)
    return found


def _rival(task: OfTask, view: EntryView, site: SiteContext, compared: dict[str, list[str]]) -> tuple[str, str]:
    """(the other entry, the URL of the page where it is compared); empty where there is none."""
    for other in (task.rival, *compared[task.key]):
        if other and (url := site.compare(view.ref, other)):
            return other, url
    return "", ""


def _place(task: OfTask, calibrated: bool) -> tuple[float, float, float]:
    if calibrated and task.normalised is not None and task.normalised_ci is not None:
        return (task.normalised, *task.normalised_ci)
    return (task.score, task.lo, task.hi)


def _axis(group: list[OfTask], calibrated: bool) -> Axis:
    return axis(_place(task, calibrated)[1:] for task in group)


def _curve(encoder: OfEncoder) -> Chart | None:
    lines = (("training", encoder.curve), ("validation", encoder.validation_curve))
    points = [(float(step), loss, name) for name, found in lines for step, loss in found]
    return curve(points) if points else None
