"""The page of one entry."""

from __future__ import annotations

from superb_lite_leaderboard.pages.charts import Chart, curve
from superb_lite_leaderboard.pages.figure import Axis, axis
from superb_lite_leaderboard.pages.render import render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.views.entry import EntryView, OfTask
from superb_lite_leaderboard.views.provenance import OfEncoder


def render_entry(view: EntryView, site: SiteContext, *, best: str = "") -> str:
    """The page as HTML. best: the entry, "NAME@2", that a pair is shown of where the site has no page of the rival."""
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
        rivals={task.key: _rival(task, view, site, best) for task in view.tasks},
        curves=[_curve(encoder) for encoder in view.encoders],
    )


def _rival(task: OfTask, view: EntryView, site: SiteContext, best: str) -> tuple[str, str]:
    """(the other entry, the URL of the page where it is compared); empty where there is none."""
    for other in (task.rival, best):
        if other and other != view.ref and (url := site.compare(view.ref, other)):
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
