"""What the author of an entry publishes beside the weights: a section of a model card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from superb_lite.errors import SuperbLiteError, printable
from superb_lite.results.text import number, rank_text, with_margin
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.views.entry import EntryView, Score
from superb_lite_leaderboard.views.markdown import cell
from superb_lite_leaderboard.views.of_task import OfTask
from superb_lite_leaderboard.views.provenance import OfEncoder

_MEANS = {
    Tier.REPORTED: "numbers that were sent in, possible but not computed again",
    Tier.RECOMPUTED: "computed again from the predictions that were sent in",
    Tier.RERUN: "the encoder was run and scored where the board is",
}

LINK = re.compile(r"https?://[!-;=?-~]+")
"""Without < and >, so that it may stand between them."""


def model_card(view: EntryView, board: Board) -> str:
    """A section of a model card in Markdown: scores with intervals, tier, board, how to repeat them, and the cost.

    Text of strangers stands in it as text and nothing else. Raises `SuperbLiteError` where nothing can be published.
    """
    check_publishable(view)
    return "\n".join(_card(view, board)).rstrip("\n") + "\n"


def _card(view: EntryView, board: Board) -> Iterator[str]:
    yield from ("## Evaluation with superb-lite", "")
    code = "; somebody's own code computed the features" if view.own_code else ""
    on = f"{cell(board.name)}, version {board.version}"
    yield f"Entry {cell(view.ref)} of board {on}, submitted {view.submitted[:10]}."
    yield f"Checked: **{view.tier.label}** ({_MEANS[view.tier]}{code})."
    yield from () if view.standing else ("A newer version stands on the board, so this one has no ranks.",)
    yield ""
    about = view.about
    yield from _said("Description", cell(" ".join(about.description.split())))
    yield from _said("More", f"<{about.url}>" if LINK.fullmatch(about.url) else cell(about.url))
    yield from _said("Licence", cell(about.licence))
    if view.scores:
        yield from _table(("mean over tasks", "normalised", "95% interval", "rank"), [_mean(s) for s in view.scores])
    heads = ("task", "version", "score", "95% interval", "normalised", "rank", "seeds", "checked")
    yield from _table(heads, [_task(task) for task in view.tasks])
    yield "Scores are in percent ± half of the 95% interval; normalised: 0 is the floor and 100 the ceiling of a task."
    if any(task.marks for task in view.tasks):
        yield "†: pretrained on the source of the task; ?: nobody knows whether; ‡: one evaluation seed."
    if view.missing:
        yield f"No result on {cell(', '.join(view.missing))}."
    for note in view.notes:
        yield f"Left out: {cell(note)}."
    yield ""
    for encoder in view.encoders:
        yield from _encoder(encoder)


def _said(what: str, text: str) -> tuple[str, ...]:
    return (f"{what}: {text}", "") if text else ()


def _mean(score: Score) -> tuple[str, ...]:
    span = f"{number(score.lo)} to {number(score.hi)}"
    return cell(score.name), with_margin(score.score, (score.lo, score.hi)), span, rank_text(score.rank)


def _task(task: OfTask) -> tuple[str, ...]:
    return (
        cell(task.key),
        str(task.version),
        f"{with_margin(task.score, (task.lo, task.hi))}{task.marks}",
        f"{number(task.lo)} to {number(task.hi)}",
        "–" if task.normalised is None else number(task.normalised),
        "–" if task.rank is None else rank_text(task.rank),
        str(len(task.seeds)),
        task.tier.label,
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from (f"| {' | '.join(line)} |" for line in (heads, ["---", *["---:"] * (len(heads) - 1)], *rows))
    yield ""


def _encoder(encoder: OfEncoder) -> Iterator[str]:
    yield from (f"### Encoder of {cell(encoder.modality)}: {cell(encoder.name)}", "")
    if encoder.cost:
        yield from _table(("cost", "value"), [(cell(what), cell(value)) for what, value in encoder.cost])
    else:
        yield from ("Its cost was not measured.", "")
    lines = [printable(each) for each in encoder.repeat.lines]
    if lines:
        # Longer than any run of the character inside, so that nothing inside ends it.
        longest = max((len(run) for run in re.findall("`+", "\n".join(lines))), default=0)
        fence = "`" * max(3, longest + 1)
        yield from ("To repeat it:", "", f"{fence}sh", *lines, fence, "")
        yield from (f"Note: {cell(encoder.repeat.note)}.", "")
    else:
        yield from (f"No command repeats it: {cell(encoder.repeat.note)}.", "")


def check_publishable(view: EntryView) -> None:
    """Raise `SuperbLiteError` for an entry that was withdrawn, or has no result."""
    if view.withdrawn:
        raise SuperbLiteError(f"'{view.ref}' was withdrawn: its results are not to be published")
    if not view.tasks:
        raise SuperbLiteError(f"'{view.ref}' has no result that can be read")
