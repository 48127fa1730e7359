"""pretrain: run an objective with LightningCLI and save its encoder as a checkpoint directory."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lightning.fabric.utilities.rank_zero import rank_zero_only
from lightning.pytorch.callbacks import Callback, ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.callbacks.progress.tqdm_progress import Tqdm
from lightning.pytorch.cli import LightningCLI

from superb_lite import plugins
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.trajectory import STEPS, Series
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.imports import resolve
from superb_lite.machine import versions
from superb_lite.modality import ObjectiveSpec
from superb_lite.pretraining.arguments import TRAINING_STATE, check_run
from superb_lite.pretraining.compiling import check_backend, compile_networks
from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.loggers import logger_options
from superb_lite.pretraining.metrics_file import METRICS, keep_rows
from superb_lite.pretraining.objective import Objective
from superb_lite.pretraining.options import all_options, build_cli, choose_encoder, recorded_options
from superb_lite.pretraining.process_checks import check_processes, check_strategy_named
from superb_lite.pretraining.quiet import quiet
from superb_lite.pretraining.recipes import MINUTE, Recipe, find_recipe
from superb_lite.pretraining.state import (
    RunOptions,
    RunRecord,
    StateIO,
    check_options,
    locked,
    read_state,
    remove_state,
)
from superb_lite.pretraining.step_checkpoints import StepCheckpoints, remove_steps


def pretrain(
    name: str,
    out: Path,
    *,
    data: Path | None = None,
    resume: bool = False,
    budget: str = MINUTE,
    arguments: Sequence[str] = (),
    callbacks: Sequence[Callback] = (),
    checkpoints: str | None = None,
    loggers: Sequence[str] = (),
    backend: str | None = None,
) -> Path:
    """Pretrain objective `name` and write the encoder to `out`, which is returned.

    Args:
        out: a directory for the checkpoint; while training it also holds the state that `resume` continues from.
        data: a person's own corpus; None for the embedded one.
        resume: go on with the interrupted run in `out`; the result equals that of an uninterrupted run.
        budget: whose recipe is followed, where the arguments say nothing else.
        arguments: options of LightningCLI, such as ["--trainer.max_steps", "200", "--model.learning_rate", "1e-3"].
        callbacks: further ones of the Trainer.
        checkpoints: keep the encoder at steps 0, 1, 2, 4, ... ("log") or at every so many steps ("100"), and at the
            last, as a `superb_lite.encoders.trajectory.Trajectory`; the run itself stays what it is without.
        loggers: names of `superb_lite.pretraining.loggers`, beside the CSV file that is always written.
        backend: of torch.compile ("inductor"), which the encoder's networks go through; None: they are not compiled.

    Raises:
        SuperbLiteError: unknown objective, budget or option, unreadable data, `out` taken, nothing to resume, or a
            loss that is not finite.
    """
    spec = plugins.objective(name)
    recipe = find_recipe(spec, budget)
    check_run(out, data=data, resume=resume, arguments=arguments)
    series = None if checkpoints is None else Series.parse(checkpoints)
    if backend is not None:
        check_backend(backend)
    # Of several processes the first one locks; it starts the others, or somebody starts all of them at once.
    first = getattr(rank_zero_only, "rank", 0) == 0
    with locked(out) if first else contextlib.nullcontext():
        _pretrain(
            spec,
            recipe,
            out,
            data=data,
            resume=resume,
            arguments=arguments,
            callbacks=callbacks,
            series=series,
            loggers=loggers,
            backend=backend,
        )
    return out


def check_arguments(name: str, arguments: Sequence[str], *, budget: str = MINUTE, make: bool = False) -> LightningCLI:
    """Read the options of `pretrain`, and make what they describe where `make` says so; nothing is written.

    Raises `SuperbLiteError` for an option that there is not, or whose value cannot be read or built.
    """
    spec = plugins.objective(name)
    quiet()
    encoder, options = choose_encoder(spec, arguments)
    unseen = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    return build_cli(spec, encoder, options, recipe=find_recipe(spec, budget), trainer_defaults=unseen, make=make)


def _pretrain(
    spec: ObjectiveSpec,
    recipe: Recipe,
    out: Path,
    *,
    data: Path | None,
    resume: bool,
    arguments: Sequence[str],
    callbacks: Sequence[Callback],
    series: Series | None,
    loggers: Sequence[str],
    backend: str | None,
) -> None:
    name, path = spec.name, out / TRAINING_STATE
    check_run(out, data=data, resume=resume, arguments=arguments)
    state = read_state(path) if resume else None
    quiet()
    check_strategy_named(arguments)
    with foreign_errors(f"objective '{name}' cannot be loaded"):
        encoder, options = choose_encoder(spec, arguments)
        resolve(spec.data)
    options = options if data is None else ["--data.path", str(data), *options]
    record = RunRecord(state)
    defaults = _trainer_defaults(name, recipe, out, record)
    defaults["callbacks"] += callbacks
    defaults["logger"] = [defaults["logger"], *(logger_options(logger, out) for logger in loggers)]
    if series is not None:
        defaults["callbacks"].append(StepCheckpoints(series, lambda step: save(out / STEPS / str(step))))
    cli = build_cli(spec, encoder, options, recipe=recipe, trainer_defaults=defaults)
    objective, corpus, trainer = cli.model, cli.datamodule, cli.trainer
    if not isinstance(objective, Objective) or not isinstance(corpus, Corpus):
        raise SuperbLiteError(f"objective '{name}': it must be a superb_lite Objective fed by a Corpus")
    with foreign_errors(f"the corpus of objective '{name}' has no hash"):
        record.options = RunOptions(name, encoder.name, corpus.whole_hash(), all_options(cli.config))
    kept = {} if series is None else {"checkpoints": str(series)}
    kept |= {} if backend is None else {"compile": backend}
    record.options = dataclasses.replace(record.options, options={**record.options.options, **kept})
    if state is not None:
        check_options(state.options, record.options, out=out)
    check_processes(objective, trainer)
    if trainer.is_global_zero:
        keep_rows(out / METRICS, before=0 if state is None else state.step)
        if state is None:
            remove_steps(out)

    def save(directory: Path) -> None:
        pretraining = {
            "objective": name,
            "budget": recipe.budget,
            "corpora": list(corpus.sources),
            "corpus_sha256": record.options.corpus_sha256,
            "corpus_hashed": corpus.hashed,
            "seed": objective.seed,
            "steps": trainer.global_step,
            "items": trainer.global_step * trainer.accumulate_grad_batches * trainer.world_size * corpus.batch_size,
            "final_loss": record.loss(trainer),
            "seconds": round(record.seconds, 1),
            "options": recorded_options(cli.config),
            "versions": versions(),
            **kept,
        }
        save_checkpoint(objective.encoder, directory, name=encoder.name, pretraining=pretraining)

    if backend is not None:
        compile_networks(objective.encoder, backend)
    for logger in trainer.loggers:
        logger.log_hyperparams(dict(record.options.options))
    trainer.strategy.checkpoint_io = StateIO()
    with foreign_errors(f"objective '{name}' cannot be trained"):
        _fit(cli, path, resume=resume)
    loss = record.loss(trainer)
    if loss is None:
        raise SuperbLiteError(f"nothing was trained: --trainer.max_steps is {trainer.max_steps}")
    check_finite(loss, step=trainer.global_step)
    if trainer.is_global_zero:  # of several processes one writes
        save(out)
        remove_state(path)
    trainer.strategy.barrier()


def _fit(cli: LightningCLI, state: Path, *, resume: bool) -> None:
    """Train. An interrupted run ends in one line that says how to go on."""
    on_interrupt = signal.getsignal(signal.SIGINT)
    try:
        cli.trainer.fit(cli.model, datamodule=cli.datamodule, ckpt_path=state if resume else None, weights_only=True)
    except SystemExit:
        # Lightning turns an interrupt into sys.exit, with further interrupts ignored.
        signal.signal(signal.SIGINT, on_interrupt)
        kept = "`pretrain --resume` goes on, and so does `run`" if state.exists() else "nothing was saved yet"
        raise SuperbLiteError(f"pretraining was interrupted at step {cli.trainer.global_step}: {kept}") from None


class _Progress(TQDMProgressBar):
    """One bar for the whole run, with the time that is left."""

    def __init__(self, name: str) -> None:
        super().__init__(refresh_rate=10)
        self.name = name

    def init_train_tqdm(self) -> Tqdm:
        bar = super().init_train_tqdm()
        bar.set_description(self.name)
        return bar

    def on_train_epoch_start(self, *arguments: Any) -> None:
        super().on_train_epoch_start(*arguments)
        self.train_progress_bar.set_description(self.name)


class _StopOnNaN(Callback):
    """A loss that is not finite ends the run: nothing after it would be worth its time."""

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        loss = outputs["loss"] if isinstance(outputs, dict) else outputs
        # Reading a number makes an accelerator wait, so that is done as rarely as something is logged.
        if loss.device.type == "cpu" or batch_idx % trainer.log_every_n_steps == 0:
            check_finite(float(loss), step=trainer.global_step)


def check_finite(loss: float, *, step: int) -> None:
    """Raise `SuperbLiteError` unless the loss of a step is a finite number."""
    if not math.isfinite(loss):
        raise SuperbLiteError(f"the loss is {loss} at step {step}: lower --model.learning_rate")


def _trainer_defaults(name: str, recipe: Recipe, out: Path, record: RunRecord) -> dict[str, Any]:
    """The Trainer's options, unless the recipe or a person gives others."""
    every = max(50, recipe.steps // 12)
    file = Path(TRAINING_STATE).stem
    return {
        "max_epochs": -1,
        "devices": 1,
        "gradient_clip_val": 1.0,
        "logger": {
            "class_path": "superb_lite.pretraining.metrics_file.MetricsFile",
            "init_args": {"path": str(out / METRICS)},
        },
        "log_every_n_steps": 25,
        "enable_model_summary": False,
        "callbacks": [
            _StopOnNaN(),
            record,
            # One file, written over and over, so that `resume` always finds the newest state.
            ModelCheckpoint(out, filename=file, every_n_train_steps=every, enable_version_counter=False),
            *([_Progress(name)] if sys.stderr.isatty() else []),
        ],
        "enable_progress_bar": sys.stderr.isatty(),
    }
