"""`superb-lite sweep`: pretrain one objective with several values of an option, evaluate each, and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.cli.commands import evaluate_stored
from superb_lite.cli.compare import comparison_table
from superb_lite.cli.progress import stderr, stdout
from superb_lite.encoders.checkpoint_config import CONFIG
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import select_tasks
from superb_lite.paths import workspace
from superb_lite.pretraining.run import pretrain
from superb_lite.pretraining.state import TRAINING_STATE
from superb_lite.results.comparison import LETTERS, compare
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.results.tables import results_table


def run_sweep(
    name: str,
    *,
    vary: str,
    tasks: Sequence[str],
    out: Path | None,
    seeds: int,
    root: Path | None,
    arguments: Sequence[str],
) -> None:
    """Pretrain what is not there yet, evaluate it, and print the scores and all paired differences."""
    plugins.objective(name)
    option, _, listed = vary.removeprefix("--").partition("=")
    values = [value for value in listed.split(",") if value]
    if not option or len(values) < 2 or len(values) != len(set(values)):
        raise SuperbLiteError(f"--vary '{vary}': write OPTION=VALUE,VALUE,... with different values")
    short = option.rpartition(".")[2]
    directory = out or workspace() / "sweeps" / name
    store = ResultStore(directory / "results")
    found: list[list[Result]] = []
    for value in values:
        label, checkpoint = f"{short}={value}", directory / f"{short}-{value}"
        if (checkpoint / CONFIG).exists():
            stderr.print(f"{label}: pretrained already, in {checkpoint}")
        else:
            stderr.print(f"{label}: pretraining")
            resume = (checkpoint / TRAINING_STATE).exists()
            pretrain(name, checkpoint, resume=resume, arguments=[f"--{option}", value, *arguments])
        model = load_encoder(checkpoint)
        columns = [(task, task.protocols[0]) for task in select_tasks(list(tasks), model.modality, label)]
        found.append(evaluate_stored(label, model, columns, store, seeds=seeds, root=root))
    stdout().print(results_table([result for results in found for result in results]))
    names = dict(zip(LETTERS, (f"{short}={value}" for value in values), strict=False))
    stdout().print(comparison_table(names, compare(*found)))
    stderr.print("one checkpoint each: for a statement about the option, repeat with other values of --seed_everything")
