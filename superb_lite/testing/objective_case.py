"""An objective under test: built as `superb-lite pretrain` builds it, and trained for a few steps."""

from __future__ import annotations

import copy
import functools
import hashlib
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.modality import EncoderSpec, ObjectiveSpec
from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.objective import Objective
from superb_lite.pretraining.options import build_cli, choose_encoder
from superb_lite.pretraining.quiet import quiet
from superb_lite.pretraining.recipes import Recipe, find_recipe
from superb_lite.testing.check import Options, Skipped

BATCH = 8
"""Examples in a batch, so that a step takes a moment."""


@dataclass(frozen=True)
class Built:
    """An objective and the corpus that feeds it."""

    objective: Objective
    corpus: Corpus


class ObjectiveCase:
    """One objective under test."""

    def __init__(self, subject: ObjectiveSpec, options: Options) -> None:
        self.spec = subject
        self.options = options
        self.name = f"objective '{subject.name}'"
        quiet()

    @functools.cached_property
    def encoder(self) -> EncoderSpec:
        """The architecture that it trains. Raises `SuperbLiteError` where there is none."""
        try:
            return choose_encoder(self.spec, [])[0]
        except KeyError:
            raise SuperbLiteError(
                f"modality '{self.spec.modality}' has no architecture '{self.spec.encoder}'"
            ) from None

    @functools.cached_property
    def recipe(self) -> Recipe:
        """The cheapest recipe that can be read, else one without options."""
        for budget in ("quick", *self.spec.recipes):
            try:
                recipe = find_recipe(self.spec, budget)
                self.read(recipe)
            except SuperbLiteError:  # `recipes-are-real` says it
                continue
            return recipe
        return Recipe("none", "", 1, {})

    def read(self, recipe: Recipe) -> None:
        """Read a recipe. Raises `SuperbLiteError` for an option that there is not."""
        build_cli(self.spec, self.encoder, [], recipe=recipe, trainer_defaults={}, make=False)

    def build(self, *, seed: int = 0, data: Path | None = None) -> Built:
        """Objective and corpus before any training. Raises `SuperbLiteError` where they cannot be built."""
        arguments = [f"--seed_everything={seed}", f"--data.batch_size={BATCH}"]
        arguments += [] if data is None else [f"--data.path={data}"]
        defaults = {"logger": False, "enable_checkpointing": False, "accelerator": "cpu"}
        with torch.random.fork_rng(devices=[]):
            cli = build_cli(self.spec, self.encoder, arguments, recipe=self.recipe, trainer_defaults=defaults)
        if not isinstance(cli.model, Objective) or not isinstance(cli.datamodule, Corpus):
            raise SuperbLiteError("it must be a superb_lite Objective fed by a Corpus")
        return Built(cli.model, cli.datamodule)

    @functools.cached_property
    def fault(self) -> str | None:
        """Why it cannot be built; None where it can."""
        try:
            built = self.build(data=self.options.data)
        except SuperbLiteError as error:
            return str(error)
        self.__dict__["_built"] = built
        self.__dict__["_kept"] = _copied(built.objective)
        return None

    @property
    def built(self) -> Built:
        """Objective and corpus under seed 0; nothing trains this objective. Raises `Skipped` where there are none."""
        if self.fault is not None:
            raise Skipped("it cannot be built: see it-is-built")
        built: Built = self.__dict__["_built"]
        return built

    @functools.cached_property
    def twin(self) -> Corpus:
        """A second corpus of the same seed."""
        self.built  # noqa: B018  # raises where nothing is built
        return self.build(data=self.options.data).corpus

    @functools.cached_property
    def other(self) -> Corpus:
        """A corpus of another seed."""
        self.built  # noqa: B018  # raises where nothing is built
        return self.build(seed=1, data=self.options.data).corpus

    def untrained(self) -> Built:
        """The objective as it was built, to be trained; its corpus is that of `built`."""
        corpus = self.built.corpus
        kept = self.__dict__["_kept"]
        return Built(self.build(data=self.options.data).objective if kept is None else copy.deepcopy(kept), corpus)

    def step(self, number: int) -> Tensor:
        """The loss of a batch, with gradients."""
        built = self.built
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(number)
            loss = built.objective.training_step(built.corpus.batch(number), number)
        if not isinstance(loss, Tensor) or loss.shape != ():
            raise SuperbLiteError(f"training_step returns {_shape(loss)}, not one number")
        return loss

    @functools.cached_property
    def losses(self) -> list[float]:
        """Of the first batches, before any training."""
        return [float(self.step(number).detach()) for number in range(3)]

    def need_finite(self) -> None:
        """Raise `Skipped` where the loss is no number, which `loss-is-finite` says."""
        try:
            finite = all(map(math.isfinite, self.losses))
        except SuperbLiteError:
            finite = False
        if not finite:
            raise Skipped("its loss is no finite number: see loss-is-finite")


def _copied(objective: Objective) -> Objective | None:
    """A copy, or None of what cannot be copied, such as a lock or a handle of a file."""
    try:
        return copy.deepcopy(objective)
    except Exception:  # whatever the parts of an objective make of it
        return None


def _shape(value: Any) -> str:
    return f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


class OneBatch(Corpus):
    """A corpus of one batch, again and again."""

    def __init__(self, batch: Any) -> None:
        super().__init__(path=None, batch_size=BATCH, seed=0)
        self._batch = batch

    def batch(self, step: int) -> Any:
        return self._batch

    def content_hash(self) -> str:
        return ""


class Losses(Callback):
    """The loss of every step."""

    def __init__(self) -> None:
        self.found: list[float] = []

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        self.found.append(float(outputs["loss"] if isinstance(outputs, dict) else outputs))


def train(
    objective: Objective, corpus: Corpus, steps: int, *, save: Path | None = None, resume: Path | None = None
) -> list[float]:
    """The losses of so many steps on the CPU. save: where the state of every second step is kept, by its number."""
    losses = Losses()
    keep = [] if save is None else [ModelCheckpoint(save, filename="{step}", every_n_train_steps=2, save_top_k=-1)]
    with tempfile.TemporaryDirectory() as folder, torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        trainer = lightning.Trainer(
            accelerator="cpu",
            devices=1,
            max_steps=steps,
            max_epochs=-1,
            gradient_clip_val=1.0,
            logger=False,
            enable_checkpointing=save is not None,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=folder,
            callbacks=[losses, *keep],
        )
        trainer.fit(objective, datamodule=corpus, ckpt_path=resume, weights_only=True)
    return losses.found


def arrays(batch: Any) -> Iterator[np.ndarray[Any, Any]]:
    """All tensors and arrays of a batch, however it is nested."""
    if isinstance(batch, Tensor):
        yield batch.detach().cpu().numpy()
    elif isinstance(batch, np.ndarray):
        yield batch
    elif isinstance(batch, Mapping):
        for key in sorted(batch, key=str):
            yield from arrays(batch[key])
    elif isinstance(batch, Sequence) and not isinstance(batch, str):
        for part in batch:
            yield from arrays(part)


def equal(one: Any, other: Any) -> bool:
    """Whether two batches hold the same numbers."""
    pairs = list(arrays(one)), list(arrays(other))
    return len(pairs[0]) == len(pairs[1]) and all(map(np.array_equal, *pairs))


def rows(batch: Any) -> set[str]:
    """A hash of each example of a batch: what all its arrays hold in one row."""
    found = [array for array in arrays(batch) if array.ndim]
    size = min((len(array) for array in found), default=0)
    kept = [array for array in found if len(array) == size]
    return {hashlib.sha256(b"".join(array[row].tobytes() for array in kept)).hexdigest() for row in range(size)}
