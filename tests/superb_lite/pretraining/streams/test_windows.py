"""Batches of a stream by their number: the same in every run, for every process, worker and place to go on from."""

import itertools
import tracemalloc
from pathlib import Path

import pytest
import torch
from lightning import Trainer

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.corpus import Corpus, _BatchSampler, epoch_indices
from superb_lite.pretraining.streams.stream import Piece, Stream
from tests.superb_lite.pretraining.test_objective import Watched


class Numbers(Stream):
    """Shards of some numbers each, which are written down as they are read."""

    def __init__(self, size=10):
        shards, self.size = 4, size
        self.where, self.kind, self.shards = "numbers", "text", tuple(str(n) for n in range(shards))
        self.read_so_far = []

    def read(self, shard):
        for n in range(self.size * int(shard), self.size * (int(shard) + 1)):
            self.read_so_far.append(n)
            yield Piece(str(n), str(n))

    def fingerprint(self):
        return "numbers"


class Counted(Corpus):
    """Batches of two numbers of the stream."""

    streamed = "text"

    def __init__(self, *, size=10, window=7, **options):
        super().__init__(batch_size=2, window=window, **options)
        self.shards = Numbers(size)
        self.numbers = [int(piece.content) for piece in self.first_pieces(self.shards)]

    def batch(self, step):
        drawn = epoch_indices(step, size=len(self.numbers), batch_size=self.batch_size, seed=self.seed)
        return torch.tensor([float(self.numbers[n]) for n in drawn])

    def renewed(self, pieces, *, first, seed):
        window = type(self).__new__(type(self))
        window.numbers, window.seed, window.batch_size = [int(piece.content) for piece in pieces], seed, 2
        return window

    def batches_an_epoch(self):
        return len(self.numbers) // self.batch_size

    def content_hash(self):
        return str(self.numbers)


def batches(corpus, numbers):
    return [corpus.numbered(number).tolist() for number in numbers]


def test_batches_are_a_function_of_the_seed_and_their_number():
    whole = batches(Counted(), range(30))
    assert batches(Counted(), range(30)) == whole
    assert batches(Counted(), [29, 4, 17, 17, 0]) == [whole[n] for n in (29, 4, 17, 17, 0)]
    assert batches(Counted(seed=1), range(30)) != whole


def test_an_epoch_shows_what_whole_windows_hold():
    """Windows of 8 numbers are 4 batches of 2; the first 5 windows are the 40 numbers."""
    corpus = Counted(window=8)
    shown = [int(n) for batch in batches(corpus, range(20)) for n in batch]
    assert sorted(shown) == list(range(40))
    assert shown != sorted(shown)
    again = [int(n) for batch in batches(corpus, range(20, 40)) for n in batch]
    assert sorted(again) == list(range(40))
    assert again != shown


def test_processes_read_disjoint_parts_of_the_stream_of_one():
    whole = batches(Counted(), range(24))
    parts = [batches(Counted(), iter(_BatchSampler(range(8), rank=rank, processes=3))) for rank in range(3)]
    assert [batch for turn in zip(*parts, strict=True) for batch in turn] == whole


class Kept(Watched):
    def training_step(self, batch, batch_idx):
        self.seen.append(batch.tolist())
        return ((self.weight - batch) ** 2).sum() + (self.encoder(batch[:, None]) ** 2).sum()


def train(*, steps=20, workers=0, stop=None, state=None, save=None):
    objective = Kept()
    trainer = Trainer(
        accelerator="cpu", max_steps=steps, max_epochs=-1, logger=False, enable_progress_bar=False,
        enable_model_summary=False, enable_checkpointing=False,
    )  # fmt: skip
    if stop is not None:
        begun = objective.on_train_batch_start

        def on_train_batch_start(batch, batch_idx):
            if objective.global_step == stop:
                trainer.save_checkpoint(save)
                return -1  # Lightning's way to end the epoch
            return begun(batch, batch_idx)

        objective.on_train_batch_start = on_train_batch_start
        trainer.fit_loop.max_epochs = 1
    trainer.fit(objective, datamodule=Counted(workers=workers), ckpt_path=state, weights_only=True)
    return objective


def test_a_resumed_run_goes_on_where_it_was(tmp_path):
    whole = train()
    first = train(stop=11, save=tmp_path / "state.ckpt")
    rest = train(state=tmp_path / "state.ckpt")
    assert first.seen + rest.seen == whole.seen == batches(Counted(), range(20))
    assert torch.equal(rest.weight, whole.weight)


def test_workers_do_not_change_the_batches():
    assert train(workers=2).seen == train().seen


def test_memory_does_not_grow_with_the_stream():
    def peak(size):
        corpus = Counted(size=size, window=50)
        corpus.shards.read_so_far = Nothing()
        tracemalloc.start()
        for number in range(2 * size):  # all of it
            corpus.numbered(number)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(50)
    assert peak(2000) < peak(50) + 20_000  # bytes; 8,000 numbers held at once would be 256,000


class Nothing:
    def append(self, value):
        pass


def test_what_comes_before_is_skipped_without_being_decoded():
    corpus = Counted()
    made = []
    renewed = corpus.renewed
    corpus.renewed = lambda pieces, **options: made.append(options["first"]) or renewed(pieces, **options)
    corpus.numbered(25)
    assert made == [7 * (25 // 3)]
    read = corpus.shards.read_so_far
    assert len(read) == 7 + 7 * (25 // 3 + 1)
    assert len(list(itertools.islice(iter(read), 3))) == 3


def test_the_hash_says_what_it_is_of():
    corpus = Counted()
    assert corpus.hashed == "names and sizes of 4 shards, and the first 7 examples"
    assert corpus.whole_hash() == Counted(seed=3).whole_hash() != Counted(window=6).whole_hash()


@pytest.mark.parametrize(
    ("options", "words"), [({"window": 0}, "--data.window 0"), ({"path": Path("lhotse:x"), "share": 0.5}, "read whole")]
)
def test_bad_options_are_refused(options, words):
    with pytest.raises(SuperbLiteError, match=words):
        Counted(**options)
