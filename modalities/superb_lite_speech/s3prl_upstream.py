"""An upstream of s3prl (SUPERB, Yang et al. 2021) as an encoder of raw waveforms."""

from __future__ import annotations

import copy
import importlib.metadata
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_speech.items import SAMPLE_RATE
from superb_lite_speech.waveforms import collate_waveforms, encode_by_length

SHORTEST = 800
"""50 ms: s3prl (`S3PRLUpstream`) fills up shorter waveforms with zeros, which some upstreams need."""


class S3prlEncoder(Encoder):
    """The hidden states of an s3prl upstream as layers, in s3prl's order.

    The rate of `encode_by_length` is the downsampling rate that the upstream states.

    Args:
        upstream: what an entry of s3prl's hub returns.
        name: of that entry.
        checkpoint: SHA-256 of its file, since that holds options of the model beside weights.
        window: seconds in one row; a longer item gets several, of which only the last may be longer by up to a second.
    """

    modality: ClassVar[str | None] = "speech"

    upstream: Any
    """A module; what it offers beside `forward` is s3prl's convention."""

    def __init__(self, upstream: nn.Module, name: str, *, checkpoint: str = "", window: float = 40.0) -> None:
        super().__init__()
        self.upstream = upstream
        self.name = name
        self.checkpoint = checkpoint
        self.window = round(window * SAMPLE_RATE)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy that reads its own hidden states: s3prl collects them by hooks, which a plain copy would share.

        Fine-tuning works on copies.
        """
        # Weight norm keeps the weight that it computed last, which can only be copied without gradients.
        with torch.no_grad():
            self._hidden_states(torch.zeros(1, SAMPLE_RATE, device=self.device))
        upstream = copy.deepcopy(self.upstream, memo)
        for hook in getattr(upstream, "hooks", ()):
            for module in upstream.modules():
                module._forward_hooks.pop(hook.handler.id, None)
            upstream._register_hook_handler(hook)
        made = type(self)(upstream, self.name, checkpoint=self.checkpoint, window=self.window / SAMPLE_RATE)
        memo[id(self)] = made
        return made.train(self.training)

    def config(self) -> dict[str, Any]:
        """What identifies it beside its weights; the upstream itself is for s3prl to build."""
        return {
            "name": self.name,
            "checkpoint": self.checkpoint,
            "window": self.window,
            "s3prl": importlib.metadata.version("espnet-s3prl"),
        }

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_waveforms(items, window=self.window)

    def forward(self, batch: Batch) -> Features:
        return encode_by_length(batch, self._hidden_states, self._rates)

    def _hidden_states(self, waveforms: Tensor) -> list[Tensor]:
        """(B, samples) -> one (B, T, D) tensor for each layer."""
        if waveforms.shape[1] < SHORTEST:
            waveforms = nn.functional.pad(waveforms, (0, SHORTEST - waveforms.shape[1]))
        return [state.float() for state in self.upstream(list(waveforms))["hidden_states"]]

    def _rates(self, layers: int) -> list[int]:
        """Samples from one position to the next, for each layer; an upstream states one number or a list."""
        rates = self.upstream.get_downsample_rates("hidden_states")
        return [rates] * layers if isinstance(rates, int) else list(rates)
