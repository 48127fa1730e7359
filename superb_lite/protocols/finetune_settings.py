"""How an encoder is fine-tuned: fixed settings, or those that a rule gives an encoder by its size and origin.

A network that is small and was trained or drawn here stands rates at which a larger or a longer-trained one forgets
what it knows. Published rates fall with size: Clark et al. 2020 (ELECTRA, appendix B) fine-tune 14 million parameters
at 3e-4, 110 million at 1e-4 and 335 million at 5e-5; Devlin et al. 2019 (BERT, appendix A.3) 110 and 340 million at
2e-5 to 5e-5. So the grid is logarithmic, from 3e-5 to 3e-4, and each encoder tries two of its points: the upper two
below 40 million parameters, the lower two from there on. Small steps need more of them: with few labels, Mosbach et al.
2021 (On the stability of fine-tuning BERT, section 6) train for many epochs, the first tenth of the steps as warm-up.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.parameters import parameter_count


@dataclass(frozen=True)
class FinetuneSettings:
    """How an encoder and a head are trained with AdamW."""

    learning_rates: tuple[float, ...] = (1e-3, 3e-3)
    """The grid."""

    epochs: int = 6
    """At most so many passes over the training examples."""

    patience: int = 2
    """Epochs without a better validation score before training stops."""

    batch_size: int = 16
    """Examples in a step."""

    weight_decay: float = 0.01

    warmup_share: float = 0.1
    """The share of all steps in which the learning rate rises; afterwards it falls linearly to 0."""

    clip: float = 1.0
    """The largest norm of a gradient."""


@dataclass(frozen=True)
class FinetuneRule:
    """Settings by the origin and the size of an encoder."""

    ours: FinetuneSettings = FinetuneSettings()
    """Of small encoders whose weights were pretrained, or drawn at random, by this package."""

    small: FinetuneSettings = FinetuneSettings(learning_rates=(1e-4, 3e-4), epochs=10, patience=3)
    """Of other small encoders."""

    large: FinetuneSettings = FinetuneSettings(learning_rates=(3e-5, 1e-4), epochs=10, patience=3)
    """Of all others."""

    large_from: int = 40_000_000
    """Encoders of so many parameters or more are large: between ELECTRA-small and BERT-base on a logarithmic scale."""

    def settings(self, encoder: Encoder) -> FinetuneSettings:
        """Those of an encoder."""
        if parameter_count(encoder) >= self.large_from:
            return self.large
        return self.ours if encoder.untrained or "objective" in (encoder.pretraining or {}) else self.small

    def to_dict(self) -> dict[str, Any]:
        """What is recorded with a result: the rule, so that results under one rule can be compared."""
        return {
            **{name: dataclasses.asdict(getattr(self, name)) for name in ("ours", "small", "large")},
            "large_from": self.large_from,
        }
