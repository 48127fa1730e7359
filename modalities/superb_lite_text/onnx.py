"""Models of tokens in the format ONNX, with their tokeniser beside them, as `optimum` exports them."""

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
from superb_lite.imports import optional
from superb_lite.tasks.labels import Item
from superb_lite_text.hugging_face import load_tokenizer
from superb_lite_text.hugging_face_encoder import WINDOW
from superb_lite_text.hugging_face_files import read_json
from superb_lite_text.items import length
from superb_lite_text.token_windows import TokenWindows
from superb_lite_text.windows import whole_rows

FEEDS = {
    "input_ids": "token",
    "attention_mask": "attention",
    "token_type_ids": "type",
    "position_ids": "position",
    "input_mask": "attention",
    "segment_ids": "type",
}
"""What inputs are called, and what of a batch they are given."""


class OnnxTextEncoder(OnnxEncoder):
    """A layer for each (B, T, D) output, with the spans of its tokens.

    The summary is a (B, D) output, else the last layer at [CLS]. A model with (B, D) outputs alone has one layer of one
    position, which covers a row. Texts that are too long have several rows; a model that takes no attention mask reads
    rows of one length at a time, and one of a fixed length is given padding.

    Options: `window`, the longest row in tokens.
    """

    modality: ClassVar[str | None] = "text"
    options: ClassVar[tuple[str, ...]] = ("window",)

    def __init__(self, graph: OnnxGraph, folder: Path, options: Options) -> None:
        super().__init__(graph, folder, options)
        for port in graph.inputs:
            if port.name not in FEEDS:
                known = ", ".join(FEEDS)
                raise SuperbLiteError(
                    f"'{graph.file}': nobody knows what its input '{one_line(port.name, 60)}' is given: a model of "
                    f"tokens reads {known}"
                )
        name = f"onnx:{graph.file}"
        optional("transformers", package="transformers", extra="hf", purpose=f"the tokeniser of '{name}'")
        tokenizer = load_tokenizer(folder, name)
        tokenizer.backend_tokenizer.no_truncation()
        tokenizer.backend_tokenizer.no_padding()
        self.fixed = next((port.shape[1] for port in graph.inputs if port.shape[1:] and port.shape[1]), None)
        limit = self.fixed or min(tokenizer.model_max_length, _positions(folder))
        self.windows = TokenWindows(tokenizer, self.number("window", most=limit) or min(WINDOW, limit))
        self._summary_token = tokenizer.cls_token_id
        self._fed = {port.name: FEEDS[port.name] for port in graph.inputs}

    @classmethod
    def reads(cls, inputs: tuple[Port, ...]) -> bool:
        """Whole numbers in two dimensions, and nothing else."""
        numbers = (torch.int64, torch.int32)
        return all(port.dtype in numbers and len(port.shape) == 2 for port in inputs)

    def config(self) -> dict[str, Any]:
        tokenizer = self.windows.tokenizer.backend_tokenizer.to_str()
        return {**super().config(), "window": self.windows.size, "tokenizer": tokenizer}

    def length(self, item: Item) -> int:
        return length(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        batch, _ = self.windows.batch(items)
        if self.fixed is not None:
            missing = self.fixed - batch["token"].shape[1]
            batch = {k: v if k == "item" else _padded(v, missing) for k, v in batch.items()}
        batch["position"] = torch.arange(batch["token"].shape[1]).expand_as(batch["token"])
        return batch

    def forward(self, batch: Batch) -> Features:
        layers, summary = self._encoded(batch)
        span, rows = batch["span"], torch.arange(len(batch["item"]), device=batch["item"].device)
        mask = span[..., 0] < span[..., 1]
        if not layers:
            assert summary is not None
            real = torch.ones(len(rows), 1, dtype=torch.bool, device=rows.device)
            return Features((summary[:, None],), real, batch["item"], whole_rows(span), summary=summary)
        for name, layer in zip(self.outputs.layers, layers, strict=True):
            if layer.ndim != 3 or layer.shape[1] != span.shape[1]:
                raise SuperbLiteError(
                    f"'{self.graph.file}': '{one_line(name, 60)}' has the shape {tuple(layer.shape)} for "
                    f"{tuple(span.shape[:2])} tokens: outputs=NAME chooses others"
                )
        at = batch["token"] == self._summary_token if self._summary_token is not None else torch.zeros_like(mask)
        if summary is None and bool(at.any(dim=1).all()):
            summary = layers[-1][rows, at.long().argmax(dim=1)]
        return Features(tuple(layers), mask, batch["item"], span, summary=summary)

    def _encoded(self, batch: Batch) -> tuple[list[Tensor], Tensor | None]:
        if "attention" in self._fed.values() or self.fixed is not None:
            return self.run({name: batch[key] for name, key in self._fed.items()})
        lengths = batch["attention"].sum(dim=1)
        layers: list[Tensor] = []
        summary: Tensor | None = None
        for size in lengths.unique().tolist():
            same = (lengths == size).nonzero()[:, 0]
            made, summed = self.run({name: batch[key][same, :size] for name, key in self._fed.items()})
            if not layers:
                width = batch["token"].shape[1]
                layers = [part.new_zeros(len(lengths), width, *part.shape[2:]) for part in made]
                summary = None if summed is None else summed.new_zeros(len(lengths), summed.shape[1])
            for layer, part in zip(layers, made, strict=True):
                layer[same, : part.shape[1]] = part
            if summary is not None and summed is not None:
                summary[same] = summed
        return layers, summary


def _padded(tensor: Tensor, missing: int) -> Tensor:
    """(R, T, ...) with `missing` more positions of zeros."""
    return torch.cat([tensor, tensor.new_zeros(len(tensor), missing, *tensor.shape[2:])], dim=1)


def _positions(folder: Path) -> int:
    """How many positions the configuration beside a model says that it has."""
    file = folder / "config.json"
    said = read_json(file).get("max_position_embeddings") if file.is_file() else None
    return said if isinstance(said, int) and said > 0 else 10**9
