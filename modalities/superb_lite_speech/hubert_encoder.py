"""HubertEncoder: waveform -> strided convolutions -> transformer, the network of HuBERT as torchaudio has it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint
from torchaudio.models import Wav2Vec2Model, hubert_pretrain_model

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_speech.items import SAMPLE_RATE, SHORTEST
from superb_lite_speech.waveforms import collate_waveforms, encode_by_length

STRIDE = 320
"""Samples from one position to the next: 20 ms."""

RECEPTIVE_FIELD = 400
"""Samples that the convolutions read for one position: 25 ms."""

_CONVOLUTIONS = ((10, 5), *[(3, 2)] * 4, *[(2, 2)] * 2)
"""Kernel and stride of each (Baevski et al. 2020, section 4.2)."""


def positions(samples: int) -> int:
    """How many positions the convolutions make of a waveform of at least `RECEPTIVE_FIELD` samples."""
    return (samples - RECEPTIVE_FIELD) // STRIDE + 1


class HubertEncoder(Encoder):
    """The network of HuBERT base (Hsu et al. 2021, section III-B) at any size, drawn as fairseq draws it.

    Weights of torchaudio (`torchaudio.models.hubert_base`) fit `network`. Group norm after the first convolution looks
    at the whole row, so that rows of one length alone are encoded together.

    Args:
        layers, width, heads, hidden: of the transformer. Base: 12, 768, 12, 3072.
        channels: of the convolutions. Base: 512.
        kernel, groups: of the convolutional positions; kernel counts positions of 20 ms. Base: 128, 16.
        dropout: after the projection of the convolutions, on attention, and after each part of a layer. Base: 0.1.
        layer_drop: the share of layers that a step of training leaves out. Base: 0.05; under several processes it needs
            a strategy that finds unused parameters.
        checkpointing: keep the input of each layer for the backward pass and compute the rest again, which takes a
            third more time and a fraction of the memory.
        window: seconds in one row; a longer item gets several, of which only the last may be longer by up to a second.
    """

    modality: ClassVar[str | None] = "speech"

    def __init__(
        self,
        layers: int = 3,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        channels: int = 64,
        kernel: int = 32,
        groups: int = 16,
        dropout: float = 0.0,
        layer_drop: float = 0.0,
        checkpointing: bool = False,
        window: float = 40.0,
    ) -> None:
        super().__init__()
        self.arguments: dict[str, Any] = {
            "layers": layers,
            "width": width,
            "heads": heads,
            "hidden": hidden,
            "channels": channels,
            "kernel": kernel,
            "groups": groups,
            "dropout": dropout,
            "layer_drop": layer_drop,
            "window": window,
        }
        for name, share in (("dropout", dropout), ("layer_drop", layer_drop)):
            if not 0.0 <= share < 1.0:
                raise ValueError(f"{name} {share} is not a share: it must be at least 0 and less than 1")
        if width % heads or width % groups:
            raise ValueError(f"width {width}: heads ({heads}) and groups ({groups}) must divide it")
        self.width = width
        self.layer_drop = layer_drop
        self.checkpointing = checkpointing
        self.window = max(SHORTEST, round(window * SAMPLE_RATE))
        self.network = _network(
            layers=layers,
            width=width,
            heads=heads,
            hidden=hidden,
            channels=channels,
            kernel=kernel,
            groups=groups,
            dropout=dropout,
            layer_drop=layer_drop,
        )

    @classmethod
    def lite(cls) -> Self:
        return cls()

    def config(self) -> dict[str, Any]:
        return dict(self.arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        """An encoder goes to another process as what it is made of: torch sends no module under weight norm."""
        given = {**self.config(), "checkpointing": self.checkpointing}
        said = {name: vars(self)[name] for name in ("pretraining", "untrained", "training") if name in vars(self)}
        trained = [parameter.requires_grad for parameter in self.parameters()]
        return _again, (type(self), given, self.state_dict(), said, trained)

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_waveforms(items, window=self.window)

    def convolve(self, waveforms: Tensor) -> Tensor:
        """(B, S) waveforms of one length -> (B, T, channels), T = `positions(S)`."""
        made: Tensor = self.network.feature_extractor(waveforms, None)[0]
        return made

    def embed(self, convolved: Tensor) -> Tensor:
        """(B, T, channels) -> (B, T, D): what is masked in training."""
        embedded: Tensor = self.network.encoder.feature_projection(convolved)
        return embedded

    def contextualise(self, embedded: Tensor) -> tuple[Tensor, ...]:
        """(B, T, D) without padding -> layers + 1 tensors (B, T, D), the input to the first layer first."""
        transformer = self.network.encoder.transformer
        x = transformer.dropout(transformer.layer_norm(embedded + transformer.pos_conv_embed(embedded)))
        outputs = [x]
        for layer in transformer.layers:
            if not (self.training and self.layer_drop and float(torch.rand(1)) <= self.layer_drop):
                again = self.checkpointing and torch.is_grad_enabled()
                x = (checkpoint(layer, x, use_reentrant=False) if again else layer(x))[0]
            outputs.append(x)
        return tuple(outputs)

    def forward(self, batch: Batch) -> Features:
        def states(waveforms: Tensor) -> tuple[Tensor, ...]:
            return self.contextualise(self.embed(self.convolve(waveforms)))

        return encode_by_length(batch, states, lambda layers: [STRIDE] * layers)


def _again(
    kind: type[HubertEncoder],
    given: dict[str, Any],
    state: dict[str, Tensor],
    said: dict[str, Any],
    trained: Sequence[bool],
) -> HubertEncoder:
    """The encoder of some arguments and weights, with what else is known of it."""
    with torch.random.fork_rng(devices=[]):
        made = kind(**given)
    made.to(next(iter(state.values())).device).load_state_dict(state)
    made.train(said.pop("training", True))
    for name, value in said.items():
        setattr(made, name, value)
    for parameter, needed in zip(made.parameters(), trained, strict=True):
        parameter.requires_grad_(needed)
    return made


def _network(
    *,
    layers: int,
    width: int,
    heads: int,
    hidden: int,
    channels: int,
    kernel: int,
    groups: int,
    dropout: float,
    layer_drop: float,
) -> Wav2Vec2Model:
    """torchaudio's network, which its constructor for pretraining alone draws as fairseq does.

    What that adds for its own masks and loss is left aside.
    """
    made = hubert_pretrain_model(
        extractor_mode="group_norm",
        extractor_conv_layer_config=[(channels, size, stride) for size, stride in _CONVOLUTIONS],
        extractor_conv_bias=False,
        encoder_embed_dim=width,
        encoder_projection_dropout=dropout,
        encoder_pos_conv_kernel=kernel,
        encoder_pos_conv_groups=groups,
        encoder_num_layers=layers,
        encoder_num_heads=heads,
        encoder_attention_dropout=dropout,
        encoder_ff_interm_features=hidden,
        encoder_ff_interm_dropout=0.0,
        encoder_dropout=dropout,
        encoder_layer_norm_first=False,
        encoder_layer_drop=layer_drop,
        mask_prob=0.0,
        mask_selection="static",
        mask_other=0.0,
        mask_length=1,
        no_mask_overlap=False,
        mask_min_space=1,
        mask_channel_prob=0.0,
        mask_channel_selection="static",
        mask_channel_other=0.0,
        mask_channel_length=1,
        no_mask_channel_overlap=False,
        mask_channel_min_space=1,
        skip_masked=False,
        skip_nomask=True,
        num_classes=1,
        final_dim=1,
        feature_grad_mult=None,
    )
    network: Wav2Vec2Model = made.wav2vec2
    positional: nn.Module = network.encoder.transformer.pos_conv_embed.conv
    # torchaudio draws this weight where weight norm computes it, and not where it is kept.
    drawn = torch.randn_like(positional.weight) * math.sqrt(4.0 / (kernel * width))  # type: ignore[arg-type]
    with torch.no_grad():
        positional.weight = drawn
    return network
