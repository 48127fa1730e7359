"""Corpus: unlabelled data for pretraining, as a LightningDataModule whose batches depend on (seed, step) alone."""

from __future__ import annotations

import functools
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightning
import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset, DistributedSampler


class Corpus(lightning.LightningDataModule, ABC):
    """Base of all pretraining corpora.

    Args:
        path: a person's own data; None for the embedded corpus.
        batch_size: examples in one optimiser step.
        seed: the pretraining seed; with the step it decides which examples make up a batch.
    """

    sources: tuple[str, ...] = ()
    """Names of the data sources, as in `Task.corpus`; saved with the checkpoint to mark in-domain rows."""

    def __init__(self, *, path: Path | None, batch_size: int, seed: int) -> None:
        super().__init__()
        self.path = path
        self.batch_size = batch_size
        self.seed = seed

    @abstractmethod
    def batch(self, step: int) -> Any:
        """The collated batch of one optimiser step (use `epoch_indices` to draw it)."""

    @abstractmethod
    def content_hash(self) -> str:
        """SHA-256 of the data; saved with the checkpoint."""

    def train_dataloader(self) -> DataLoader[Any]:
        if self.trainer is None:
            raise RuntimeError("a corpus feeds a Trainer: call trainer.fit(objective, datamodule=corpus)")
        trainer = self.trainer
        sampler = _Sampler(
            range(trainer.global_step, trainer.max_steps), rank=trainer.global_rank, processes=trainer.world_size
        )
        return DataLoader(_Batches(self, trainer.max_steps * trainer.world_size), batch_size=None, sampler=sampler)


class _Batches(Dataset[Any]):
    def __init__(self, corpus: Corpus, count: int) -> None:
        self.corpus = corpus
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Any:
        return self.corpus.batch(number)


class _Sampler(DistributedSampler[Any]):
    """The batches of one process, each step's its own, for the steps that are left.

    Its length is that of the whole run: a resumed Trainer counts batches from the start, and with a shorter length it
    would begin a second epoch in the middle of the run. It is a `DistributedSampler` so that Lightning leaves it alone.
    """

    def __init__(self, steps: range, *, rank: int, processes: int) -> None:
        self.steps, self.rank, self.processes = steps, rank, processes

    def __iter__(self) -> Iterator[int]:
        return iter([step * self.processes + self.rank for step in self.steps])

    def __len__(self) -> int:
        return self.steps.stop


def epoch_indices(step: int, *, size: int, batch_size: int, seed: int) -> np.ndarray:
    """(batch_size,) indices of one step when a corpus of `size` examples is read epoch after epoch in random order.

    Every epoch has its own permutation. A batch may straddle two epochs, so no example is ever left out.
    """
    first = step * batch_size
    positions = np.arange(first, first + batch_size)
    epochs = positions // size
    indices = np.empty(batch_size, dtype=np.int64)
    for epoch in np.unique(epochs):
        at = epochs == epoch
        indices[at] = _permutation(size, seed, int(epoch))[positions[at] % size]
    return indices


POOL = 32
"""Batches that `bucketed_indices` draws together, sorts by length and deals out."""


def bucketed_indices(step: int, *, lengths: NDArray[np.int64], batch_size: int, seed: int) -> NDArray[np.int64]:
    """(batch_size,) indices of one step, of examples of similar length, so that little of a batch is padding.

    `POOL` batches are drawn as `epoch_indices` draws them, sorted by length and used in random order. So an example is
    read as often as without buckets, and beside others of its length within the same pool.
    """
    pool, place = divmod(step, POOL)
    drawn = epoch_indices(pool, size=len(lengths), batch_size=POOL * batch_size, seed=seed)
    batches = drawn[np.argsort(lengths[drawn], kind="stable")].reshape(POOL, batch_size)
    chosen: NDArray[np.int64] = batches[_permutation(POOL, seed, -1 - pool)[place]]
    return chosen


@functools.lru_cache(maxsize=8)
def _permutation(size: int, seed: int, epoch: int) -> np.ndarray:
    digest = hashlib.sha256(f"epoch/{seed}/{epoch}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little")).permutation(size)
