"""The section of the report: what was measured as tables, pictures, claims and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from superb_lite.analysis.claim import decided
from superb_lite.analysis.findings import Cell, Section, Table
from superb_lite.analysis.shots.claims import claims_of
from superb_lite.analysis.shots.curves import Measured, Of, chance
from superb_lite.analysis.shots.groups import labels, last_steps
from superb_lite.analysis.shots.pictures import pictures_of

SCORES, GAINS = "scores", "gains"
NONE = (None, None, None)


def section_of(measured: Measured, *, command: str, settings: Mapping[str, Any]) -> Section:
    """settings: whatever decides the numbers beside the encoders."""
    last = last_steps(measured.groups)
    seeds = min(len(group.members) for group in last)
    claims, scores = decided(claims_of(measured), seeds), _scores(measured)
    return Section(
        analysis="shots",
        title="Few shots",
        question="Does a language model answer better after a few solved examples, and what do size and steps add?",
        answer=" ".join(f"{claim.claim} {claim.verdict.capitalize()}: {claim.measured}." for claim in claims[:2]),
        command=command,
        encoders=tuple(name for group in measured.groups for name in group.members),
        seeds=seeds,
        settings=settings,
        tables=(scores, _gains(measured)),
        pictures=pictures_of(scores),
        claims=claims,
        notes=_notes(measured),
    )


def _scores(measured: Measured) -> Table:
    names = labels(measured.groups)
    rows = []
    for task, problem in measured.problems.items():
        level = chance(problem.task, problem)
        for group in measured.groups:
            for k in measured.fitting(task):
                row: list[Cell] = [task, names[group.run], group.parameters, group.steps, len(group.members), k]
                for how in ("calibrated", "plain", "finetuned"):
                    found = measured.score(group, task, k, how)
                    row += NONE if found is None else found.cells
                rows.append((*row, level, measured.whole(group, task, k)))
    intervals = [f"{name}{end}" for name in ("score", "plain", "finetuned") for end in ("", "_low", "_high")]
    return Table(
        name=SCORES,
        title="Scores after so many solved examples",
        columns=("task", "model", "parameters", "steps", "seeds", "shots", *intervals, "chance", "read_whole"),
        rows=tuple(rows),
        note="score: calibrated with content-free inputs; plain: without; finetuned: encoder and head trained on the "
        "same examples; chance: the best constant answer; read_whole: share of prompts that fit the model's window. "
        "95% intervals over pretraining seeds and test examples for these draws of solved "
        "examples, which all seeds share (one seed: over draws of examples and test examples).",
    )


def _gains(measured: Measured) -> Table:
    names = labels(measured.groups)
    rows = []
    for task in measured.problems:
        least, most = measured.fitting(task)[0], measured.fitting(task)[-1]
        for group in last_steps(measured.groups):
            few: Of = (group, most, "calibrated")
            found = (
                measured.difference(few, (group, least, "calibrated"), [task]),
                measured.difference(few, (group, most, "plain"), [task]),
                measured.difference(few, (group, most, "finetuned"), [task]),
            )
            cells: list[Cell] = [cell for each in found for cell in (NONE if each is None else each.cells)]
            rows.append((task, names[group.run], least, most, *cells))
    columns = ("of_shots", "of_calibration", "over_finetuning")
    return Table(
        name=GAINS,
        title="Paired differences after the most solved examples",
        columns=("task", "model", "least", "most", *(f"{c}{end}" for c in columns for end in ("", "_low", "_high"))),
        rows=tuple(rows),
        note="of_shots: the most minus the least solved examples; of_calibration: with minus without; over_finetuning: "
        "prompt minus fine-tuning on the same examples.",
    )


def _notes(measured: Measured) -> tuple[str, ...]:
    notes = []
    for task, problem in measured.problems.items():
        tests = len(problem.test)
        if tests < len(problem.data.test):
            notes.append(f"{task}: {tests} of its {len(problem.data.test)} test examples, the same for all.")
        cut = [k for k in measured.fitting(task) for g in measured.groups if _is_cut(measured.whole(g, task, k))]
        if cut:
            notes.append(
                f"{task}: from {min(cut)} solved examples on some prompts are longer than the window of a model,"
            )
            notes[-1] += " which then reads their end."
        if not any(answers.finetuned is not None for (_, name, _), answers in measured.answers.items() if name == task):
            notes.append(f"{task}: nothing was fine-tuned, since its form has no head or was not asked to.")
    return tuple(notes)


def _is_cut(whole: float | None) -> bool:
    return whole is not None and whole < 1
