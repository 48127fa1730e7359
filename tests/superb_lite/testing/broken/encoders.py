"""A sound encoder of texts, and one for each check that fails this check only."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Encoder, Features

ITEMS = {"short": "ab", "middle": "abc de", "other": "hello, you", "long": "a longer text, with some words in it"}


class Sound(Encoder):
    """Each character by its code, and a learnt map of it."""

    modality = "text"

    def __init__(self, width: int = 4, scale: float = 1.0):
        super().__init__()
        self.width, self.scale = width, scale
        torch.manual_seed(0)
        self.embedding = nn.Embedding(128, width)
        self.map = nn.Linear(width, width)

    def config(self):
        return {"width": self.width, "scale": self.scale}

    def length(self, item):
        return len(item)

    def collate(self, items):
        if not all(isinstance(item, str) for item in items):
            raise TypeError("a text is wanted")
        longest = max(map(len, items))
        codes = torch.zeros(len(items), longest, dtype=torch.long)
        for row, text in enumerate(items):
            codes[row, : len(text)] = torch.tensor([min(ord(c), 127) for c in text])
        length = torch.tensor([len(text) for text in items])
        return {"code": codes, "length": length, "item": torch.arange(len(items))}

    def mask(self, batch):
        place = torch.arange(batch["code"].shape[1], device=batch["code"].device)
        return place < batch["length"][:, None]

    def spans(self, batch):
        start = torch.arange(batch["code"].shape[1], device=batch["code"].device)
        return torch.stack([start, start + 1], dim=1).expand(len(batch["item"]), -1, -1)

    def layers(self, batch):
        embedded = self.scale * self.embedding(batch["code"])
        return embedded, self.map(embedded)

    def forward(self, batch):
        return Features(layers=self.layers(batch), mask=self.mask(batch), item=batch["item"], spans=self.spans(batch))


class FloatMask(Sound):
    """shapes-and-dtypes"""

    def mask(self, batch):
        return super().mask(batch).float()


class Unseen(Sound):
    """items-are-covered"""

    def mask(self, batch):
        return super().mask(batch) & (batch["length"] > 3)[:, None]


class Logarithm(Sound):
    """features-are-finite"""

    def layers(self, batch):
        first, second = super().layers(batch)
        return first, second + (batch["code"] - ord("d")).float().log().nan_to_num(0.0, 0.0, -torch.inf)[..., None]


class PaddingIsReal(Sound):
    """mask-says-padding"""

    def mask(self, batch):
        return torch.ones_like(super().mask(batch))


class SeesPadding(Sound):
    """padding-changes-nothing"""

    def layers(self, batch):
        first, second = super().layers(batch)
        return first, second + second.mean(dim=1, keepdim=True)


class SeesBatchSize(Sound):
    """batch-size-changes-nothing"""

    def layers(self, batch):
        first, second = super().layers(batch)
        return first, second + len(first)


class SeesRow(Sound):
    """order-changes-nothing"""

    def layers(self, batch):
        first, second = super().layers(batch)
        return first, second + torch.arange(len(first), device=first.device)[:, None, None]


class CountsFromOne(Sound):
    """spans-are-inside"""

    def spans(self, batch):
        spans = super().spans(batch)
        return torch.stack([spans[..., 0], spans[..., 1] + 1], dim=-1)


class Cuts(Sound):
    """spans-cover-the-input"""

    def collate(self, items):
        return super().collate([item[:40] if isinstance(item, str) else item for item in items])


class PairsWithoutSegment(Sound):
    """pairs-have-segments"""

    pairs = True

    def collate(self, items):
        return super().collate([" ".join(item) if isinstance(item, tuple) else item for item in items])


class Dropout(Sound):
    """evaluation-is-deterministic"""

    def layers(self, batch):
        first, second = super().layers(batch)
        return first, F.dropout(second, 0.5, training=True)


class Counts(Sound):
    """weights-are-left-alone"""

    def __init__(self, **options):
        super().__init__(**options)
        self.register_buffer("calls", torch.zeros(()))

    def layers(self, batch):
        self.calls += 1
        return super().layers(batch)


class NoLength(Sound):
    """lengths-are-numbers"""

    def length(self, item):
        return float("nan")


class NoJson(Sound):
    """config-is-json"""

    def config(self):
        return {**super().config(), "dtype": torch.float32}


class KeepsSettings(Sound):
    """state-is-tensors"""

    def get_extra_state(self):
        return {"anything": object()}

    def set_extra_state(self, state):
        pass


class ForgetsWidth(Sound):
    """config-rebuilds"""

    def __init__(self, width: int = 6, scale: float = 1.0):
        super().__init__(width, scale)

    def config(self):
        return {"scale": self.scale, "width": 4}


class ForgetsScale(Sound):
    """saved-and-loaded"""

    def __init__(self, width: int = 4, scale: float = 1.0):
        super().__init__(width, scale)
        self.times = 1.0

    def layers(self, batch):
        first, second = super().layers(batch)
        return first, self.times * second


class Unused(Sound):
    """gradients-reach-every-parameter"""

    def __init__(self, **options):
        super().__init__(**options)
        self.head = nn.Linear(4, 2)


class OnTheCpu(Sound):
    """right-on-another-device"""

    def spans(self, batch):
        start = torch.arange(batch["code"].shape[1])
        return torch.stack([start, start + 1], dim=1).expand(len(batch["item"]), -1, -1)


class TakesAnything(Sound):
    """other-things-are-refused"""

    def collate(self, items):
        return super().collate([str(item) for item in items])


def forgetful() -> ForgetsScale:
    """One whose features are twice what they are when it is loaded."""
    encoder = ForgetsScale()
    encoder.times = 2.0
    return encoder


BROKEN = {
    "shapes-and-dtypes": FloatMask,
    "items-are-covered": Unseen,
    "features-are-finite": Logarithm,
    "mask-says-padding": PaddingIsReal,
    "padding-changes-nothing": SeesPadding,
    "batch-size-changes-nothing": SeesBatchSize,
    "order-changes-nothing": SeesRow,
    "spans-are-inside": CountsFromOne,
    "spans-cover-the-input": Cuts,
    "pairs-have-segments": PairsWithoutSegment,
    "evaluation-is-deterministic": Dropout,
    "weights-are-left-alone": Counts,
    "lengths-are-numbers": NoLength,
    "config-is-json": NoJson,
    "state-is-tensors": KeepsSettings,
    "config-rebuilds": ForgetsWidth,
    "saved-and-loaded": forgetful,
    "gradients-reach-every-parameter": Unused,
    "right-on-another-device": OnTheCpu,
    "other-things-are-refused": TakesAnything,
}
"""By the check that fails, what makes an encoder that fails it."""
