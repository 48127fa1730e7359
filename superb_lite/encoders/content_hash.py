"""content_hash: what an encoder is, told from outside.

Nothing here asks the encoder for its hash, since its class could return that of another one; `Encoder.config` only
adds to what is found. Encoders that differ in what cannot be found from outside (what is read from a file while they
encode, say) have equal hashes; `superb_lite.features.spot_check` finds them by their features.
"""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder

PROCESS = "process:"
"""What a content hash begins with that holds for one object in this process: nothing that is kept is found by it."""

_TORCH = frozenset(nn.Module().__dict__)
"""The attributes that every module has."""

_DESCRIBING = frozenset({"pretraining", "untrained", "code"})
"""Attributes that the engine sets: how weights came about decides no feature, and code has its own place."""

_names: weakref.WeakKeyDictionary[nn.Module, str] = weakref.WeakKeyDictionary()


def content_hash(encoder: Encoder) -> str:
    """SHA-256 over class, code, configuration and weights: two encoders with equal hashes give equal features.

    It begins with `PROCESS` where that cannot be told from outside: an encoder whose `code` is None; one whose class is
    not found under its own name in its module, as those that are defined in a function; one of an interactive session;
    one with methods of its own.
    """
    cls = type(encoder)
    digest = hashlib.sha256(f"{cls.__module__}:{cls.__qualname__}{encoder.code}".encode())
    digest.update(json.dumps(encoder.config(), sort_keys=True, ensure_ascii=False).encode())
    digest.update(json.dumps(_settings(encoder), sort_keys=True).encode())
    digest.update(weights_sha256(encoder).encode())
    if _is_found_by_name(encoder):
        return digest.hexdigest()
    digest.update(_names.setdefault(encoder, uuid.uuid4().hex).encode())
    return f"{PROCESS}{digest.hexdigest()}"


def weights_sha256(module: nn.Module) -> str:
    """SHA-256 over the parameters and buffers of a module and all its parts, whatever its `state_dict` says."""
    digest = hashlib.sha256()
    for name, tensor in sorted(_tensors(module, ""), key=lambda pair: pair[0]):
        digest.update(f"{name}:{tensor.dtype}:{tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def packages_of(encoder: nn.Module) -> set[str]:
    """The top-level packages or modules of the classes of an encoder and of its parts, base classes included."""
    classes = {cls for module in _modules(encoder) for cls in type(module).__mro__}
    return {cls.__module__.partition(".")[0] for cls in classes} - sys.stdlib_module_names


def _tensors(module: nn.Module, prefix: str) -> Iterator[tuple[str, Tensor]]:
    """Every parameter and buffer by its full name, past any method that a class may override."""
    for found in (module.__dict__["_parameters"], module.__dict__["_buffers"]):
        for name, tensor in found.items():
            if tensor is not None:
                yield prefix + name, tensor
    for name, part in module.__dict__["_modules"].items():
        if part is not None:
            yield from _tensors(part, f"{prefix}{name}.")


def _modules(module: nn.Module) -> Iterator[nn.Module]:
    yield module
    for part in module.__dict__["_modules"].values():
        if part is not None:
            yield from _modules(part)


def _settings(encoder: Encoder) -> dict[str, Any]:
    """The plain, unchangeable values among an encoder's attributes: what a `config` may have forgotten."""
    skipped = _TORCH | _DESCRIBING
    return {name: value for name, value in encoder.__dict__.items() if name not in skipped and _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def _is_found_by_name(encoder: Encoder) -> bool:
    if encoder.code is None:
        return False
    cls = type(encoder)
    if any(callable(getattr(cls, name, None)) and name not in _TORCH for name in encoder.__dict__):
        return False
    found: Any = sys.modules.get(cls.__module__)
    if getattr(found, "__file__", None) is None:
        return False
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls
