"""What is done with a person's own code in its process (`superb_lite.encoders.isolated_child`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from superb_lite.encoders.content_hash import weights_sha256
from superb_lite.encoders.encoder import Encoder, Features, Generative
from superb_lite.encoders.foreign import FunctionEncoder, load_foreign
from superb_lite.encoders.wire import Array, Message, restored
from superb_lite.errors import SuperbLiteError, foreign_errors


class Worker:
    """One encoder, made by the code of "module:factory", and what is asked of it."""

    def __init__(self, target: str, name: str) -> None:
        self.name = name
        self.encoder = load_foreign(target, name)
        self.encoder.requires_grad_(False).eval()
        self._versions = self._tensors()

    def described(self) -> dict[str, Any]:
        """What the other process has to know of the encoder."""
        encoder = self.encoder
        known = encoder.pretraining
        return {
            "function": isinstance(encoder, FunctionEncoder),
            "modality": encoder.modality,
            "pairs": encoder.pairs,
            "untrained": encoder.untrained,
            "content": encoder.content_hash(),
            "code": encoder.code,
            "corpora": sorted(map(str, known["corpora"])) if known is not None and "corpora" in known else None,
            "parameters": sum(parameter.numel() for parameter in encoder.parameters()),
            "measures": type(encoder).length is not Encoder.length,
            "generative": isinstance(encoder, Generative),
        }

    def answer(self, said: Mapping[str, Any], arrays: Sequence[Array]) -> Message:
        """What comes back for one request."""
        kind = said["ask"]
        if kind == "encode":
            return self._encode([restored(item, arrays) for item in said["items"]])
        if kind == "length":
            return {"lengths": [float(self.encoder.length(restored(item, arrays))) for item in said["items"]]}, []
        if kind == "likelihood":
            if not isinstance(self.encoder, Generative):
                raise SuperbLiteError(f"'{self.name}' is no language model")
            return {}, [_array(self.encoder.log_likelihood(said["contexts"], said["continuations"]))]
        if kind == "move":
            self.encoder.to(torch.device(said["device"]))
            self._versions = self._tensors()
            return {}, []
        return {"weights": weights_sha256(self.encoder)}, []

    def _encode(self, items: list[Any]) -> Message:
        with foreign_errors(f"'{self.name}': collate failed"):
            batch = self.encoder.collate(items)
        if not isinstance(batch, dict) or not all(isinstance(value, Tensor) for value in batch.values()):
            raise SuperbLiteError(f"'{self.name}': collate must return a dictionary of tensors")
        with foreign_errors(f"'{self.name}': forward failed"):
            features = self.encoder({key: value.to(self.encoder.device) for key, value in batch.items()})
        if not isinstance(features, Features):
            raise SuperbLiteError(f"'{self.name}': forward returned {type(features).__name__}, not Features")
        self._check_unchanged()
        named: dict[str, Tensor] = {}
        parts = {"layers": features.layers, "mask": features.mask, "spans": features.spans}
        for name, value in parts.items():
            if isinstance(value, tuple):
                named |= {f"{name}{number}": tensor for number, tensor in enumerate(value)}
            elif value is not None:
                named[name] = value
        single = {"item": features.item, "segment": features.segment, "summary": features.summary}
        named |= {name: value for name, value in single.items() if value is not None}
        for key, value in named.items():
            if not isinstance(value, Tensor):
                raise SuperbLiteError(f"'{self.name}': {key} of its Features is no tensor, but {type(value).__name__}")
            if value.requires_grad:
                raise SuperbLiteError(f"'{self.name}': {key} requires gradients although they are switched off")
        return {"names": list(named)}, [_array(value) for value in named.values()]

    def _tensors(self) -> list[tuple[str, int, int]]:
        """Name, place in memory and number of changes of all weights and buffers."""
        pairs = [*self.encoder.named_parameters(), *self.encoder.named_buffers()]
        return [(name, tensor.data_ptr(), _version(tensor)) for name, tensor in pairs]

    def _check_unchanged(self) -> None:
        now = self._tensors()
        if now != self._versions:
            changed = sorted({name for name, *_ in set(now) ^ set(self._versions)})
            raise SuperbLiteError(
                f"'{self.name}': encoding changes its weights or buffers ('{changed[0]}'): it must leave them alone"
            )


def _version(tensor: Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version


def _array(tensor: Tensor) -> Array:
    """The numbers of a tensor; bfloat16, which numpy has not, as float32, which holds them exactly."""
    tensor = tensor.detach().cpu()
    array: Array = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
    return array
