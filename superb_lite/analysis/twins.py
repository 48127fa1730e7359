"""The random twin of an encoder: the same architecture before any training, to compare with."""

from __future__ import annotations

import torch

from superb_lite.encoders.encoder import Encoder, Lexical
from superb_lite.encoders.references import decide, load_encoder


def random_twin(reference: str, encoder: Encoder, seed: int = 0) -> Encoder | None:
    """What the encoder was before training: of a checkpoint of ours, drawn under its pretraining seed; of a model from
    elsewhere that can be drawn anew (`Lexical`), under `seed`. None where there is no way to draw it."""
    found = decide(reference)
    if found.kind == "checkpoint":
        return load_encoder(f"random:{found.argument}")
    if found.kind == "plugin" and isinstance(encoder, Lexical):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            twin = encoder.redrawn().eval().requires_grad_(False)
        twin.untrained = True
        return twin
    return None
