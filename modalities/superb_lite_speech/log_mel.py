"""`raw:log-mel`: log-mel features as they are, a simple baseline of speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_speech.batches import collate_features
from superb_lite_speech.front_end import LogMel


class LogMelEncoder(Encoder):
    """One layer: two stacked log-mel frames (T, 2 * mels) per 20 ms, not normalised, so that level and timbre stay."""

    modality: ClassVar[str | None] = "speech"

    def __init__(self, mels: int = 40) -> None:
        super().__init__()
        self.mels = mels
        self.front_end = LogMel(mels)

    def config(self) -> dict[str, Any]:
        return {"mels": self.mels}

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_features(items, self.front_end, window=None)

    def forward(self, batch: Batch) -> Features:
        return Features(layers=(batch["features"],), mask=batch["mask"], item=batch["item"], spans=batch["spans"])
