"""The encoder that is pretrained, and the baseline that it has to beat."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite import Encoder, Features
from superb_lite.encoders.transformer import Transformer, TransformerConfig
from superb_lite_motion.recordings import CHANNELS, Recording, pack, positions

ROW = 1024
"""Samples in a row; a longer recording gets several."""


class PatchEncoder(Encoder):
    """Patches of time through a transformer (PatchTST, Nie et al. 2023, arXiv:2211.14730, section 3.1).

    One linear map takes the patch of each channel. Its output times a code of the channel is summed over channels, so
    that recordings of any number of channels get vectors of one width.

    Args:
        patch: samples in a position.
        width, layers, heads, hidden: of the transformer.
    """

    modality = "motion"

    def __init__(self, patch: int = 4, width: int = 64, layers: int = 2, heads: int = 4, hidden: int = 256) -> None:
        super().__init__()
        self.patch = patch
        self.project = nn.Linear(patch, width, bias=False)
        self.codes = nn.Parameter(torch.randn(CHANNELS, width))
        self.transformer = Transformer(TransformerConfig(width=width, layers=layers, heads=heads, hidden=hidden))

    def config(self) -> dict[str, Any]:
        return {"patch": self.patch, **self.transformer.config.shape()}

    def length(self, item: Recording) -> int:
        return len(item)

    def collate(self, items: Sequence[Recording]) -> dict[str, Tensor]:
        rows = torch.tensor([(i, at) for i, item in enumerate(items) for at in range(0, len(item), ROW)])
        pieces = [items[i][at : at + ROW] for i, at in rows.tolist()]
        return {**pack(pieces), "item": rows[:, 0], "start": rows[:, 1]}

    def embed(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, P, width); channels that are padding are zero, and so is what becomes of them."""
        padded = F.pad(batch["signal"], (0, 0, 0, -batch["signal"].shape[1] % self.patch))
        coded: Tensor = self.project(padded.unfold(1, self.patch, self.patch)) * self.codes[: padded.shape[2]]
        return coded.sum(dim=2) / batch["channels"].sqrt()[:, None, None]

    def forward(self, batch: dict[str, Tensor]) -> Features:
        mask, spans = positions(batch, self.patch)
        layers = self.transformer(self.embed(batch), mask)
        return Features(layers, mask, batch["item"], spans + batch["start"][:, None, None])


class StatisticsEncoder(Encoder):
    """`raw:motion-statistics`: for each sample and channel the value, its square, and the step from the previous one.

    So the mean over a recording is its mean, its power and its roughness.
    """

    modality = "motion"

    def config(self) -> dict[str, Any]:
        return {}

    def length(self, item: Recording) -> int:
        return len(item)

    def collate(self, items: Sequence[Recording]) -> dict[str, Tensor]:
        return {**pack(items), "item": torch.arange(len(items))}

    def forward(self, batch: dict[str, Tensor]) -> Features:
        value = F.pad(batch["signal"], (0, CHANNELS - batch["signal"].shape[2]))
        step = F.pad(value.diff(dim=1).abs(), (0, 0, 1, 0))
        mask, spans = positions(batch, 1)
        return Features((torch.cat([value, value.square(), step], dim=2),), mask, batch["item"], spans)
