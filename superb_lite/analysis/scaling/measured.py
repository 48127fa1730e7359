"""What one run of an analysis of scaling gave, pretrained where it is not there yet."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback
from torch import nn

from superb_lite import plugins
from superb_lite.analysis.scaling.design import Design, Size
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.parameters import feature_parameters
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.operations import operations
from superb_lite.machine import versions
from superb_lite.paths import CONFIG, read_utf8, write_text
from superb_lite.pretraining.arguments import TRAINING_STATE
from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.held_out import SEED, held_out_loss, unlogged
from superb_lite.pretraining.objective import Objective
from superb_lite.pretraining.options import build_cli, choose_encoder
from superb_lite.pretraining.quiet import quiet
from superb_lite.pretraining.recipes import find_recipe
from superb_lite.pretraining.run import check_arguments, pretrain

MEASURED = "scaling.json"
"""In the directory of a run: what was measured at its end, when the heads of the objective are still there."""

BACKWARD = 2
"""A backward pass takes about twice the operations of the forward pass (Kaplan et al. 2020, section 2.1)."""


@dataclass(frozen=True)
class Run:
    """One pretraining run."""

    size: Size
    seed: int
    parameters: int
    """Of the encoder, without tables in which rows are looked up (Kaplan et al. 2020, section 2.1)."""
    items: int
    """Examples in all batches of all steps."""
    flops: float | None
    """Of all of training: three times what is counted in a forward pass of the objective. None: nobody could count."""
    loss: float | None
    """On the held-out part of the corpus; None where it has none."""
    checkpoint: Path
    scores: dict[str, float] = field(default_factory=dict)
    """By task."""


class _AtTheEnd(Callback):
    """Writes what can be measured only while the objective is there, before the encoder is saved."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def on_train_end(self, trainer: Any, module: Objective) -> None:  # type: ignore[override]
        batches = trainer.global_step * trainer.accumulate_grad_batches * trainer.world_size
        once = forward_flops(module, trainer.datamodule)
        found: dict[str, int | float | None] = {
            "parameters": parameters_of(module.encoder),
            "items": batches * trainer.datamodule.batch_size,
            "flops": None if once is None else float(once) * (1 + BACKWARD) * batches,
        }
        try:
            found["loss"] = held_out_loss(module, trainer.datamodule)
        except SuperbLiteError:  # the corpus has no held-out part
            found["loss"] = None
        write_text(self._path, json.dumps(found) + "\n")


def parameters_of(encoder: Encoder) -> int:
    """How many parameters an encoder computes features with, outside of embedding tables."""
    tables = {id(p) for part in encoder.modules() if isinstance(part, nn.Embedding) for p in part.parameters()}
    return sum(p.numel() for p in feature_parameters(encoder) if id(p) not in tables)


@torch.no_grad()
def forward_flops(objective: Objective, corpus: Corpus) -> int | None:
    """The floating-point operations of a forward pass of the first batch, encoder and heads; None if not counted."""
    batch = objective.transfer_batch_to_device(corpus.batch(0), objective.device, 0)
    modes = {part: part.training for part in objective.modules()}
    with unlogged(objective), torch.random.fork_rng():
        objective.eval()
        torch.manual_seed(SEED)  # as many masks for every run
        counted = operations(objective, lambda: _step(objective, batch))
    for part, training in modes.items():
        part.training = training
    return None if counted is None else counted.flops


def _step(objective: Objective, batch: Any) -> None:
    objective.training_step(batch, 0)


@dataclass(frozen=True)
class Runner:
    """Pretrains the runs of a design, or finds them.

    Args:
        objective: its name.
        directory: where the checkpoints go; those of other options have folders of their own.
        budget: whose recipe holds where the arguments say nothing.
        arguments: further options of `pretrain`.
    """

    objective: str
    directory: Path
    budget: str
    arguments: Sequence[str] = ()
    corpus_sha256: str = ""
    """Of the whole corpus, where `checked` has made it."""

    def checked(self, sizes: Sequence[Size]) -> Runner:
        """The same, knowing its corpus.

        Raises `SuperbLiteError` for options that are none, and for an encoder that cannot be built, of whatever size.
        """
        for size in sizes:
            check_arguments(self.objective, self.arguments_of(size, 0), budget=self.budget)
        corpus = ""
        for width in dict.fromkeys(size.width for size in sizes):
            arguments = self.arguments_of(Size(width, 1.0, sizes[0].steps), 0)
            built = check_arguments(self.objective, arguments, budget=self.budget, make=True)
            corpus = built.datamodule.content_hash()
        return dataclasses.replace(self, corpus_sha256=corpus)

    def run(self, size: Size, seed: int, say: Callable[[str], None]) -> Run:
        """One run; it is resumed where it was interrupted, and taken as it is where it is finished."""
        out = self.path(size, seed)
        if not (out / CONFIG).exists() or not (out / MEASURED).exists():
            say(f"pretraining {size.name}, seed {seed}")
            pretrain(
                self.objective,
                out,
                resume=(out / TRAINING_STATE).exists(),
                budget=self.budget,
                arguments=self.arguments_of(size, seed),
                callbacks=[_AtTheEnd(out / MEASURED)],
            )
        try:
            return Run(size=size, seed=seed, checkpoint=out, **json.loads(read_utf8(out / MEASURED, limit=2**16)))
        except (ValueError, TypeError) as error:
            raise SuperbLiteError(f"'{out / MEASURED}' is damaged: remove '{out}' ({error})") from None

    def path(self, size: Size, seed: int) -> Path:
        """Where the checkpoint of a run lies; another recipe, corpus or version has other places."""
        return self.directory / f"{self.objective}-{self._options}" / f"{size.name}-seed-{seed}"

    @functools.cached_property
    def _options(self) -> str:
        recipe = find_recipe(plugins.objective(self.objective), self.budget)
        decides = [recipe.options, self.corpus_sha256, versions()["superb-lite"], *self.arguments]
        return hashlib.sha256(json.dumps(decides, default=str).encode()).hexdigest()[:8]

    def arguments_of(self, size: Size, seed: int) -> list[str]:
        """The options of `pretrain` for a run."""
        found = [*self.arguments, f"--trainer.max_steps={size.steps}", f"--seed_everything={seed}"]
        if size.data != 1:
            found.append(f"--data.share={size.data:g}")
        return found if size.width is None else [*found, *self._width(size.width)]

    def _width(self, width: int) -> list[str]:
        """An encoder of another width; a feed-forward layer grows along, unless its width is given."""
        usual = shape(self.objective, self.budget, self.arguments)
        found = [f"--model.encoder.width={width}"]
        given = {argument.partition("=")[0].rpartition(".")[2].lstrip("-") for argument in self.arguments}
        if "hidden" in usual and usual.get("width") and "hidden" not in given:
            found.append(f"--model.encoder.hidden={max(1, round(width * usual['hidden'] / usual['width']))}")
        return found


def shape(objective: str, budget: str, arguments: Sequence[str]) -> dict[str, int]:
    """The whole numbers among an encoder's options, by name, as a recipe and further options set them."""
    quiet()
    spec = plugins.objective(objective)
    encoder, options = choose_encoder(spec, arguments)
    cli = build_cli(spec, encoder, options, recipe=find_recipe(spec, budget), trainer_defaults={}, make=False)
    flat = vars(cli.config.as_flat())
    prefix = "model.encoder."
    return {name.removeprefix(prefix): v for name, v in flat.items() if name.startswith(prefix) and type(v) is int}


def measure(
    design: Design, runner: Runner, score: Callable[[Run], dict[str, float]], say: Callable[[str], None]
) -> list[Run]:
    """All runs of a design with the scores of their encoders, those of the check at the end."""
    found = []
    for size in design.all_sizes():
        for seed in range(design.seeds):
            run = runner.run(size, seed, say)
            found.append(dataclasses.replace(run, scores=score(run)))
    return found
