"""`raw:log-mel-statistics`: how log-mel is distributed in an utterance, the strong baseline of speech."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_speech.batches import collate_features
from superb_lite_speech.front_end import STACK, LogMel


class LogMelStatisticsEncoder(Encoder):
    """Two layers: log-mel of a position (2 * mels) beside statistics that all positions of an item share.

    Layer 0 has the mean and the standard deviation of each band over the item (4 * mels wide in all), layer 1 those of
    each of its quarters too (12 * mels). The mean over positions is then the statistics of the item, and a unit of it
    still has its own frames. The two differ in width, so that a head chooses one on validation.
    """

    modality: ClassVar[str | None] = "speech"

    def __init__(self, mels: int = 40) -> None:
        super().__init__()
        self.mels = mels
        self.front_end = LogMel(mels)

    def config(self) -> dict[str, Any]:
        return {"mels": self.mels}

    def length(self, item: Item) -> int:
        return len(item)

    def extract(self, waveform: Tensor) -> Tensor:
        """(samples,) -> (T, 12 * mels): frames, statistics of the item, statistics of its quarters."""
        features = self.front_end(waveform)
        frames = features.reshape(-1, self.mels)
        shared = torch.cat([statistics(frames), *(statistics(quarter) for quarter in parts(frames, 4))])
        return torch.cat([features, shared.expand(len(features), -1)], dim=1)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_features(items, self.extract, window=None)

    def forward(self, batch: Batch) -> Features:
        features = batch["features"]
        layers = (features[..., : (STACK + 2) * self.mels], features)
        return Features(layers=layers, mask=batch["mask"], item=batch["item"], spans=batch["spans"])


def statistics(frames: Tensor) -> Tensor:
    """(T, bands) -> (2 * bands,): the mean and the standard deviation of each band."""
    return torch.cat([frames.mean(0), frames.std(0, correction=0)])


def parts(frames: Tensor, number: int) -> list[Tensor]:
    """(T, D) -> `number` stretches of nearly equal length; where T < number, neighbours share frames."""
    edges = [len(frames) * part / number for part in range(number + 1)]
    return [frames[int(start) : max(int(end), int(start) + 1)] for start, end in itertools.pairwise(edges)]
