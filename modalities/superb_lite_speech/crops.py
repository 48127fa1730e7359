"""Crops of recordings: which stretches of which recordings make up the batch of a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from superb_lite.pretraining.corpus import bucketed_indices, epoch_indices
from superb_lite.seeds import step_seed


class Crop(NamedTuple):
    """The positions [start, end) of an utterance."""

    utterance: int
    start: int
    end: int


class Crops:
    """Random crops of utterances, all of the same length where utterances are long enough.

    An epoch shows every utterance once for every whole crop that fits in it (at least once); where a crop begins is
    drawn anew each time. Utterances shorter than a crop are shown whole, beside others of their length.

    Args:
        positions: in each utterance.
        crop: positions in a crop.
        seed: the pretraining seed.
    """

    def __init__(self, positions: Sequence[int], *, crop: int, seed: int) -> None:
        self.positions = np.array(positions, dtype=np.int64)
        self.seed = seed
        self.entries: NDArray[np.int64] = np.repeat(np.arange(len(positions)), np.maximum(1, self.positions // crop))
        """The utterance of each crop of an epoch."""
        self.lengths = np.minimum(crop, self.positions[self.entries])

    def draw(self, step: int, *, recordings: int, views: int = 1) -> list[Crop]:
        """The crops in the batch of a step, `views` of each of the recordings; those of one follow each other."""
        # Crops of one length need no buckets.
        if self.lengths.min() == self.lengths.max():
            drawn = epoch_indices(step, size=len(self.entries), batch_size=recordings, seed=self.seed)
        else:
            drawn = bucketed_indices(step, lengths=self.lengths, batch_size=recordings, seed=self.seed)
        rng = np.random.default_rng(step_seed(self.seed, step))
        crops = []
        for entry in np.repeat(drawn, views):
            utterance, length = int(self.entries[entry]), int(self.lengths[entry])
            start = int(rng.integers(int(self.positions[utterance]) - length + 1))
            crops.append(Crop(utterance, start, start + length))
        return crops
