"""Corpus: unlabelled data for pretraining, as a LightningDataModule whose batches depend on seed and number alone."""

from __future__ import annotations

import copy
import functools
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import lightning
import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset, DistributedSampler

from superb_lite.errors import SuperbLiteError, counted
from superb_lite.pretraining.streams.reference import is_stream
from superb_lite.pretraining.streams.stream import Kind, Piece, Stream, open_stream
from superb_lite.pretraining.streams.windows import Windows

T = TypeVar("T")

WINDOW = 2_000
"""Examples of a stream that are held together where nobody says."""


class Corpus(lightning.LightningDataModule, ABC):
    """Base of all pretraining corpora.

    The batches of a run are numbered from 0: with one process and without accumulated gradients a batch's number is its
    optimiser step; else a step has a batch for each process and each part of the accumulation. As in an `Objective`, a
    subclass may hand on what it leaves alone as `**options`.

    Args:
        path: a person's own data, or a stream of them (`superb_lite.pretraining.streams`); None for the
            embedded corpus.
        batch_size: examples in a batch.
        seed: the pretraining seed; with its number it decides which examples make up a batch.
        workers: processes that make batches ahead of time; the batches are the same with any number of them.
        share: how much of the data is read (see `part`), more than 0 and at most 1.
        window: of a stream, how many examples are held and shuffled together, and how many of the first ones what is
            learnt from data (tokenisers, clusters) is learnt from.
    """

    streamed: Kind | None = None
    """What a stream of a subclass that reads one holds. Such a subclass begins with `first_pieces` where there is a
    stream (`shards`), and has `renewed` and `batches_an_epoch`."""

    sources: tuple[str, ...] = ()
    """Names of the data sources, as in `Task.corpus`; saved with the checkpoint to mark in-domain rows. Those of a
    person's own data are found by content (`superb_lite.pretraining.sources`)."""

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 32,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        window: int = WINDOW,
    ) -> None:
        super().__init__()
        if workers < 0:
            raise SuperbLiteError(f"--data.workers {workers}: give 0 or more")
        if not 0 < share <= 1:
            raise SuperbLiteError(f"--data.share {share:g}: it must be more than 0 and at most 1")
        if window < 1:
            raise SuperbLiteError(f"--data.window {window}: give 1 or more")
        self._share = share
        self.window = window
        self.shards: Stream | None = None
        if path is not None and is_stream(path):
            if share < 1:
                raise SuperbLiteError("--data.share: a stream is read whole; name fewer shards")
            self.shards = open_stream(path, self.streamed)
        self._pieces_read = 0
        self._windows: Windows | None = None
        self.path = path
        self.batch_size = batch_size
        self.seed = seed
        self.workers = workers

    def part(self, examples: Sequence[T]) -> list[T]:
        """The share of the examples that is read, at least one, in their order; for subclasses, once they are there.

        A larger share holds a smaller one, and pretraining seeds have the same.
        """
        if self._share == 1:
            return list(examples)
        order = np.random.default_rng(0).permutation(len(examples))
        return [examples[number] for number in sorted(order[: max(1, round(self._share * len(examples)))])]

    @abstractmethod
    def batch(self, step: int) -> Any:
        """The collated batch of a number (use `epoch_indices` to draw it); of a stream, of the first window."""

    def numbered(self, number: int) -> Any:
        """The batch of a number of the run: `batch`, or of a stream the batch of its window (see `Windows`)."""
        if self.shards is None:
            return self.batch(number)
        if self._windows is None:
            self._windows = Windows(self, self.shards, self._pieces_read)
        return self._windows.batch(number)

    def first_pieces(self, stream: Stream) -> list[Piece]:
        """The first `window` examples of a stream by the names of its shards, whatever the seed."""
        pieces = stream.first(self.window)
        self._pieces_read = len(pieces)
        return pieces

    def renewed(self, pieces: Iterable[Piece], *, first: int, seed: int) -> Corpus:
        """A corpus as this one, with what this one learnt, of other examples of the stream. A subclass with `streamed`
        has it.

        first: the number of the first of them in the run. seed: of their order and their crops.
        """
        raise NotImplementedError

    def batches_an_epoch(self) -> int:
        """How many whole batches hold everything once, at least 1. A subclass with `streamed` has it."""
        raise NotImplementedError

    @abstractmethod
    def content_hash(self) -> str:
        """SHA-256 of the data; saved with the checkpoint. Of a stream, of its first window (see `whole_hash`)."""

    def whole_hash(self) -> str:
        """The content hash of all data; a stream counts by names and sizes of its shards and its first window."""
        if self.shards is None:
            return self.content_hash()
        return hashlib.sha256(f"{self.shards.fingerprint()}\n{self.content_hash()}".encode()).hexdigest()

    @property
    def hashed(self) -> str:
        """What `whole_hash` is the hash of, in words."""
        if self.shards is None:
            return "all data"
        shards = counted(len(self.shards.shards), "shard")
        return f"names and sizes of {shards}, and the first {counted(self._pieces_read, 'example')}"

    def held_out(self) -> Corpus:
        """The same kind of batches, of data of the same sources that are in no batch of this corpus, nor in any test.

        They depend on their number alone, not on the pretraining seed, and what was learnt from the data (tokenisers,
        clusters) is this corpus's. Raises `SuperbLiteError` where there is no such part.
        """
        raise SuperbLiteError(f"{type(self).__name__} has no held-out part: measure by the score of a task")

    def train_dataloader(self) -> DataLoader[Any]:
        if self.trainer is None:
            raise RuntimeError("a corpus feeds a Trainer: call trainer.fit(objective, datamodule=corpus)")
        trainer = self.trainer
        within = trainer.accumulate_grad_batches
        sampler = _BatchSampler(
            range(within * trainer.global_step, within * trainer.max_steps),
            rank=trainer.global_rank,
            processes=trainer.world_size,
        )
        # Workers get a copy without the Trainer, which cannot be sent to them.
        alone = copy.copy(self)
        alone.trainer = None
        alone._windows = None
        return DataLoader(
            _Batches(alone, within * trainer.max_steps * trainer.world_size),
            batch_size=None,
            sampler=sampler,
            num_workers=self.workers,
        )


class _Batches(Dataset[Any]):
    """The batches of a run by their number."""

    def __init__(self, corpus: Corpus, count: int) -> None:
        self.corpus = corpus
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Any:
        return self.corpus.numbered(number)


class _BatchSampler(DistributedSampler[Any]):
    """The numbers of the batches of one process, which no other process reads, for the steps that are left.

    Its length is that of the whole run: a resumed Trainer counts batches from the start, and with a shorter length it
    would begin a second epoch in the middle of the run. It is a `DistributedSampler` so that Lightning leaves it alone.

    Args:
        turns: batches of every process that are left, counted from the start of the run.
        rank: of this process.
        processes: how many there are.
    """

    def __init__(self, turns: range, *, rank: int, processes: int) -> None:
        self.turns = turns
        self.rank = rank
        self.processes = processes

    def __iter__(self) -> Iterator[int]:
        return iter([turn * self.processes + self.rank for turn in self.turns])

    def __len__(self) -> int:
        return self.turns.stop


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
