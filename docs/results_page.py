"""docs/results.md out of measured results: the targets of the recipes, the table, and what it says in words."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superb_lite import plugins
from superb_lite.evaluation.best_of import best_by_validation
from superb_lite.metrics import higher_is_better
from superb_lite.metrics.statistics import Interval, Sample, interval
from superb_lite.results import scale
from superb_lite.results.result import Result

PAGE = Path(__file__).with_name("results.md")

INTRODUCTION = """# What pretraining brings

Written by `make results`; do not edit. Each recipe was pretrained under several seeds (the twin of a pretrained encoder
is the same architecture with random weights, one per seed) and evaluated on the core board with 5 evaluation seeds.
Scores in percent. The differences are paired; their 95% intervals hold the noise of pretraining seeds and of test
examples ([evaluation.md](evaluation.md); pretraining seeds are the rows of the table there, averaged over evaluation
seeds). The label draws are the same for all, so their noise is not in these intervals, and the intervals are not
corrected for their number. With one pretraining seed an interval says nothing of another training of that recipe.
**Bold**: the interval excludes 0. The simple baseline of a task is the one with the best validation score.
Measured on {machine}, Python {python}, two cores.
"""

TARGETS = {"clue-lite/pos": 67.0, "clue-lite/ner": 25.0, "clue-lite/seg": 68.0}
"""What `text-bert` is to reach at the budget of a minute, in percent."""
TASKS_ABOVE_CHANCE = 5
"""On how many tasks of glue-lite some text objective is to be above chance."""


@dataclass(frozen=True)
class Measured:
    """One objective under one budget."""

    budget: str
    objective: str
    pretrained: list[list[Result]]
    """For each pretraining seed the results on the columns of the core board."""
    twins: list[list[Result]]
    """The same of the random twins."""
    baselines: list[list[Result]]
    """The same of each simple baseline."""
    further: list[list[Result]]
    """For each pretraining seed the results on further tasks."""

    def gains(self, task: str) -> dict[str, Interval]:
        """Pretrained minus the twin ("twin"), and minus each simple baseline by its name; fractions, more is better."""
        ours = over_seeds(_on(self.pretrained, task))
        others = {"twin": _on(self.twins, task)}
        for results in self.baselines:
            (baseline,) = _on([results], task)
            others[baseline.encoder] = [baseline] * len(self.pretrained)
        return {name: interval(ours.minus(over_seeds(results)).scaled(sign(task))) for name, results in others.items()}

    @property
    def tasks(self) -> list[str]:
        """The columns of the core board."""
        return [result.task for result in self.pretrained[0]]


def write_page(measured: Sequence[Measured]) -> None:
    """Write docs/results.md."""
    text = INTRODUCTION.format(machine=platform.machine(), python=platform.python_version())
    minute = {m.objective: m for m in measured if m.budget == "minute"}
    if minute:
        text += "\n## Targets and what was reached, at the budget of a minute\n\n"
        text += "| what | target | reached |\n|---|---|---|\n" + "".join(f"| {row} |\n" for row in targets(minute))
    for budget in dict.fromkeys(m.budget for m in measured):
        text += f"\n## Budget `{budget}`\n\n"
        text += (
            "| objective | seeds | task | pretrained | random twin | simple baseline | - twin | - simple baseline |\n"
        )
        text += "|---|---|---|---|---|---|---|---|\n"
        of_budget = [m for m in measured if m.budget == budget]
        text += "".join(f"{line(m, task)}\n" for m in of_budget for task in m.tasks)
        text += "\nIn words:\n\n" + "".join(f"- {words(m)}\n" for m in of_budget)
        if any(m.further[0] for m in of_budget):
            text += "\nFurther tasks, the pretrained encoders' scores and what a constant answer gets:\n\n"
            text += "| objective | task | pretrained | constant answer | difference |\n|---|---|---|---|---|\n"
            text += "".join(f"{row}\n" for m in of_budget for row in further_lines(m))
    PAGE.write_text(text, encoding="utf-8")


def targets(minute: dict[str, Measured]) -> Iterator[str]:
    """The cells of a row each: what, the target, what was reached."""
    if bert := minute.get("text-bert"):
        for task in (task for task in TARGETS if task in bert.tasks):
            gains = bert.gains(task)
            reached = f"{100 * over_seeds(_on(bert.pretrained, task)).estimate:.1f}; {verdicts(gains)}"
            yield f"`text-bert` on `{task}` | {TARGETS[task]:.0f}; better than its twin and every baseline | {reached}"
    above: dict[str, list[str]] = {}
    for name, m in minute.items():
        for task, gain in above_constant(m).items():
            if gain.lo > 0:
                above.setdefault(task, []).append(name)
    if any(m.further[0] for m in minute.values()):
        which = "; ".join(f"`{task}` ({', '.join(names)})" for task, names in above.items())
        wanted = f"{TASKS_ABOVE_CHANCE}, by at least one objective"
        yield f"tasks of `glue-lite` above chance | {wanted} | {len(above)}: {which}"
    for name in ("speech-masked", "image-simclr"):
        for task in minute[name].tasks if name in minute else ():
            reached = verdicts(minute[name].gains(task))
            yield f"`{name}` on `{task}` | better than its twin and every baseline | {reached}"
    for name, m in minute.items():
        won = [task for task in m.tasks if m.gains(task)["twin"].lo > 0]
        yield f"`{name}` against its twin | better on most core tasks | {len(won)} of {len(m.tasks)}: {', '.join(won)}"


def line(m: Measured, task: str) -> str:
    """One line of the table."""
    gains = m.gains(task)
    simple = best_simple(m, task)
    scores = [over_seeds(_on(of, task)).estimate for of in (m.pretrained, m.twins)]
    cells = " | ".join(f"{100 * score:.1f}" for score in scores)
    of_simple = f"{100 * simple.score:.1f} ({simple.encoder.removeprefix('raw:')})"
    return (
        f"| `{m.objective}` | {len(m.pretrained)} | `{task}` | {cells} | {of_simple} "
        f"| {cell(gains['twin'])} | {cell(gains[simple.encoder])} |"
    )


def words(m: Measured) -> str:
    """Where pretraining wins and where it does not."""
    found: dict[str, list[str]] = {}
    for task in m.tasks:
        gains = m.gains(task)
        simple = best_simple(m, task).encoder
        against = f"{verdict(gains['twin'])} its twin, {verdict(gains[simple])} the simple baseline"
        found.setdefault(against, []).append(f"`{task.partition('/')[2]}`")
    return (
        f"`{m.objective}`: " + "; ".join(f"{against} on {', '.join(tasks)}" for against, tasks in found.items()) + "."
    )


def above_constant(m: Measured) -> dict[str, Interval]:
    """By further task the pretrained encoders' score minus what a constant answer gets, which has no noise."""
    found = {}
    for results in zip(*m.further, strict=True):
        ends = scale.scale(plugins.tasks(results[0].task)[0], results[0].protocol)
        if ends is not None:
            floor = float(np.mean(list(ends.floor.values())))
            found[results[0].task] = interval(
                over_seeds(list(results)).scaled(1.0, -floor).scaled(sign(results[0].task))
            )
    return found


def further_lines(m: Measured) -> Iterator[str]:
    """The lines of the table of further tasks."""
    for task, gain in above_constant(m).items():
        score = over_seeds(_on(m.further, task)).estimate
        floor = score - sign(task) * gain.estimate
        yield f"| `{m.objective}` | `{task}` | {100 * score:.1f} | {100 * floor:.1f} | {cell(gain)} |"


def best_simple(m: Measured, task: str) -> Result:
    """The simple baseline with the best validation score on a task."""
    (best,) = best_by_validation([_on([results], task) for results in m.baselines])
    return best


def over_seeds(results: Sequence[Result]) -> Sample:
    """(pretraining seeds, clusters): each checkpoint's table averaged over its evaluation seeds."""
    samples = [result.sample() for result in results]
    values = np.stack([sample.values.mean(axis=0) for sample in samples])
    return dataclasses.replace(samples[0], estimate=float(np.mean([s.estimate for s in samples])), values=values)


def sign(task: str) -> int:
    """1 where more is better on a task, else -1."""
    return 1 if higher_is_better(plugins.tasks(task)[0].metrics) else -1


def _on(results: Sequence[Sequence[Result]], task: str) -> list[Result]:
    return [result for found in results for result in found if result.task == task]


def cell(gain: Interval) -> str:
    """A difference in points with its interval."""
    text = f"{100 * gain.estimate:+.1f} [{100 * gain.lo:+.1f}, {100 * gain.hi:+.1f}]"
    return f"**{text}**" if gain.lo > 0 or gain.hi < 0 else text


def verdicts(gains: dict[str, Interval]) -> str:
    """In words, against the twin and each baseline."""
    return "; ".join(f"{verdict(gain)} {name.removeprefix('raw:')} {cell(gain)}" for name, gain in gains.items())


def verdict(gain: Interval) -> str:
    """In words."""
    if gain.lo > 0:
        return "better than"
    return "worse than" if gain.hi < 0 else "not told apart from"
