"""FrameEncoder: what our speech encoders share, from a waveform to a batch of embedded frames."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_speech.batches import collate_features
from superb_lite_speech.front_end import POSITION, STACK, FrontEndName, finish, make_front_end
from superb_lite_speech.items import SAMPLE_RATE


class FrameEncoder(Encoder):
    """Frames of a front end -> linear projection and LayerNorm -> `contextualise`, which a subclass writes.

    Normalised frames are alike over voices and channels, which is good for sounds and throws the voice away. A voiced
    encoder therefore has one more layer, the first: frames and the statistics of the utterance, position by position
    through two linear maps.

    Args:
        front_end: "log-mel" or "mfcc"; two frames of 10 ms are stacked to one position.
        mels: mel bands of the front end.
        normalised: whether each number of a frame gets mean 0 and variance 1 over the utterance.
        voiced: whether there is a layer for the voice.
        width: of the embedding (D).
        window: seconds in one row; a longer item gets several rows.
    """

    modality: ClassVar[str | None] = "speech"

    def __init__(
        self, *, front_end: FrontEndName, mels: int, normalised: bool, voiced: bool, width: int, window: float
    ) -> None:
        super().__init__()
        self.arguments: dict[str, Any] = {}
        self.width = width
        self.window = max(1, round(window * SAMPLE_RATE / POSITION))
        self.normalised = normalised
        self.voiced = voiced
        self.front_end = make_front_end(front_end, mels)
        self.project = nn.Linear(self.frame, width)
        self.norm = nn.LayerNorm(width)
        self.voice: nn.Module | None = None
        if voiced:
            self.voice = nn.Sequential(nn.Linear(self.inputs, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    @property
    def frame(self) -> int:
        """Numbers in the two stacked frames of a position."""
        return STACK * self.front_end.bands

    @property
    def inputs(self) -> int:
        """Numbers in a position: its frames, then the statistics of the utterance."""
        return self.frame + (2 * self.front_end.bands if self.voiced else 0)

    def config(self) -> dict[str, Any]:
        return dict(self.arguments)

    def length(self, item: Item) -> int:
        return len(item)

    def extract(self, waveform: Tensor) -> Tensor:
        """(samples,) -> (T, inputs)."""
        return finish(self.front_end(waveform), normalised=self.normalised, voiced=self.voiced)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_features(items, self.extract, window=self.window)

    def embed(self, features: Tensor) -> Tensor:
        """(B, T, inputs) -> (B, T, D), of the frames alone."""
        embedded: Tensor = self.norm(self.project(features[..., : self.frame]))
        return embedded

    @abstractmethod
    def contextualise(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """(B, T, D) and (B, T) -> layers + 1 tensors (B, T, D), the input to the first layer first."""

    def forward(self, batch: Batch) -> Features:
        mask = batch["mask"]
        layers = self.contextualise(self.embed(batch["features"]), mask)
        if self.voice is not None:
            layers = (self.voice(batch["features"]), *layers)
        return Features(layers=layers, mask=mask, item=batch["item"], spans=batch["spans"])
