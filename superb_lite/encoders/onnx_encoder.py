"""OnnxEncoder: what encoders out of files of ONNX have in common; each modality has one that knows its raw items."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.onnx_graph import OnnxGraph, Port
from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line

Options = Mapping[str, str]
"""What follows a file in a reference, as in `onnx:model.onnx,size=64`."""

UNREAD = "logits"
"""What the output of a head is called, which is no feature unless it is asked for."""


@dataclass(frozen=True)
class Outputs:
    """The outputs that are read, by name."""

    layers: tuple[str, ...]
    """Those of rank 3 and 4, in the order in which they are layers."""

    summary: str | None
    """The first of rank 2, or the one that is asked for."""


class OnnxEncoder(Encoder):
    """A model of ONNX as an encoder, without gradients: its weights lie with the runtime.

    Subclasses set `modality` and `options`, and write `reads`, `collate` and `forward`.

    Args:
        graph: the model.
        folder: where files beside it lie.
        options: see `options`.
    """

    options: ClassVar[tuple[str, ...]] = ()
    """Further options than `outputs` and `summary`."""

    gradients = False

    place: Tensor
    """Says where features are wanted."""

    def __init__(self, graph: OnnxGraph, folder: Path, options: Options) -> None:
        super().__init__()
        known = ("outputs", "summary", *self.options)
        for name in options:
            if name not in known:
                raise UnknownNameError(f"option of a model of {self.modality} items", name, known)
        self.graph = graph
        self.given = dict(options)
        self.code = graph.sha256
        self.register_buffer("place", torch.zeros(()), persistent=False)
        self.outputs = outputs_of(graph, options)

    @classmethod
    def reads(cls, inputs: tuple[Port, ...]) -> bool:
        """Whether inputs are those of the modality, by their names and shapes."""
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        version = importlib.metadata.version("onnxruntime")
        return {"sha256": self.graph.sha256, "options": self.given, "onnxruntime": version}

    def run(self, feeds: Mapping[str, Tensor]) -> tuple[list[Tensor], Tensor | None]:
        """The layers, as the model gives them, and the (B, D) summary, if there is one."""
        asked = dict.fromkeys([*self.outputs.layers, *([self.outputs.summary] if self.outputs.summary else [])])
        made = dict(zip(asked, self.graph.run(feeds, list(asked), self.device), strict=True))
        layers = [made[name] for name in self.outputs.layers]
        return layers, made[self.outputs.summary] if self.outputs.summary else None

    def number(self, name: str, *, most: int) -> int | None:
        """An option that is a whole number from 1 to `most`; None where it is not given."""
        text = self.given.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 12 and 0 < int(text) <= most):
            raise SuperbLiteError(f"onnx: {name} must be a whole number from 1 to {most}, not '{one_line(text, 60)}'")
        return int(text)


def outputs_of(graph: OnnxGraph, options: Options) -> Outputs:
    """What is read of a model: all of its tensors of rank 2 to 4 but `logits` and caches, or what options name.

    The names of hidden states come in the order of the model, what is called the last one behind them. Raises
    `SuperbLiteError` for a name that is not there, and where nothing is left.
    """
    known = {port.name: port for port in graph.outputs if port.dtype in _FLOATS and 2 <= len(port.shape) <= 4}
    asked = options["outputs"].split("+") if "outputs" in options else None
    names = asked or [name for name in known if name != UNREAD and not name.startswith(("present", "past_key"))]
    for name in (*names, *([options["summary"]] if "summary" in options else [])):
        if name not in known:
            raise UnknownNameError(f"output of '{graph.file.name}'", name, known)
    layers = [name for name in names if len(known[name].shape) > 2]
    layers.sort(key=lambda name: name.startswith("last_"))
    vectors = [name for name in names if len(known[name].shape) == 2]
    summary = options.get("summary") or next(iter(vectors), None)
    if summary is not None and len(known[summary].shape) != 2:
        raise SuperbLiteError(f"onnx: the summary '{one_line(summary, 60)}' must be an output of rank 2")
    if not layers and summary is None:
        raise SuperbLiteError(
            f"'{graph.file}' has no output that could be features: they are numbers of rank 2, 3 or 4 and are not "
            f"called {UNREAD}; outputs=NAME asks for one all the same"
        )
    return Outputs(tuple(layers), summary)


_FLOATS = (torch.float32, torch.float16, torch.float64)
