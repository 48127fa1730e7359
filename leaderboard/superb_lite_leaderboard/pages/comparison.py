"""The page of two entries."""

from __future__ import annotations

from superb_lite.media import Media, Picture, Sound
from superb_lite_leaderboard.pages.figure import difference_axis
from superb_lite_leaderboard.pages.render import render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.views.compared import Compared
from superb_lite_leaderboard.views.comparison import ComparisonView
from superb_lite_leaderboard.views.examples import DifferingExample

MOST_MEDIA = {True: 8_000_000, False: 1_500_000}
"""Bytes of sounds and pictures on a page, by whether a server sends it. What is beyond is named in words."""

MOST_EXAMPLES = {True: 20, False: 6}
"""Examples of a task, in the same way."""


def render_comparison(view: ComparisonView, site: SiteContext) -> str:
    """The page as HTML."""
    return render(
        "compare.html.j2",
        site,
        view=view,
        axis=difference_axis([(row.lo, row.hi) for row in view.tasks] + [(row.lo, row.hi) for row in view.means]),
        media=_media(view.tasks, MOST_MEDIA[site.live]),
    )


def _media(tasks: tuple[Compared, ...], most: int) -> dict[tuple[str, str], tuple[Media, ...]]:
    """What is seen and heard, by (task, example). The room is shared: each task has the clearest examples first."""
    shown = {task.key: _in_turn(task) for task in tasks}
    found: dict[tuple[str, str], tuple[Media, ...]] = {}
    used = 0
    for place in range(max(map(len, shown.values()), default=0)):
        for key, examples in shown.items():
            if place < len(examples):
                media = examples[place].media()
                size = sum(map(_size, media))
                if used + size <= most:
                    used += size
                    found[key, examples[place].id] = media
    return found


def _in_turn(task: Compared) -> list[DifferingExample]:
    if task.examples is None:
        return []
    a, b = task.examples.a_lost, task.examples.b_lost
    return [side[i] for i in range(max(len(a), len(b))) for side in (a, b) if i < len(side)]


def _size(media: Media) -> int:
    if isinstance(media, Sound):
        return (len(media.wav) + len(media.spectrogram)) * 4 // 3
    return len(media.png) * 4 // 3 if isinstance(media, Picture) else 0
