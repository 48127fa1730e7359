"""A model in the format ONNX, run by onnxruntime: named tensors in, named tensors out, in batches of any size.

A file is looked through before the runtime opens it: tensors that lie in other files have to lie in its folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor

from superb_lite.encoders.weights import sha256
from superb_lite.errors import SuperbLiteError, one_line, reason
from superb_lite.imports import optional
from superb_lite.paths import regular_size

LIMIT = 2**31
"""The largest file in bytes: no message of protocol buffers is longer. Tensors in other files may be."""

PROVIDERS = {"cuda": "CUDAExecutionProvider"}
"""What the runtime calls a kind of device; elsewhere it computes on the CPU."""

_DTYPES = {
    "tensor(float)": torch.float32,
    "tensor(float16)": torch.float16,
    "tensor(double)": torch.float64,
    "tensor(int64)": torch.int64,
    "tensor(int32)": torch.int32,
    "tensor(uint8)": torch.uint8,
    "tensor(bool)": torch.bool,
}


@dataclass(frozen=True)
class Port:
    """An input or an output."""

    name: str

    dtype: torch.dtype | None
    """None for what is no tensor of numbers."""

    shape: tuple[int | None, ...]
    """None where a length is open."""


class OnnxGraph:
    """A model of a file.

    Args:
        file: `model.onnx`; its tensors may lie in other files of its folder.

    Raises:
        SuperbLiteError: in one line, for a file that is damaged, that the runtime does not run, or whose tensors lie
            outside of its folder.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.sha256 = _checked(file)
        self._sessions: dict[str, Any] = {}
        session = self._session(torch.device("cpu"))
        self.inputs = tuple(_port(argument) for argument in session.get_inputs())
        self.outputs = tuple(_port(argument) for argument in session.get_outputs())
        for port in self.inputs:
            if port.dtype is None:
                raise SuperbLiteError(f"'{file}': its input '{one_line(port.name, 60)}' is no tensor of numbers")

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Nothing about a model changes, so that a copy is itself."""
        return self

    @property
    def batch(self) -> int | None:
        """How many rows the model takes at once; None: as many as there are."""
        return next((port.shape[0] for port in self.inputs if port.shape and port.shape[0]), None)

    def run(self, feeds: Mapping[str, Tensor], wanted: Sequence[str], device: torch.device) -> list[Tensor]:
        """The outputs by name for inputs whose first dimension is the rows; float32, on the device.

        A model of a fixed number of rows is run as often as it takes, the last time with a row several times over.
        """
        rows = len(next(iter(feeds.values())))
        size = self.batch or rows
        parts = []
        for start in range(0, rows, size):
            index = torch.arange(start, start + size).clamp(max=rows - 1)
            made = self._run({name: tensor.cpu()[index] for name, tensor in feeds.items()}, wanted, device)
            parts.append([output[: rows - start] for output in made])
        return [torch.cat(outputs).to(device) for outputs in zip(*parts, strict=True)]

    def _run(self, feeds: Mapping[str, Tensor], wanted: Sequence[str], device: torch.device) -> list[Tensor]:
        of_dtype = {port.name: feeds[port.name].to(port.dtype).numpy() for port in self.inputs}
        size = len(next(iter(feeds.values())))
        try:
            made = self._session(device).run(list(wanted), of_dtype)
        except Exception as error:  # whatever the runtime raises; its classes are those of no library
            raise SuperbLiteError(f"'{self.file}' cannot be run: {reason(error, 150)}") from None
        for name, array in zip(wanted, made, strict=True):
            if len(array) != size:
                raise SuperbLiteError(f"'{self.file}': '{one_line(name, 60)}' has {len(array)} rows for {size}")
        return [torch.from_numpy(array).float() for array in made]

    def _session(self, device: torch.device) -> Any:
        """The runtime's session on a kind of device."""
        if device.type not in self._sessions:
            runtime = _runtime("onnxruntime")
            options = runtime.SessionOptions()
            options.log_severity_level = 4  # what is wrong is raised, too
            options.intra_op_num_threads = torch.get_num_threads()
            asked = [PROVIDERS[device.type]] if device.type in PROVIDERS else []
            given = [name for name in (*asked, "CPUExecutionProvider") if name in runtime.get_available_providers()]
            try:
                self._sessions[device.type] = runtime.InferenceSession(str(self.file), options, providers=given)
            except Exception as error:  # see `_run`
                raise SuperbLiteError(f"'{self.file}' is no model that runs: {reason(error, 150)}") from None
        return self._sessions[device.type]


def _runtime(module: str) -> Any:
    return optional(module, package=module, extra="onnx", purpose="'onnx:'")


def _port(argument: Any) -> Port:
    shape = tuple(n if isinstance(n, int) and n > 0 else None for n in argument.shape)
    return Port(argument.name, _DTYPES.get(argument.type), shape)


def _checked(file: Path) -> str:
    """SHA-256 over a model's files, which are regular ones of its folder and not larger than the memory."""
    _runtime("onnxruntime")
    onnx = _runtime("onnx")
    if (size := regular_size(file)) >= LIMIT:
        raise SuperbLiteError(f"'{file}' has {size} bytes: a model of ONNX has at most {LIMIT}")
    try:
        model = onnx.load(str(file), load_external_data=False)
        graph = model.graph
    except Exception as error:  # protocol buffers have errors of their own
        raise SuperbLiteError(f"'{file}' is no model of ONNX: {reason(error, 100)}") from None
    if not graph.node or not graph.output:
        raise SuperbLiteError(f"'{file}' is no model of ONNX: it computes nothing")
    folder, digest = file.parent.resolve(), hashlib.sha256(sha256(file).encode())
    for name in sorted({location for tensor in _tensors(model) for location in _locations(tensor)}):
        other = file.parent / name
        if Path(name).is_absolute() or not other.resolve().is_relative_to(folder):
            raise SuperbLiteError(f"'{file}': its tensors lie in '{one_line(name, 60)}', outside of its folder")
        size += regular_size(other)
        digest.update(f"{name}:{sha256(other)}".encode())
    if size > (memory := os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")):
        raise SuperbLiteError(f"'{file}' has {size} bytes of weights, and this machine {memory} bytes of memory")
    return digest.hexdigest()


def _locations(tensor: Any) -> Iterator[str]:
    """The file in which a tensor lies, where that is another one."""
    yield from (entry.value for entry in tensor.external_data if entry.key == "location")


def _tensors(model: Any) -> Iterator[Any]:
    """Every tensor of a model: of graphs, of graphs within graphs, of functions and of their attributes."""
    graphs, nodes = [model.graph], [node for function in model.functions for node in function.node]
    while graphs or nodes:
        if graphs:
            graph = graphs.pop()
            yield from graph.initializer
            for sparse in graph.sparse_initializer:
                yield from (sparse.values, sparse.indices)
            nodes.extend(graph.node)
        while nodes:
            for attribute in nodes.pop().attribute:
                graphs.extend([*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])])
                yield from (*attribute.tensors, *([attribute.t] if attribute.HasField("t") else []))
                alone = [attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else []
                for sparse in (*attribute.sparse_tensors, *alone):
                    yield from (sparse.values, sparse.indices)
