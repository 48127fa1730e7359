"""SpeechTransformerEncoder: log-mel -> linear projection -> convolutional positions -> transformer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoder import Batch, Encoder, Features, Item
from superb_lite.transformer import Transformer, TransformerConfig
from superb_lite_speech.batches import collate_features
from superb_lite_speech.front_end import POSITION, STACK, LogMel, normalise
from superb_lite_speech.items import SAMPLE_RATE


class ConvolutionalPosition(nn.Module):
    """x + GELU(grouped convolution of x), a relative position embedding (wav2vec 2.0, Baevski et al. 2020, sec. 2)."""

    def __init__(self, width: int, kernel: int, groups: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=groups)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, T, D) and (B, T) -> (B, T, D). Padding is set to zero first, as it is beyond the edges."""
        inside = (x * mask[..., None]).transpose(1, 2)
        return x + F.gelu(self.convolution(inside)).transpose(1, 2)


class SpeechTransformerEncoder(Encoder):
    """The architecture of HuBERT (Hsu et al. 2021) at a laptop's size, on log-mel instead of learned convolutions.

    Args:
        mels: mel bands; two frames are stacked, so the input is 2 * mels wide.
        layers, width, heads, hidden: of the transformer.
        kernel, groups: of the convolutional positions; kernel is odd and counts positions of 20 ms.
        window: seconds in one row; a longer item gets several rows.
    """

    modality: ClassVar[str | None] = "speech"

    def __init__(
        self,
        mels: int = 40,
        layers: int = 3,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        kernel: int = 31,
        groups: int = 8,
        window: float = 20.0,
    ) -> None:
        super().__init__()
        if kernel % 2 == 0:
            raise ValueError(f"kernel {kernel} is even: it must be odd, to keep the length")
        self.arguments = {
            "mels": mels,
            "layers": layers,
            "width": width,
            "heads": heads,
            "hidden": hidden,
            "kernel": kernel,
            "groups": groups,
            "window": window,
        }
        self.window = max(1, round(window * SAMPLE_RATE / POSITION))
        self.front_end = LogMel(mels)
        self.project = nn.Linear(STACK * mels, width)
        self.norm = nn.LayerNorm(width)
        self.position = ConvolutionalPosition(width, kernel, groups)
        self.transformer = Transformer(TransformerConfig(layers=layers, width=width, heads=heads, hidden=hidden))

    def config(self) -> dict[str, Any]:
        return dict(self.arguments)

    def length(self, item: Item) -> int:
        return len(item)

    def extract(self, waveform: Tensor) -> Tensor:
        """(samples,) -> (T, 2 * mels), normalised over the utterance."""
        return normalise(self.front_end(waveform))

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_features(items, self.extract, window=self.window)

    def embed(self, features: Tensor) -> Tensor:
        """(B, T, 2 * mels) -> (B, T, D): what an objective masks."""
        embedded: Tensor = self.norm(self.project(features))
        return embedded

    def contextualise(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """(B, T, D) and (B, T) -> layers + 1 tensors (B, T, D), the input to the transformer first."""
        layers: tuple[Tensor, ...] = self.transformer(self.position(embedded, mask), mask)
        return layers

    def forward(self, batch: Batch) -> Features:
        mask = batch["mask"]
        layers = self.contextualise(self.embed(batch["features"]), mask)
        return Features(layers=layers, mask=mask, item=batch["item"], spans=batch["spans"])
