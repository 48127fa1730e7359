"""What was said of few-shot learning, and what these encoders say."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite.analysis.claim import Claim
from superb_lite.analysis.shots.curves import Measured, Of, unpaired
from superb_lite.analysis.shots.groups import Group, last_steps, short

BROWN = "Brown et al. 2020, arXiv:2005.14165"
ZHAO = "Zhao et al. 2021, arXiv:2102.09690, section 5"
LARGER = "GPT-3 shows it from about a billion parameters on"


def claims_of(measured: Measured) -> tuple[Claim, ...]:
    """Those that the encoders at hand can speak of; the largest model is that of the most parameters and corpora."""
    last = last_steps(measured.groups)
    largest, found = last[-1], []
    tasks = list(measured.problems)
    most = min(measured.fitting(task)[-1] for task in tasks)
    least = measured.shots[0]
    model = f"{short(largest.parameters)} parameters"
    said = _Saying(measured, tasks)
    if most > least:
        found.append(
            said(
                "A language model answers better the more solved examples it is shown.",
                f"{BROWN}, figure 1.2",
                f"{model}, {most} examples minus {least}",
                (largest, most, "calibrated"),
                (largest, least, "calibrated"),
                LARGER,
            )
        )
    smallest = next(g for g in last if g.corpora == largest.corpora or g.name)
    if smallest.parameters < largest.parameters:
        found.append(
            said(
                "The larger model answers better after the same solved examples.",
                f"{BROWN}, figure 1.3",
                f"{model} minus {short(smallest.parameters)}, {most} examples",
                (largest, most, "calibrated"),
                (smallest, most, "calibrated"),
                "a wider range of sizes: ten times and more between two of them",
            )
        )
        if most > least:
            gain = measured.larger_gain(largest, smallest, most, least)
            found.append(
                Claim.judged(
                    claim="The larger the model, the more it gains from solved examples.",
                    source=f"{BROWN}, figure 1.2",
                    measured=f"gain from {least} to {most} examples, {model} minus {short(smallest.parameters)}: "
                    f"{gain.shown(100, 1)} points",
                    estimate=gain,
                    needs=LARGER,
                )
            )
    by_step = [g for g in measured.groups if g.run == largest.run]
    if len(by_step) > 1:
        first = by_step[0]
        found.append(
            said(
                "Answers become better while the model is pretrained.",
                "lecture",
                f"{model}, step {largest.steps} minus step {first.steps}, {most} examples",
                (largest, most, "calibrated"),
                (first, most, "calibrated"),
                "more pretraining",
            )
        )
    few = most or least
    found.append(
        said(
            "Dividing by what is answered to inputs without content makes answers better.",
            ZHAO,
            f"{model}, calibrated minus not, {few} examples",
            (largest, few, "calibrated"),
            (largest, few, "plain"),
            "answers that the model prefers whatever is asked: with balanced answers nothing is to be corrected",
        )
    )
    tuned = [task for task in tasks if measured.samples(largest, task, few, "finetuned") is not None]
    if tuned and few:
        found.append(
            _Saying(measured, tuned)(
                "After a few examples a prompt is better than fine-tuning on the same ones.",
                f"{BROWN}, section 3",
                f"{model}, prompt minus fine-tuning, {few} examples",
                (largest, few, "calibrated"),
                (largest, few, "finetuned"),
                LARGER,
            )
        )
    return tuple(found) + _of_sources(measured, last, most)


class _Saying:
    """Claims about the difference of two scores on some tasks."""

    def __init__(self, measured: Measured, tasks: Sequence[str]) -> None:
        self.measured, self.tasks = measured, tasks

    def __call__(
        self,
        claim: str,
        source: str,
        what: str,
        a: Of,
        b: Of,
        needs: str,
    ) -> Claim:
        whole = self.measured.difference(a, b, self.tasks)
        assert whole is not None
        parts = []
        if len(self.tasks) > 1:
            for task in self.tasks:
                part = self.measured.difference(a, b, [task])
                assert part is not None
                parts.append(f"{task} {part.shown(100, 1)}")
        mean = f"mean over {len(self.tasks)} tasks " if parts else ""
        text = f"{what}: {mean}{whole.shown(100, 1)} points" + (f" ({'; '.join(parts)})" if parts else "")
        if left_out := unpaired(a[0], b[0]):
            text += f"; left out, since the other side lacks their pretraining seed: {', '.join(left_out)}"
        return Claim.judged(claim=claim, source=source, measured=text, estimate=whole, needs=needs)


def _of_sources(measured: Measured, last: Sequence[Group], most: int) -> tuple[Claim, ...]:
    """For tasks whose source some saw in pretraining and others of the same size did not."""
    found = []
    for task, problem in measured.problems.items():
        source = problem.task.corpus
        pairs = [
            (a, b)
            for a in last
            for b in last
            if source in a.corpora and a.parameters == b.parameters and set(b.corpora) == set(a.corpora) - {source}
        ]
        if source and pairs:
            a, b = pairs[-1]
            found.append(
                _Saying(measured, [task])(
                    f"{task} is answered better by a model whose corpus had {source}.",
                    f"{BROWN}, section 3.9.1",
                    f"{short(a.parameters)} parameters, corpus with {source} minus without, {most} examples",
                    (a, most, "calibrated"),
                    (b, most, "calibrated"),
                    "more of the source in the corpus, or a larger model",
                )
            )
    return tuple(found)
