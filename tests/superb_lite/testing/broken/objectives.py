"""A sound objective on texts, and one for each check that fails this check only."""

from __future__ import annotations

import copy
import hashlib
import random
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from superb_lite.modality import EncoderSpec, ObjectiveSpec
from superb_lite.pretraining.corpus import Corpus, epoch_indices
from superb_lite.pretraining.objective import Objective
from tests.superb_lite.testing.broken.encoders import SeesPadding, Sound

HERE = "tests.superb_lite.testing.broken.objectives"

ARCHITECTURES = {
    name: EncoderSpec(name, "text", f"{HERE}:{cls.__name__}")
    for name, cls in (("broken-none", Sound), ("broken-padding", SeesPadding))
}
"""Architectures that objectives train; a test registers them."""


def words(seed: int, count: int = 96) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choice("abcde ") for _ in range(12)) for _ in range(count)]


class Lines(Corpus):
    """Rows of twelve characters."""

    def __init__(self, *, path: Path | None = None, batch_size: int = 8, seed: int = 0):
        super().__init__(path=path, batch_size=batch_size, seed=seed)
        self.lines = words(0) if path is None else path.read_text(encoding="utf-8").splitlines()
        self.sources = ("made up",)

    def indices(self, step):
        return epoch_indices(step, size=len(self.lines), batch_size=self.batch_size, seed=self.seed)

    def batch(self, step):
        return Sound().collate([self.lines[i] for i in self.indices(step)])

    def content_hash(self):
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()

    def held_out(self):
        part = copy.copy(self)
        part.lines, part.seed = words(1), 0
        return part


class NextCharacter(Objective):
    """Say the next character by the features of this one, some of which are dropped."""

    def __init__(self, *, encoder: Sound, learning_rate: float = 3e-2, seed: int = 0):
        super().__init__(encoder=encoder, learning_rate=learning_rate, warmup_share=0.0, weight_decay=0.0, seed=seed)
        self.head = nn.Linear(encoder.width, 128)

    def rows(self, batch):
        features = F.dropout(self.encoder.layers(batch)[1], 0.1)
        scores = self.head(features[:, :-1])
        return F.cross_entropy(scores.flatten(0, 1), batch["code"][:, 1:].flatten(), reduction="none")

    def training_step(self, batch, batch_idx):
        return self.rows(batch).mean()


class Nameless(Lines):
    """sources-are-named"""

    def __init__(self, *, path: Path | None = None, batch_size: int = 8, seed: int = 0):
        super().__init__(path=path, batch_size=batch_size, seed=seed)
        self.sources = ()


class Counting(Lines):
    """batches-depend-on-seed-and-step"""

    calls = 0

    def indices(self, step):
        self.calls += 1
        return super().indices(self.calls)


class OneSeed(Lines):
    """another-seed-other-batches"""

    def indices(self, step):
        return epoch_indices(step, size=len(self.lines), batch_size=self.batch_size, seed=0)


class HashOfSeed(Lines):
    """content-hash-is-stable"""

    def content_hash(self):
        return f"{super().content_hash()}{self.seed}"


class HashOfNothing(Lines):
    """content-hash-tells-data-apart"""

    def content_hash(self):
        return "0" * 64


class HeldInside(Lines):
    """held-out-is-apart"""

    def held_out(self):
        part = copy.copy(self)
        part.seed = 7
        return part


class Infinite(NextCharacter):
    """loss-is-finite"""

    def training_step(self, batch, batch_idx):
        return super().training_step(batch, batch_idx) - torch.zeros((), device=self.head.weight.device).log()


class Uphill(NextCharacter):
    """loss-falls-on-one-batch"""

    def make_optimizer(self):
        return torch.optim.AdamW(self.parameters(), lr=self.learning_rate, maximize=True)


class Idle(NextCharacter):
    """gradients-reach-every-parameter"""

    def __init__(self, *, encoder: Sound, learning_rate: float = 3e-2, seed: int = 0):
        super().__init__(encoder=encoder, learning_rate=learning_rate, seed=seed)
        self.second_head = nn.Linear(encoder.width, 2)


class Remembering(NextCharacter):
    """resumed-run-is-the-same"""

    seen = 0

    def training_step(self, batch, batch_idx):
        self.seen += 1
        rows = self.rows(batch)
        half = len(rows) // 2
        return (rows[:half] if self.seen <= 2 else rows[half:]).mean()


class HeadInside(NextCharacter):
    """encoder-is-saved-alone"""

    def __init__(self, *, encoder: Sound, learning_rate: float = 3e-2, seed: int = 0):
        super().__init__(encoder=encoder, learning_rate=learning_rate, seed=seed)
        encoder.head = self.head


class OnTheCpu(NextCharacter):
    """right-on-another-device"""

    def training_step(self, batch, batch_idx):
        rows = self.rows(batch)
        return (rows * torch.ones(len(rows))).mean()


def spec(objective=NextCharacter, data=Lines, **changes) -> ObjectiveSpec:
    values = {
        "name": "broken",
        "modality": "text",
        "encoder": "broken-none",
        "objective": f"{HERE}:{objective.__name__}",
        "data": f"{HERE}:{data.__name__}",
        "recipes": {"minute": "tests.superb_lite.testing.broken:sound.yaml"},
    }
    return ObjectiveSpec(**{**values, **changes})


BROKEN = {
    "it-is-built": spec(links=(("data.nothing", "model.nothing"),)),
    "recipes-are-real": spec(recipes={"minute": "tests.superb_lite.testing.broken:wrong.yaml"}),
    "sources-are-named": spec(data=Nameless),
    "batches-depend-on-seed-and-step": spec(data=Counting),
    "another-seed-other-batches": spec(data=OneSeed),
    "content-hash-is-stable": spec(data=HashOfSeed),
    "content-hash-tells-data-apart": spec(data=HashOfNothing),
    "held-out-is-apart": spec(data=HeldInside),
    "loss-is-finite": spec(Infinite),
    "loss-falls-on-one-batch": spec(Uphill),
    "gradients-reach-every-parameter": spec(Idle),
    "resumed-run-is-the-same": spec(Remembering),
    "encoder-is-saved-alone": spec(HeadInside),
    "encoder-conforms": spec(encoder="broken-padding"),
    "right-on-another-device": spec(OnTheCpu),
}
"""By the check that fails, an objective that fails it."""
