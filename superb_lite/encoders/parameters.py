"""parameter_count: how large an encoder is."""

from __future__ import annotations

from torch import nn

from superb_lite.encoders.encoder import Encoder


def feature_parameters(encoder: Encoder) -> list[nn.Parameter]:
    """The parameters that features are computed with, each once: not the head of a language model, which decides no
    feature (`Encoder.without_features`)."""
    return [p for name, p in encoder.named_parameters() if name not in encoder.without_features]


def parameter_count(encoder: Encoder) -> int:
    """How many numbers `feature_parameters` hold, so that an encoder is as large with its head as without it."""
    return sum(parameter.numel() for parameter in feature_parameters(encoder))
