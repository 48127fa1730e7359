"""The section of `superb-lite analyze embryology`: tables, pictures and claims out of curves of growth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from superb_lite.analysis.embryology.claims import different_speeds, falls, first_before
from superb_lite.analysis.embryology.growth import WIDEST, Growth, of_last
from superb_lite.analysis.embryology.measure import SHARES, Curves
from superb_lite.analysis.embryology.orders import by_source, orders
from superb_lite.analysis.embryology.pictures import curves_picture, steps_picture
from superb_lite.analysis.estimate import Estimate
from superb_lite.analysis.findings import Cell, Picture, Section, Table
from superb_lite.analysis.plain import safe_name

HALF, MOST = SHARES


@dataclass(frozen=True)
class Asked:
    """What was asked of which runs."""

    runs: tuple[str, ...]
    steps: tuple[int, ...]
    modality: str
    sources: Mapping[str, str]
    """Of every question where its words are from; "" of a task."""
    before: tuple[tuple[str, str], ...]
    """Pairs of questions: is the first learnt before the second?"""
    command: str
    settings: Mapping[str, object]

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each question, by which pictures have panels."""
        return {name: f"masked words: {source}" if source else "tasks, frozen" for name, source in self.sources.items()}


def make_section(asked: Asked, curves: Curves, grown: Mapping[str, Growth]) -> Section:
    """All that is said about the runs."""
    known = [name for name, each in grown.items() if each.measurable]
    unknown = [name for name in grown if name not in known]
    tables = (_steps_table(grown), _curves_table(asked, curves, grown), _order_table(asked, grown))
    pictures = [
        Picture(
            name="steps",
            title="When half and nine tenths of the final gain are there",
            caption=f"Steps on a log axis with 95% intervals over {len(asked.runs)} pretraining seeds and the test "
            "examples; the earliest on top. Only questions whose gain is above zero with its whole interval, and steps "
            f"whose interval covers at most {WIDEST:.0%} of the axis.",
            table="steps",
            draw=lambda: steps_picture(asked.kinds, grown, SHARES),
        ),
        Picture(
            name="curves",
            title="Growth while pretraining",
            caption="Each score divided by its last value, of errors the part of the fall that is there; bands are 95% "
            "intervals over pretraining seeds. What gained "
            "nothing is not drawn.",
            table="curves",
            draw=lambda: curves_picture(asked.steps, asked.kinds, curves, known),
        ),
    ]
    claims = [
        *different_speeds(asked.sources, grown, HALF, asked.modality),
        *(first_before(pair, grown, HALF) for pair in asked.before),
        *falls(asked.steps, curves),
    ]
    return Section(
        analysis="embryology",
        variant=safe_name(asked.modality),
        title=f"Embryology: when is what learnt? ({asked.modality})",
        question="At which step of pretraining is half, and at which are nine tenths, of each final gain there?",
        answer=_answer(asked, grown),
        command=asked.command,
        encoders=asked.runs,
        seeds=len(asked.runs),
        settings=dict(asked.settings),
        tables=tables,
        pictures=tuple(pictures) if known else (),
        claims=tuple(claims),
        notes=_notes(asked, grown, unknown),
    )


def in_steps(estimate: Estimate) -> Estimate:
    """A log2 step as a step."""
    ends = [None if end is None else 2.0**end for end in (estimate.low, estimate.high)]
    return Estimate(2.0**estimate.value, ends[0], ends[1], estimate.n)


def _answer(asked: Asked, grown: Mapping[str, Growth]) -> str:
    parts, pairs = [], []
    for source, mine in by_source(grown, asked.sources).items():
        reached = {name: each.reached[HALF] for name, each in mine.items()}
        ranked = sorted((estimate.value, name) for name, estimate in reached.items() if estimate is not None)
        if ranked:
            shown = ", ".join(f"{name.removeprefix(f'{source}:')} ({2.0**value:.0f})" for value, name in ranked)
            parts.append(f"{f'words of {source}' if source else 'tasks'}: {shown}")
        pairs += orders(mine, HALF)
    if not parts:
        if any(each.measurable for each in grown.values()):
            return f"Scores have grown in {asked.steps[-1]} steps, and of none is it clear when half of its gain came."
        return f"No score has grown by more than its interval in {asked.steps[-1]} steps, so that nothing has an order."
    told = sum(each.p < 0.05 for each in pairs)
    return (
        f"Half of the gain is there, from early to late, at these steps of {asked.steps[-1]}: {'; '.join(parts)}. "
        + (
            f"Of {len(pairs)} pairs within them {told} are told apart after Holm's correction within each."
            if pairs
            else "There is nothing else to compare it with."
        )
    )


def _notes(asked: Asked, grown: Mapping[str, Growth], unknown: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if unknown:
        notes.append(
            f"No step can be given for {', '.join(unknown)}: in {asked.steps[-1]} steps the gain is not above zero "
            "with its whole interval. Longer pretraining, more labels or more seeds would be needed."
        )
    unclear = [name for name, each in grown.items() if each.measurable and each.reached[HALF] is None]
    if unclear:
        notes.append(
            f"Half of the gain of {', '.join(unclear)} is not reached clearly: the interval covers more than "
            f"{WIDEST:.0%} of the axis, or in some seed, or without some document, nothing is gained."
        )
    notes.append(
        "A step is where the rising curve nearest to the scores of a seed in least squares (isotonic regression) "
        "reaches a share of the way between the levels at its ends, straight between two checkpoints on the log axis: "
        "the scores themselves cross early by chance where they are noisy. Intervals are made of jackknife "
        "pseudo-values, over seeds and test examples."
    )
    if any(asked.sources.values()):
        notes.append("Frequent words are met more often: order by part of speech is also order by frequency.")
    return tuple(notes)


def _steps_table(grown: Mapping[str, Growth]) -> Table:
    columns = ["question", "first", "last", "gain", "gain_low", "gain_high"]
    for share in SHARES:
        name = f"step_{100 * share:.0f}"
        columns += [name, f"{name}_low", f"{name}_high"]
    columns.append("remark")
    rows = []
    for name, each in sorted(grown.items(), key=lambda item: _rank(item[1])):
        cells: list[Cell] = [name, each.scores[0].value, each.scores[-1].value, *each.gain.cells]
        for share in SHARES:
            reached = each.reached[share]
            cells += [None] * 3 if reached is None else in_steps(reached).cells
        rows.append((*cells, _remark(each)))
    return Table(
        name="steps",
        title="Steps at which half and nine tenths of the final gain are there",
        columns=tuple(columns),
        rows=tuple(rows),
        note="Scores are fractions; errors are negative. Intervals: 95%, over pretraining seeds and test examples, "
        f"within the run. Not reached clearly: the interval covers more than {WIDEST:.0%} of the log axis.",
    )


def _remark(each: Growth) -> str:
    """Why steps are left out."""
    if not each.measurable:
        return "fell" if each.gain.high is not None and each.gain.high < 0 else "gain within noise"
    unclear = [f"{share:.0%}" for share in SHARES if each.reached[share] is None]
    return f"{' and '.join(unclear)} not reached clearly" if unclear else ""


def _rank(each: Growth) -> float:
    sample = each.samples[HALF]
    return float("inf") if sample is None or not each.measurable else sample.estimate


def _curves_table(asked: Asked, curves: Curves, grown: Mapping[str, Growth]) -> Table:
    rows = []
    for name, each in grown.items():
        for number, step in enumerate(each.steps):
            rows.append((name, step, *each.scores[number].cells, *of_last(curves[name], number).cells))
    return Table(
        name="curves",
        title="Scores by step",
        columns=("question", "step", "score", "score_low", "score_high", "of_last", "of_last_low", "of_last_high"),
        rows=tuple(rows),
        note="of_last: divided by the last value of the same seed, of errors (negative) the part of the fall that is "
        "there; its interval is over pretraining seeds.",
    )


def _order_table(asked: Asked, grown: Mapping[str, Growth]) -> Table:
    rows = [
        (source or "tasks", each.first, each.second, *each.later.cells, each.p, each.p < 0.05)
        for source, mine in by_source(grown, asked.sources).items()
        for each in orders(mine, HALF)
    ]
    return Table(
        name="order",
        title="Which comes first, by half of the gain",
        columns=("within", "first", "second", "doublings", "doublings_low", "doublings_high", "p", "told_apart"),
        rows=tuple(rows),
        note="within: words of one source, or tasks. doublings: by how many doublings of the steps the second comes "
        "later. p: two-sided, after Holm's correction over the pairs within.",
    )
