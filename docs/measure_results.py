"""`make results`: pretrain lite recipes under several seeds and write docs/results.md.

For each objective and each column of the core board: the pretrained encoder, its random twin and the best simple
baseline (by validation), and the paired differences with 95% intervals over pretraining seeds and test examples.
Finished work in --out is used again.
"""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

import numpy as np

from superb_lite import plugins
from superb_lite.cli.options import EvaluationOptions
from superb_lite.encoders.checkpoint_config import CONFIG
from superb_lite.encoders.references import load_encoder
from superb_lite.evaluation.best_of import best_by_validation
from superb_lite.metrics.statistics import Interval, Sample, interval
from superb_lite.modality import ObjectiveSpec
from superb_lite.pretraining.run import pretrain
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite_leaderboard.board import CORE
from superb_lite_leaderboard.commands.columns import evaluate_columns

PAGE = Path(__file__).with_name("results.md")

INTRODUCTION = """# What pretraining brings

Written by `make results`; do not edit. Each lite recipe was pretrained under {seeds} pretraining seeds (the twin of a
pretrained encoder is the same architecture with random weights, one per seed) and evaluated on the core board with 5
evaluation seeds. Scores in percent. The differences are paired; their 95% intervals hold the noise of pretraining seeds
and of test examples ([evaluation.md](evaluation.md); pretraining seeds are the rows of the table there, averaged over
evaluation seeds). The five label draws are the
same for all, so their noise is not in these intervals. **Bold**: the interval excludes 0. {machine}

| objective | task | pretrained | random twin | simple baseline | pretrained - twin | pretrained - simple |
|---|---|---|---|---|---|---|
"""


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("superb-lite-out/results-page"))
    parser.add_argument("--seeds", type=int, default=3, help="pretraining seeds")
    parser.add_argument("--objectives", nargs="+", help="only these; default: all")
    options = parser.parse_args()
    chosen = options.objectives or list(plugins.objectives())
    store = ResultStore(options.out / "results")
    lines, summary = [], []
    for name in chosen:
        rows = measure(plugins.objective(name), options.out, options.seeds, store)
        lines += [line for line, _ in rows]
        summary += [verdict for _, verdict in rows]
    machine = f"Measured on {platform.machine()}, Python {platform.python_version()}, two cores."
    text = INTRODUCTION.format(seeds=options.seeds, machine=machine) + "\n".join(lines)
    text += "\n\n## In words\n\n" + "\n".join(f"- {verdict}" for verdict in summary) + "\n"
    PAGE.write_text(text, encoding="utf-8")


def measure(objective: ObjectiveSpec, out: Path, seeds: int, store: ResultStore) -> list[tuple[str, str]]:
    """A table row and a sentence for every column of the objective's modality."""
    modality = plugins.modality(objective.modality)
    pretrained, twins = [], []
    for seed in range(seeds):
        checkpoint = out / f"{objective.name}-{seed}"
        if not (checkpoint / CONFIG).exists():
            pretrain(objective.name, checkpoint, arguments=["--seed_everything", str(seed)])
        for reference, results in ((str(checkpoint), pretrained), (f"random:{objective.name}:{seed}", twins)):
            results.append(evaluate_columns(reference, load_encoder(reference), CORE, store, EvaluationOptions()))
    simple = best_by_validation(
        [
            evaluate_columns(reference, load_encoder(reference), CORE, store, EvaluationOptions())
            for reference in modality.baselines
        ]
    )
    return [
        row(objective.name, [r[column] for r in pretrained], [r[column] for r in twins], simple[column])
        for column in range(len(simple))
    ]


def row(objective: str, pretrained: list[Result], twins: list[Result], simple: Result) -> tuple[str, str]:
    """One line of the table, and what it says in words."""
    ours, untrained, baseline = over_seeds(pretrained), over_seeds(twins), over_seeds([simple] * len(pretrained))
    gains = {"its random twin": interval(ours.minus(untrained)), simple.encoder: interval(ours.minus(baseline))}
    scores = " | ".join(f"{100 * s.estimate:.1f}" for s in (ours, untrained, baseline))
    cells = " | ".join(cell(gain) for gain in gains.values())
    words = "; ".join(f"{verdict(gain)} {name}" for name, gain in gains.items())
    return (
        f"| `{objective}` | `{simple.task}` | {scores} | {cells} |",
        f"`{objective}` on `{simple.task}`: {words}.",
    )


def over_seeds(results: list[Result]) -> Sample:
    """(pretraining seeds, clusters): each checkpoint's table averaged over its evaluation seeds."""
    values = np.stack([np.mean(result.pseudo_values, axis=0) for result in results])
    return Sample(float(np.mean([result.score for result in results])), values, results[0].clusters)


def cell(gain: Interval) -> str:
    """A difference in points with its interval."""
    text = f"{100 * gain.estimate:+.1f} [{100 * gain.lo:+.1f}, {100 * gain.hi:+.1f}]"
    return f"**{text}**" if gain.lo > 0 or gain.hi < 0 else text


def verdict(gain: Interval) -> str:
    """In words."""
    if gain.lo > 0:
        return "better than"
    return "worse than" if gain.hi < 0 else "not told apart from"


if __name__ == "__main__":
    main()
