"""An upstream of s3prl (SUPERB, Yang et al. 2021) as an encoder of raw waveforms."""

from __future__ import annotations

import copy
import importlib.metadata
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_speech.items import SAMPLE_RATE, check_item

SHORTEST = 800
"""50 ms: s3prl (`S3PRLUpstream`) fills up shorter waveforms with zeros, which some upstreams need."""


class S3prlEncoder(Encoder):
    """The hidden states of an s3prl upstream as layers, in s3prl's order.

    Position t of a layer stands for samples [r t, r t + r), where r is the downsampling rate that the upstream states;
    the last one goes on to the end of its row. Rows of equal length go through the upstream together and others by
    themselves, because padding changes what many upstreams make of the rest (group norm over time, for one).

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
        """waveform (R, S), samples (R,) of each row, start (R,) of the row within its item, item (R,)."""
        rows: list[tuple[int, int, Tensor]] = []
        for index, item in enumerate(items):
            check_item(str(index), item)
            waveform = torch.as_tensor(item, dtype=torch.float32)
            rows += [(index, start, waveform[start:end]) for start, end in self._windows(len(item))]
        return {
            "waveform": pad_sequence([waveform for _, _, waveform in rows], batch_first=True),
            "samples": torch.tensor([len(waveform) for _, _, waveform in rows]),
            "start": torch.tensor([start for _, start, _ in rows]),
            "item": torch.tensor([index for index, _, _ in rows]),
        }

    def _windows(self, samples: int) -> list[tuple[int, int]]:
        """Stretches of `window` samples; a rest of less than a second stays with the last one."""
        starts = range(0, max(1, samples - SAMPLE_RATE + 1), self.window)
        return [(start, samples if start == starts[-1] else start + self.window) for start in starts]

    def forward(self, batch: Batch) -> Features:
        samples = batch["samples"]
        rows: list[list[Tensor]] = [[] for _ in samples]  # for each row its layers (T, D)
        for length in samples.unique().tolist():
            same = (samples == length).nonzero()[:, 0].tolist()
            states = self._hidden_states(batch["waveform"][same, :length])
            for place, row in enumerate(same):
                rows[row] = [state[place] for state in states]
        rates = self._rates(len(rows[0]))
        layers, masks, spans = [], [], []
        for rate, layer in zip(rates, zip(*rows, strict=True), strict=True):
            span = [_spans(s, n, len(x), rate) for s, n, x in zip(batch["start"], samples, layer, strict=True)]
            layers.append(pad_sequence([x[: len(s)] for x, s in zip(layer, span, strict=True)], batch_first=True))
            spans.append(pad_sequence(span, batch_first=True))
            masks.append(spans[-1][..., 1] > 0)
        if all(torch.equal(spans[0], other) for other in spans[1:]):
            return Features(tuple(layers), masks[0], batch["item"], spans[0])
        return Features(tuple(layers), tuple(masks), batch["item"], tuple(spans))

    def _hidden_states(self, waveforms: Tensor) -> list[Tensor]:
        """(B, samples) -> one (B, T, D) tensor for each layer."""
        if waveforms.shape[1] < SHORTEST:
            waveforms = nn.functional.pad(waveforms, (0, SHORTEST - waveforms.shape[1]))
        return [state.float() for state in self.upstream(list(waveforms))["hidden_states"]]

    def _rates(self, layers: int) -> list[int]:
        """Samples from one position to the next, for each layer; an upstream states one number or a list."""
        rates = self.upstream.get_downsample_rates("hidden_states")
        return [rates] * layers if isinstance(rates, int) else list(rates)


def _spans(start: Tensor, samples: Tensor, positions: int, rate: int) -> Tensor:
    """(T, 2) samples of the item that the positions of a row stand for; those that begin beyond its end are dropped."""
    count = min(positions, -(-int(samples) // rate))
    begin = torch.arange(count, device=start.device) * rate
    end = torch.cat([begin[1:], samples[None]])
    return start + torch.stack([begin, end], dim=1)
