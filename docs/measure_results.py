"""`make results`: pretrain every objective under several seeds, evaluate, and write docs/results.md.

For each budget and objective, on each column of the core board: the pretrained encoders, their random twins and every
simple baseline. Text objectives are evaluated on all of `glue-lite`, too. What lies in --out already is used again, so
that an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from results_page import Measured, write_page

from superb_lite import plugins
from superb_lite.cli.evaluation import evaluate_stored
from superb_lite.cli.options import EvaluationOptions
from superb_lite.encoders.references import load_encoder
from superb_lite.encoders.twin_reference import twin_of
from superb_lite.paths import CONFIG
from superb_lite.pretraining.run import pretrain
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite_leaderboard.board import CORE
from superb_lite_leaderboard.commands.columns import board_columns

FURTHER = {"text": "glue-lite"}
"""By modality a task set whose every task the pretrained encoders are evaluated on."""


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("superb-lite-out/results-page"))
    parser.add_argument("--seeds", type=int, default=3, help="pretraining seeds, where nothing else is said")
    parser.add_argument(
        "--objectives",
        nargs="+",
        help="only these: NAME, hour:NAME of another budget than the minute, NAME=SEEDS; default: all, a minute",
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes, of one thread each")
    options = parser.parse_args()
    objectives = dict(objective_of(argument, options.seeds) for argument in options.objectives or plugins.objectives())

    several = range(max(objectives.values()))
    pretrained = [
        (budget, name, seed, options.out)
        for seed, (budget, name) in itertools.product(several, objectives)
        if seed < objectives[budget, name]
    ]
    modalities = dict.fromkeys(plugins.objective(name).modality for _, name in objectives)
    simple = [(reference, options.out) for m in modalities for reference in plugins.modality(m).baselines]
    os.environ["OMP_NUM_THREADS"] = "1"  # of the processes that are started
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(measure_baseline, *zip(*simple, strict=True)))
        list(pool.map(measure_seed, *zip(*pretrained, strict=True)))

    # Every result lies in the store now, so this takes seconds.
    of_baselines = {reference: measure_baseline(reference, options.out) for reference, _ in simple}
    rows = []
    for (budget, name), several_seeds in objectives.items():
        seeds = [measure_seed(budget, name, seed, options.out) for seed in range(several_seeds)]
        references = plugins.modality(plugins.objective(name).modality).baselines
        rows.append(
            Measured(
                budget=budget,
                objective=name,
                pretrained=[mine for mine, _, _ in seeds],
                twins=[twin for _, twin, _ in seeds],
                baselines=[of_baselines[reference] for reference in references],
                further=[more for _, _, more in seeds],
            )
        )
    write_page(rows)


def objective_of(argument: str, seeds: int) -> tuple[tuple[str, str], int]:
    """((budget, objective), seeds) of what --objectives says of one."""
    rest, _, given = argument.partition("=")
    budget, _, name = rest.rpartition(":")
    return (budget or "minute", name), int(given or seeds)


@functools.cache
def measure_baseline(reference: str, out: Path) -> list[Result]:
    """A simple baseline on the columns of the core board."""
    model = load_encoder(reference)
    columns = board_columns(CORE, model.modality)
    return evaluate_stored(reference, model, columns, ResultStore(out / "results"), EvaluationOptions())


def measure_seed(budget: str, name: str, seed: int, out: Path) -> tuple[list[Result], list[Result], list[Result]]:
    """A pretrained encoder and its twin on the columns of the core board, and the former on further tasks."""
    spec = plugins.objective(name)
    checkpoint = out / budget / f"{name}-{seed}"
    if not (checkpoint / CONFIG).exists():
        pretrain(name, checkpoint, budget=budget, arguments=["--seed_everything", str(seed)])
    twin = twin_of(checkpoint)
    store, options = ResultStore(out / "results"), EvaluationOptions()
    columns = board_columns(CORE, spec.modality)
    tasks = plugins.tasks(FURTHER[spec.modality]) if spec.modality in FURTHER else ()
    further = [(task, task.protocols[0]) for task in tasks]
    both = list({(task.name, protocol): (task, protocol) for task, protocol in (*columns, *further)}.values())
    of_ours = evaluate_stored(str(checkpoint), load_encoder(str(checkpoint)), both, store, options)
    of_twin = evaluate_stored(twin, load_encoder(twin), columns, store, options)
    core, more = {task.name for task, _ in columns}, {task.name for task, _ in further}
    return [r for r in of_ours if r.task in core], of_twin, [r for r in of_ours if r.task in more]


if __name__ == "__main__":
    main()
