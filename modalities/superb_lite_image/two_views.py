"""TwoViews: what SimCLR and BYOL share, an image encoder trained on two augmented views of every image."""

from __future__ import annotations

import functools
from typing import Any, Literal

import torch
from timm.optim.lars import Lars
from timm.optim.muon import Muon
from torch import Tensor, nn

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.objective import Objective
from superb_lite_image.augment import simclr_augmentation
from superb_lite_image.encoder import TimmEncoder

OptimizerName = Literal["adamw", "lars", "muon"]

LARS_MOMENTUM = 0.9

MUON: dict[str, Any] = {"nesterov": True, "ns_coefficients": "original", "adjust_lr_fn": "original"}
"""Jordan's own settings of Muon; momentum 0.95 and five iterations are timm's, too."""


class TwoViews(Objective):
    """Base of objectives that compare two views of an image. Subclasses add heads and write `training_step`.

    Args:
        encoder: what is trained; views have the size of its images.
        jitter_strength: strength of the colour distortion (SimCLR's s; its appendix B.9 uses 0.5 for 32x32).
        smallest_crop: smallest share of the image that a view may show. The papers: 0.08; short runs on digits and
            small crops learn more from easier pairs.
        rotation, shear, bend: how much views are turned and sheared (degrees, to either side) and bent; see
            `BatchRandomWarpedCrop`. The papers do none of it.
        flip_probability: of a horizontal flip. The papers flip half of the views; digits must not be flipped.
        saturation: of the colour distortion, times its strength; as brightness and contrast. BYOL: 0.4.
        blur, second_blur: the probability that the first and the second view of an image are blurred; None: as the
            first. SimCLR: 0.5; BYOL: 1.0 and 0.1. Nothing is left of 32 pixels.
        second_solarise: the probability that the second view is solarised. BYOL: 0.2.
        optimizer: "muon" (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/): convolutions and linear maps
            move by their momentum with all singular values made one, a convolution as a matrix with a filter a row, and
            AdamW with Nesterov momentum trains all else; "adamw"; or "lars" (You et al. 2017) with momentum 0.9, which
            leaves biases and norms unadapted and undecayed, as both papers have it.
        trust: the rate of a tensor under LARS is so much of its norm by that of its gradient, times `learning_rate`.
        trust_clip: whether it is at most `learning_rate`.
        muon_rate: Muon's learning rate; `learning_rate` is that of all else.
        learning_rate, warmup_share, weight_decay, seed: see `Objective`.
    """

    encoder: TimmEncoder
    muon_rate: float

    def __init__(
        self,
        *,
        encoder: TimmEncoder,
        jitter_strength: float = 0.5,
        smallest_crop: float = 0.4,
        rotation: float = 20.0,
        shear: float = 15.0,
        bend: float = 0.06,
        flip_probability: float = 0.0,
        saturation: float = 0.8,
        blur: float = 0.0,
        second_blur: float | None = None,
        second_solarise: float = 0.0,
        optimizer: OptimizerName = "muon",
        trust: float = 0.001,
        trust_clip: bool = False,
        muon_rate: float = 0.02,
        learning_rate: float = 2e-3,
        warmup_share: float = 0.05,
        weight_decay: float = 0.01,
        seed: int = 0,
    ) -> None:
        super().__init__(
            encoder=encoder,
            learning_rate=learning_rate,
            warmup_share=warmup_share,
            weight_decay=weight_decay,
            seed=seed,
            muon_rate=muon_rate,
        )
        # Convolutions of few channels are about a quarter faster in this memory layout.
        self.encoder.to(memory_format=torch.channels_last)
        view = functools.partial(
            simclr_augmentation,
            size=encoder.image_size,
            smallest_crop=smallest_crop,
            jitter_strength=jitter_strength,
            flip_probability=flip_probability,
            rotation=rotation,
            shear=shear,
            bend=bend,
            saturation=saturation,
        )
        first: dict[str, Any] = {"blur": blur}
        second: dict[str, Any] = {"blur": blur if second_blur is None else second_blur, "solarise": second_solarise}
        self.augment, self.augment_second = view(**first), view(**second)
        self.recolour, self.recolour_second = view(**first, cropped=True), view(**second, cropped=True)
        self.optimizer = optimizer
        self.trust: dict[str, Any] = {"trust_coeff": trust, "trust_clip": trust_clip}

    def two_views(self, batch: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 images -> (2N, 3, S, S) views in [0, 1]: the first ones of all images, then the second.

        Of (N, 2, 3, S, S), two crops of each image, each becomes a view without being cropped again.
        """
        if len(batch) < 2:
            raise SuperbLiteError(f"a batch of {len(batch)} image(s) cannot be compared: raise --data.batch_size")
        if batch.ndim == 5:
            views = torch.cat([self.recolour(batch[:, 0]), self.recolour_second(batch[:, 1])])
        else:
            views = torch.cat([self.augment(batch), self.augment_second(batch)])
        return views.contiguous(memory_format=torch.channels_last)

    def view_embeddings(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, S, S) uint8 images (or two crops of each) -> the (N, D) embeddings of two views of each."""
        first, second = self.encoder.embed(self.two_views(batch)).chunk(2)
        return first, second

    def make_optimizer(self) -> torch.optim.Optimizer:
        trained = [p for p in self.parameters() if p.requires_grad]
        weights: dict[str, Any] = {"params": [p for p in trained if p.ndim > 1], "weight_decay": self.weight_decay}
        others: dict[str, Any] = {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0}
        if self.optimizer == "muon":  # timm's: torch's does not take convolutions
            scale = self.learning_rate / self.muon_rate
            return Muon([weights, others], lr=self.muon_rate, fallback_lr_scale=scale, **MUON)
        if self.optimizer == "lars":
            weights["always_adapt"] = True
            return Lars([weights, others], lr=self.learning_rate, momentum=LARS_MOMENTUM, **self.trust)
        return torch.optim.AdamW([weights, others], lr=self.learning_rate, **self.adam)


def mlp(width: int, hidden: int, out: int, *, hidden_bias: bool) -> nn.Sequential:
    """Linear, BatchNorm, ReLU, linear: (B, width) -> (B, out)."""
    return nn.Sequential(
        nn.Linear(width, hidden, bias=hidden_bias), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, out)
    )
