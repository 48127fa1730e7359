"""SpeechTransformerEncoder: frames -> linear projection -> convolutional positions -> transformer."""

from __future__ import annotations

import math
from typing import Literal, Self, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.transformer import INIT_STD, Transformer, TransformerConfig
from superb_lite_speech.frame_encoder import FrameEncoder
from superb_lite_speech.front_end import FrontEndName


class ConvolutionalPosition(nn.Module):
    """x + GELU(grouped convolution of x), a relative position embedding (wav2vec 2.0, Baevski et al. 2020, sec. 2)."""

    def __init__(self, width: int, kernel: int, groups: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=groups)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, T, D) and (B, T) -> (B, T, D). Padding is set to zero first, as it is beyond the edges."""
        inside = (x * mask[..., None]).transpose(1, 2)
        return x + F.gelu(self.convolution(inside)).transpose(1, 2)


class SinusoidalPosition(nn.Module):
    """x + sines and cosines of its place, of wavelengths from 2 pi to 20,000 pi (Vaswani et al. 2017, section 3.5)."""

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, T, D) and (B, T) -> (B, T, D)."""
        length, width = x.shape[1:]
        place = torch.arange(length, device=x.device, dtype=torch.float32)
        frequency = torch.exp(torch.arange(0, width, 2, device=x.device) * (-math.log(10_000.0) / width))
        angle = place[:, None] * frequency
        return x + torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)[:, :width].to(x.dtype)


Position = Literal["convolution", "sinusoid"]


class SpeechTransformerEncoder(FrameEncoder):
    """The architecture of HuBERT (Hsu et al. 2021) at a laptop's size, on log-mel instead of learned convolutions.

    With sinusoids for positions it is that of TERA (Liu et al. 2021), with post-norm and no bias by distance.

    Args:
        mels, front_end, normalised, voiced, window: see `FrameEncoder`.
        layers, width, heads, hidden, init_std: of the transformer.
        kernel, groups: of the convolutional positions; kernel is odd and counts positions of 20 ms.
        position: "convolution" or "sinusoid".
        dropout, checkpointing: see `TransformerConfig`; what the transformer reads is dropped, too. Both matter to
            training alone.
    """

    def __init__(
        self,
        mels: int = 40,
        layers: int = 3,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        kernel: int = 31,
        groups: int = 16,
        window: float = 20.0,
        front_end: FrontEndName = "log-mel",
        normalised: bool = True,
        voiced: bool = False,
        position: Position = "convolution",
        init_std: float = INIT_STD,
        dropout: float = 0.0,
        checkpointing: bool = False,
    ) -> None:
        if position not in get_args(Position):
            raise ValueError(f"position '{position}': it must be convolution or sinusoid")
        if kernel % 2 == 0:
            raise ValueError(f"kernel {kernel} is even: it must be odd, to keep the length")
        super().__init__(
            front_end=front_end, mels=mels, normalised=normalised, voiced=voiced, width=width, window=window
        )
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
        # Left out where they are the default, so that encoders from before these options keep their content hash.
        if front_end != "log-mel":
            self.arguments["front_end"] = front_end
        if not normalised:
            self.arguments["normalised"] = normalised
        if voiced:
            self.arguments["voiced"] = voiced
        if position != "convolution":
            self.arguments["position"] = position
        if init_std != INIT_STD:
            self.arguments["init_std"] = init_std
        as_tera = position == "sinusoid"
        self.position = SinusoidalPosition() if as_tera else ConvolutionalPosition(width, kernel, groups)
        self.dropout = nn.Dropout(dropout)
        config = TransformerConfig(
            layers=layers,
            width=width,
            heads=heads,
            hidden=hidden,
            relative=not as_tera,
            post_norm=as_tera,
            init_std=init_std,
            dropout=dropout,
            checkpointing=checkpointing,
        )
        self.transformer = Transformer(config)

    @classmethod
    def lite(cls) -> Self:
        return cls(voiced=True)

    def contextualise(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        layers: tuple[Tensor, ...] = self.transformer(self.dropout(self.position(embedded, mask)), mask)
        return layers
