"""CausalSpeechEncoder: frames -> linear projection -> GRU stack or causal transformer, which see no later frame."""

from __future__ import annotations

from typing import Literal, Self

from torch import Tensor, nn

from superb_lite.encoders.transformer import Transformer, TransformerConfig
from superb_lite_speech.frame_encoder import FrameEncoder
from superb_lite_speech.front_end import FrontEndName

Network = Literal["gru", "transformer"]


class GruStack(nn.Module):
    """Unidirectional GRU layers with residual connections (APC, Chung et al. 2019, section 3.2)."""

    def __init__(self, layers: int, width: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.GRU(width, width, batch_first=True) for _ in range(layers))

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """(B, T, D) -> layers + 1 tensors (B, T, D), the input first. Padding at the end disturbs nothing before it."""
        outputs = [x]
        for layer in self.layers:
            outputs.append(outputs[-1] + layer(outputs[-1])[0])
        return tuple(outputs)


class CausalSpeechEncoder(FrameEncoder):
    """The architectures of autoregressive predictive coding (APC): the GRU of Chung et al. 2019, or the transformer of
    Chung & Glass 2020, at a laptop's size.

    The front end's normalisation alone knows the whole utterance; switch it off for a strictly causal encoder.

    Args:
        mels, front_end, normalised, voiced, window: see `FrameEncoder`.
        network: "gru" or "transformer".
        layers, width: of either network. heads, hidden: of the transformer.
    """

    def __init__(
        self,
        mels: int = 40,
        network: Network = "gru",
        layers: int = 3,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        window: float = 20.0,
        front_end: FrontEndName = "log-mel",
        normalised: bool = True,
        voiced: bool = False,
    ) -> None:
        super().__init__(
            front_end=front_end, mels=mels, normalised=normalised, voiced=voiced, width=width, window=window
        )
        self.arguments = {
            "mels": mels,
            "network": network,
            "layers": layers,
            "width": width,
            "heads": heads,
            "hidden": hidden,
            "window": window,
            "front_end": front_end,
            "normalised": normalised,
        }
        if voiced:  # left out where it is the default, as encoders from before this option have it
            self.arguments["voiced"] = voiced
        if network == "gru":
            self.network: nn.Module = GruStack(layers, width)
        elif network == "transformer":
            config = TransformerConfig(layers=layers, width=width, heads=heads, hidden=hidden, causal=True)
            self.network = Transformer(config)
        else:
            raise ValueError(f"network '{network}' is neither gru nor transformer")

    @classmethod
    def lite(cls) -> Self:
        return cls(voiced=True)

    def contextualise(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        layers: tuple[Tensor, ...] = self.network(embedded, mask)
        return layers
