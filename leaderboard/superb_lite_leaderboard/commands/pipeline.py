"""What `superb-lite run` does: pretrain, evaluate and rank encoders."""

from __future__ import annotations

import dataclasses
import re
import shlex
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from superb_lite import plugins
from superb_lite.cli.evaluation import open_store, trainer_options
from superb_lite.cli.options import EvaluationOptions
from superb_lite.cli.progress import Stopwatch, counter, duration, report_timings, say, stdout
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.timings import Timings
from superb_lite.imports import resolve
from superb_lite.modality import Modality, ObjectiveSpec
from superb_lite.paths import CONFIG, make_dir, workspace
from superb_lite.pretraining.arguments import TRAINING_STATE
from superb_lite.pretraining.run import pretrain
from superb_lite.results.files import write_results
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import CORE, QUICK, board_of
from superb_lite_leaderboard.commands.columns import board_columns, evaluate_columns
from superb_lite_leaderboard.page import export
from superb_lite_leaderboard.store import Leaderboard
from superb_lite_leaderboard.table import render

SEEDS, QUICK_SEEDS = 5, 3


def run_all(
    *,
    board: str | None,
    out: Path | None,
    modalities: Sequence[str] | None,
    tasks: Sequence[str] | None,
    quick: bool,
    options: EvaluationOptions,
) -> None:
    """Pretrain, evaluate, rank, print the board and write the page. What is finished already is used again.

    modalities: pretrain every objective of these; None: the first objective of each modality on the board.
    tasks: rank by these (sets, tasks, patterns), on a board of their own; None: by the core board.
    options: how encoders are evaluated, with the number of seeds that is given here.
    """
    if tasks and quick:
        raise SuperbLiteError("a quick run has tasks of its own: leave out --tasks or --quick")
    watch = Stopwatch()
    directory = out or (workspace() / "quick" if quick else workspace())
    file, site = directory / "board.sqlite", directory / "site"
    if tasks:
        slug = re.sub(r"[^a-z0-9]+", "-", "-".join(tasks).lower()).strip("-")
        file, site = directory / f"board-{slug}.sqlite", directory / f"site-{slug}"
    leaderboard = Leaderboard(board or file, board_of(tasks) if tasks else QUICK if quick else CORE)
    chosen = _chosen(modalities, leaderboard, quick=quick)
    make_dir(directory)  # now that all names are known to be right
    _announce(chosen, leaderboard.board, directory, quick=quick)

    store = open_store(directory)
    entries: dict[str, list[Result]] = {}
    options = dataclasses.replace(options, seeds=QUICK_SEEDS if quick else SEEDS)
    to_device = trainer_options(options.device)
    timings = Timings()
    for modality, objectives in chosen:
        for name in sorted({task.name.split("/")[0] for task, _ in board_columns(leaderboard.board, modality.name)}):
            if name in plugins.tasksets() and (prepare := plugins.taskset(name).prepare) is not None:
                with timings.phase("data"):
                    _prepare(f"{name}: preparing data", prepare)
        for objective in objectives:
            with timings.phase("pretraining"):
                checkpoint = _pretrained(modality, objective, directory, to_device, quick=quick)
            references = _entries(modality, objective, checkpoint)
            if modalities and not quick and objective is objectives[-1]:
                references |= {reference: reference for reference in modality.extra_references}
            for name, reference in references.items():
                model = load_encoder(reference)
                found = evaluate_columns(reference, model, leaderboard.board, store, options, timings=timings)
                write_results(found, store.directory)
                entries.setdefault(name, []).extend(found)
    for name, results in entries.items():
        leaderboard.merge(name, results)  # what an earlier run measured for other modalities stays in the entry

    standings = leaderboard.standings()
    stdout().print(render(standings))
    page = export(standings, site)
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


def _entries(modality: Modality, objective: ObjectiveSpec, checkpoint: Path) -> dict[str, str]:
    """The entries that an objective's encoder and its twin go to; the first one's stand beside the baseline."""
    if objective is plugins.objectives_of(modality)[0]:
        return {
            "pretrained": str(checkpoint),
            "random twins": f"random:{objective.encoder}",
            "trivial baselines": modality.baseline,
        }
    return {objective.name: str(checkpoint), f"random {objective.name}": f"random:{objective.encoder}"}


def _announce(
    chosen: Sequence[tuple[Modality, Sequence[ObjectiveSpec]]], board: Board, directory: Path, *, quick: bool
) -> None:
    """Say what will happen and about how long it takes on this machine."""
    factor = machine_factor()
    total = 0.0
    say(f"results go to {directory}")
    for modality, objectives in chosen:
        evaluations = 1 + 2 * len(objectives)
        tasks = len(board_columns(board, modality.name)) / len(board_columns(CORE, modality.name) or [1])
        total += factor * modality.evaluation_seconds * evaluations / 3 * (0.25 if quick else tasks)
        total += factor * sum(o.seconds * (o.quick_steps / o.steps if quick else 1.0) for o in objectives)
        pretrained = ", ".join(objective.name for objective in objectives)
        say(f"  {modality.name:<8} pretrain {pretrained}; evaluate with random twins, and {modality.baseline}")
    say(f"about {duration(total)} on this machine; what is finished already is not done again")
    say()


def machine_factor() -> float:
    """How much slower than the reference (two cores) this machine multiplies matrices; 1.0 means as fast."""
    a = torch.ones(512, 512)
    best = float("inf")
    for _ in range(8):
        started = time.perf_counter()
        for _ in range(4):
            a @ a
        best = min(best, time.perf_counter() - started)
    return best / REFERENCE_SECONDS


REFERENCE_SECONDS = 0.0035
"""What `machine_factor` measures on the machine that the recipes' `seconds` were measured on."""


def _prepare(description: str, target: str) -> None:
    """Build cached data under a progress bar."""
    bars, progress = counter(description)
    with bars:
        resolve(target)(progress)


def _pretrained(
    modality: Modality, objective: ObjectiveSpec, directory: Path, to_device: Sequence[str], *, quick: bool
) -> Path:
    checkpoint = directory / "checkpoints" / objective.name
    if (checkpoint / CONFIG).exists():
        say(f"{objective.name}: pretrained already, in {checkpoint}")
        return checkpoint
    if modality.prepare is not None:
        _prepare(f"{modality.name}: preparing the corpus", modality.prepare)
    watch = Stopwatch()
    say(f"{objective.name}: pretraining")
    steps = objective.quick_steps if quick else objective.steps
    resume = (checkpoint / TRAINING_STATE).exists()
    pretrain(objective.name, checkpoint, resume=resume, arguments=["--trainer.max_steps", str(steps), *to_device])
    say(f"{objective.name}: pretrained in {watch}")
    return checkpoint
