"""Windows: a stream as a row of small corpora, so that a batch is a function of the seed and its number here, too."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from superb_lite.pretraining.streams.stream import Piece, Stream
from superb_lite.seeds import step_seed

if TYPE_CHECKING:
    from superb_lite.pretraining.corpus import Corpus


class Windows:
    """Batches of a stream by their number.

    The stream is read epoch after epoch, its shards in an order that is drawn anew from the seed for each. So many
    examples as were read first are one window, which is held in memory as a corpus of its own, shuffled within, and
    gives as many batches as those of the first window in an epoch: rows that are more are not read, those that are less
    are shown again. The window of a number is known by that, so that a resumed run, and each of several processes and
    workers, skips what comes before without decoding it. Asked for an earlier window, it begins anew.

    Args:
        corpus: of the first examples of the stream; what it learnt from them stays.
    """

    def __init__(self, corpus: Corpus, stream: Stream, size: int) -> None:
        self.corpus = corpus
        self.stream = stream
        self.size = size
        """Examples in a window."""
        self.batches = corpus.batches_an_epoch()
        """Batches of a window."""
        self._left: Iterator[Piece] | None = None
        self._next = 0
        self._open: tuple[int, Corpus] | None = None

    def batch(self, number: int) -> Any:
        """The batch of a number of the run."""
        which, place = divmod(number, self.batches)
        if self._open is None or self._open[0] != which:
            self._open = None  # so that two are never held at once
            self._open = which, self._read(which)
        return self._open[1].batch(place)

    def _read(self, which: int) -> Corpus:
        if self._left is None or which < self._next:
            self._left, self._next = endless(self.stream, self.corpus.seed), 0
        skipped = (which - self._next) * self.size
        pieces = itertools.islice(self._left, skipped, skipped + self.size)
        self._next = which + 1
        return self.corpus.renewed(pieces, first=which * self.size, seed=step_seed(self.corpus.seed, which))


def endless(stream: Stream, seed: int) -> Iterator[Piece]:
    """The examples of a stream, epoch after epoch."""
    for epoch in itertools.count():
        digest = hashlib.sha256(f"stream/{seed}/{epoch}".encode()).digest()
        yield from stream.pieces(np.random.default_rng(int.from_bytes(digest[:8], "little")))
