"""Models of waveforms in the format ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch, Features
from superb_lite.encoders.onnx_encoder import OnnxEncoder, Options
from superb_lite.encoders.onnx_graph import OnnxGraph, Port
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.tasks.labels import Item
from superb_lite_speech.items import SAMPLE_RATE, SHORTEST
from superb_lite_speech.waveforms import collate_waveforms, even_spans, features_of_rows, states_by_length

WINDOW = 40
"""Seconds in a row, as of s3prl's models."""


class OnnxSpeechEncoder(OnnxEncoder):
    """A layer for each (B, T, D) output, whose T positions share the samples of a row evenly.

    The input is a waveform of 16 kHz, (B, samples) or (B, 1, samples); of a second one of whole numbers, a mask, all is
    1, since rows of one length are read together. The summary is a (B, D) output; where there is nothing else, it is a
    layer of one position, too.

    Options: `window`, seconds in a row; `normalise=yes`: each row has mean 0 and variance 1, as wav2vec 2.0 wants it.
    """

    modality: ClassVar[str | None] = "speech"
    options: ClassVar[tuple[str, ...]] = ("window", "normalise")

    def __init__(self, graph: OnnxGraph, folder: Path, options: Options) -> None:
        super().__init__(graph, folder, options)
        waves = [port for port in graph.inputs if _is_wave(port)]
        others = [port for port in graph.inputs if port not in waves]
        if len(waves) != 1 or any(len(p.shape) != 2 or p.dtype is None or p.dtype.is_floating_point for p in others):
            shown = one_line(", ".join(port.name for port in graph.inputs), 80)
            raise SuperbLiteError(
                f"'{graph.file}': of its inputs ({shown}) one must be a waveform, others a mask of it"
            )
        self.wave, self.masks = waves[0], tuple(port.name for port in others)
        self.fixed = self.wave.shape[-1]
        if self.fixed is not None and self.fixed < SHORTEST:
            raise SuperbLiteError(f"'{graph.file}' reads {self.fixed} samples: a waveform has at least {SHORTEST}")
        window = self.number("window", most=3600)
        if window is not None and self.fixed is not None:
            raise SuperbLiteError(f"'{graph.file}' reads {self.fixed} samples at a time: leave window={window} out")
        self.window = self.fixed or (window or WINDOW) * SAMPLE_RATE
        if options.get("normalise", "no") not in ("yes", "no"):
            raise SuperbLiteError(f"onnx: normalise must be yes or no, not '{one_line(options['normalise'], 60)}'")

    @classmethod
    def reads(cls, inputs: tuple[Port, ...]) -> bool:
        """One waveform, and nothing else but masks."""
        return sum(map(_is_wave, inputs)) == 1 and all(
            _is_wave(port) or (port.dtype is not None and not port.dtype.is_floating_point) for port in inputs
        )

    def config(self) -> dict[str, Any]:
        return {**super().config(), "window": self.window}

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_waveforms(items, window=self.window, spare=SAMPLE_RATE if self.fixed is None else 1)

    def forward(self, batch: Batch) -> Features:
        rows = states_by_length(batch, self._encoded)
        summary = torch.stack([row[-1] for row in rows]) if self.outputs.summary else None
        # A vector alone is a layer of one position.
        layers = [row[: len(self.outputs.layers)] or [row[-1][None]] for row in rows]
        where = list(zip(batch["start"], batch["samples"], layers, strict=True))
        spans = [
            [even_spans(start, n, len(row[number]), self.fixed or int(n)) for start, n, row in where]
            for number in range(len(layers[0]))
        ]
        return features_of_rows(batch, layers, spans, summary)

    def _encoded(self, waveforms: Tensor) -> list[Tensor]:
        """(B, samples) -> the layers (B, T, D), and behind them the summary (B, D), if there is one."""
        if self.given.get("normalise") == "yes":
            variance, mean = torch.var_mean(waveforms, dim=1, correction=0, keepdim=True)
            waveforms = (waveforms - mean) / (variance + 1e-7).sqrt()
        mask = torch.ones_like(waveforms, dtype=torch.long)
        if self.fixed is not None:
            missing = (0, self.fixed - waveforms.shape[1])
            waveforms, mask = (torch.nn.functional.pad(tensor, missing) for tensor in (waveforms, mask))
        fed = waveforms[:, None] if len(self.wave.shape) == 3 else waveforms
        layers, summary = self.run({self.wave.name: fed, **dict.fromkeys(self.masks, mask)})
        for name, layer in zip(self.outputs.layers, layers, strict=True):
            if layer.ndim != 3:
                raise SuperbLiteError(
                    f"'{self.graph.file}': '{one_line(name, 60)}' has the shape {tuple(layer.shape)}, which is no "
                    "sequence of frames: outputs=NAME chooses others"
                )
        return layers if summary is None else [*layers, summary]


def _is_wave(port: Port) -> bool:
    """(B, samples) or (B, 1, samples) numbers."""
    floats = port.dtype is not None and port.dtype.is_floating_point
    return floats and (len(port.shape) == 2 or (len(port.shape) == 3 and port.shape[1] == 1))
