"""Random twins of encoders: the same architectures before any training, to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from superb_lite.encoders.encoder import Encoder, Lexical
from superb_lite.encoders.references import decide, load_encoder
from superb_lite.encoders.twin_reference import twin_of


def random_twin(reference: str, encoder: Encoder, seed: int = 0) -> Encoder | None:
    """What the encoder was before training: of a checkpoint of ours, drawn under its pretraining seed; of a model from
    elsewhere that can be drawn anew (`Lexical`), under `seed`. None where there is no way to draw it."""
    found = decide(reference)
    if found.kind == "checkpoint":
        return load_encoder(twin_of(Path(found.argument))).eval().requires_grad_(False)
    if found.kind == "plugin" and isinstance(encoder, Lexical):
        twin = redrawn(encoder, seed).eval().requires_grad_(False)
        twin.untrained = True
        return twin
    return None


def random_twins(encoders: Mapping[str, Encoder]) -> dict[str, Encoder]:
    """The twin of each, by its reference, so that pairs stay pairs; empty where one of them cannot be drawn.

    Models from elsewhere are drawn under the number of their place.
    """
    found = {name: random_twin(name, each, place) for place, (name, each) in enumerate(encoders.items())}
    twins = {name: twin for name, twin in found.items() if twin is not None}
    return twins if len(twins) == len(encoders) else {}


def redrawn(encoder: Encoder, seed: int) -> Encoder:
    """The architecture of an encoder that is `Lexical` with the weights of a seed."""
    assert isinstance(encoder, Lexical)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return encoder.redrawn()
