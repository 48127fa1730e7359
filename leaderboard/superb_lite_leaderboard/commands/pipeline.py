"""What `superb-lite run` does: pretrain, evaluate and rank encoders."""

from __future__ import annotations

import dataclasses
import itertools
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.cli.evaluation import evaluate_all, open_store, trainer_options
from superb_lite.cli.options import EvaluationOptions
from superb_lite.cli.pretraining import Run, pretrain_all
from superb_lite.cli.progress import Stopwatch, counter, duration, report_timings, say, stdout
from superb_lite.encoders.twin_reference import twin_of
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.best_of import best_by_validation
from superb_lite.evaluation.timings import Timings
from superb_lite.executors.named import LOCAL, opened
from superb_lite.imports import resolve
from superb_lite.modality import Modality, ObjectiveSpec
from superb_lite.paths import CONFIG, make_dir, workspace
from superb_lite.pretraining.recipes import MINUTE, budget_dir, find_recipe
from superb_lite.pretraining.recipes import QUICK as QUICK_BUDGET
from superb_lite.results.files import write_results
from superb_lite.results.result import Result
from superb_lite.tasks.task import forget_data
from superb_lite_leaderboard.board import BUILT_IN, board_of, board_of_modalities
from superb_lite_leaderboard.commands.columns import asked_on, board_columns
from superb_lite_leaderboard.commands.forecast import forecast
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.pages.export import export
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.terminal.board import render
from superb_lite_leaderboard.views.board import BoardView

SEEDS, QUICK_SEEDS = 5, 3
SIMPLE_BASELINES = "simple baselines"


def run_all(
    *,
    board: str | None,
    out: Path | None,
    modalities: Sequence[str] | None,
    tasks: Sequence[str] | None,
    budget: str,
    quick: bool,
    options: EvaluationOptions,
) -> None:
    """Pretrain, evaluate, rank, print the board and write the page. What is finished already is used again.

    modalities: pretrain every objective of these; None: the first objective of each modality on the board.
    tasks: rank by these (sets, tasks, patterns), on a board of their own; None: by the core board, or that of a
        modality which the core board lacks (`board_of_modalities`).
    budget: whose recipes are followed; each has its own directory, but for the minute.
    quick: follow the recipes of the budget `quick` and rank by one task a modality.
    options: how encoders are evaluated, with the number of seeds that is given here.
    """
    if tasks and quick:
        raise SuperbLiteError("a quick run has tasks of its own: leave out --tasks or --quick")
    if budget != MINUTE and quick:
        raise SuperbLiteError("a quick run has a budget of its own: leave out --budget or --quick")
    budget = QUICK_BUDGET if quick else budget
    watch = Stopwatch()
    directory = budget_dir(out or workspace(), budget)
    ranked = board_of(tasks) if tasks else board_of_modalities(modalities or (), quick=quick)
    slug = "" if ranked in BUILT_IN.values() else re.sub(r"[^a-z0-9]+", "-", f"-{ranked.name.lower()}").rstrip("-")
    file, site = directory / f"board{slug}.sqlite", directory / f"site{slug}"
    leaderboard = Leaderboard(board or file, ranked)
    chosen = _chosen(modalities, leaderboard, quick=quick)
    for objective in itertools.chain.from_iterable(objectives for _, objectives in chosen):
        find_recipe(objective, budget)
    make_dir(directory)  # now that all names are known to be right
    _announce(chosen, directory)

    store = open_store(directory)
    entries: dict[str, list[Result]] = {}
    options = dataclasses.replace(options, seeds=QUICK_SEEDS if quick else SEEDS)
    to_device = trainer_options(options.device, executor=options.executor)
    timings = Timings()
    for modality, objectives in chosen:
        finished = all((directory / "checkpoints" / o.name / CONFIG).exists() for o in objectives)
        if modality.prepare is not None and not finished:
            with timings.phase("data"):
                _prepare(f"{modality.name}: preparing the corpus", modality.prepare)
    if not quick:  # whose steps are too few to time some of them beforehand
        with timings.phase("estimate"):
            seconds = forecast(chosen, leaderboard.board, directory / "checkpoints", budget=budget, arguments=to_device)
        say(f"about {duration(seconds)} from here on this machine")
        say()
    # On a cluster everything is asked for at once; here one modality follows the other, and its data is let go.
    together = [[one] for one in chosen] if options.executor == LOCAL else [chosen]
    with opened(options.executor) as executor:
        for part in together:
            for modality, _ in part:
                for name in sorted(
                    {task.name.split("/")[0] for task, _ in board_columns(leaderboard.board, modality.name)}
                ):
                    if name in plugins.tasksets() and (prepare := plugins.taskset(name).prepare) is not None:
                        with timings.phase("data"):
                            _prepare(f"{name}: preparing data", prepare)
            checkpoints = directory / "checkpoints"
            names = [objective.name for _, objectives in part for objective in objectives]
            runs = {name: Run(name, name, checkpoints / name, budget, to_device) for name in names}
            with timings.phase("pretraining"):
                pretrain_all(list(runs.values()), executor)
            wanted: list[tuple[str, tuple[str, ...]]] = []
            for modality, objectives in part:
                for objective in objectives:
                    wanted += _entries(modality, objective, runs[objective.name].out).items()
                if modalities and not quick:
                    wanted += [(reference, (reference,)) for reference in modality.extra_references]
            asked = [asked_on(each, each, leaderboard.board) for _, candidates in wanted for each in candidates]
            found = iter(evaluate_all(asked, store, options, executor, timings=timings))
            for name, candidates in wanted:
                measured = [next(found) for _ in candidates]
                for results in measured:
                    write_results(results, store.directory)
                entries.setdefault(name, []).extend(best_by_validation(measured))
            forget_data()  # no later modality reads it
    for name, results in entries.items():
        # What an earlier run measured for other modalities stays in the entry.
        submitted = [Submitted(result, Tier.RERUN) for result in results]
        leaderboard.merge(name, submitted, several=name == SIMPLE_BASELINES)

    standings = leaderboard.standings()
    stdout().print(render(BoardView.of(standings, leaderboard.entries())))
    page = export(leaderboard, site)
    report_timings(timings)
    say()
    say(f"finished in {watch}; the page: {page}")
    if board is None and not quick:
        say(f"show it again: superb-lite leaderboard show --board {shlex.quote(str(file))}")


def _chosen(
    names: Sequence[str] | None, leaderboard: Leaderboard, *, quick: bool
) -> list[tuple[Modality, tuple[ObjectiveSpec, ...]]]:
    """The modalities asked for, by default all that stand on the board, and what is pretrained of each."""
    if not names:
        found = [m for m in plugins.modalities().values() if board_columns(leaderboard.board, m.name)]
        return [(modality, plugins.objectives_of(modality)[:1]) for modality in found]
    chosen = [plugins.modality(name) for name in dict.fromkeys(names)]
    for modality in chosen:
        if not board_columns(leaderboard.board, modality.name):
            raise SuperbLiteError(f"board '{leaderboard.board.name}' has no {modality.name} tasks to run")
    known = [(modality, plugins.objectives_of(modality)) for modality in chosen]
    return [(modality, objectives[:1] if quick else objectives) for modality, objectives in known]


def _entries(modality: Modality, objective: ObjectiveSpec, checkpoint: Path) -> dict[str, tuple[str, ...]]:
    """The entries that an objective's encoder and its twin go to; the first one's stand beside the baselines.

    Of several encoders in one entry the best by validation is shown on each task.
    """
    twin = twin_of(checkpoint)
    if objective is plugins.objectives_of(modality)[0]:
        return {
            "pretrained": (str(checkpoint),),
            "random twins": (twin,),
            SIMPLE_BASELINES: modality.baselines,
        }
    return {objective.name: (str(checkpoint),), f"random {objective.name}": (twin,)}


def _announce(chosen: Sequence[tuple[Modality, Sequence[ObjectiveSpec]]], directory: Path) -> None:
    """Say what will happen."""
    say(f"results go to {directory}; what is finished already is not done again")
    for modality, objectives in chosen:
        pretrained = ", ".join(objective.name for objective in objectives)
        others = ", ".join(modality.baselines)
        say(f"  {modality.name:<8} pretrain {pretrained}; evaluate with random twins, and {others}")
    say()


def _prepare(description: str, target: str) -> None:
    """Build cached data under a progress bar."""
    bars, progress = counter(description)
    with bars:
        resolve(target)(progress)
