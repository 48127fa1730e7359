"""Encoders out of a person's own code: the reference `py:module:factory`.

The factory is called without arguments. It returns an `Encoder`, or a plain function that takes a list of B raw items
and returns, as numpy arrays or torch tensors, one of

    features          (B, D): one vector for each item
    features, spans   (B, T, D) and (B, T, 2): features of positions, and the half-open stretch of raw input, in
                      characters or samples, that each covers; where items differ in length, the positions whose span
                      is empty (start equal to end) are padding
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Sequence, Sized
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.tasks.labels import Item

Function = Callable[[list[Item]], Any]


def load_foreign(target: str, name: str = "") -> Encoder:
    """Run the code of "module:factory", which a person has allowed, and return the encoder that the factory makes.

    "module:factory(argument)" calls it with a text, which is for factories of ours alone: no reference is written so.
    name: what messages call it.

    The module is looked for among what is installed, then in the working directory. Whether a reference has this form
    and may run is asked before (`superb_lite.encoders.references`). Raises `SuperbLiteError` for whatever goes wrong in
    the module or its factory.
    """
    name = name or f"py:{target}"
    module_name, _, rest = target.partition(":")
    attribute, given, argument = rest.partition("(")
    # Kept for the whole process, because the code may import its neighbours as late as it likes.
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    with foreign_errors(f"cannot import '{module_name}' for '{name}'"):
        module = importlib.import_module(module_name)
    factory = getattr(module, attribute, None)
    if not callable(factory):
        where = getattr(module, "__file__", None) or "the module"
        raise SuperbLiteError(f"'{name}': {where} has no function '{attribute}'")
    if not given and (needed := needed_argument(factory)):
        raise SuperbLiteError(
            f"'{name}': {attribute} takes '{needed}', but a factory is called without arguments: name a function "
            "that returns the Encoder, or the function of a list of items"
        )
    with foreign_errors(f"'{name}': the factory failed"):
        made = factory(argument.removesuffix(")")) if given else factory()
    if isinstance(made, Encoder):
        made.code = code_hash(module)
        return made
    if not callable(made):
        raise SuperbLiteError(
            f"'{name}': the factory returned {type(made).__name__}: return an Encoder, or a function of a list of items"
        )
    return FunctionEncoder(made, name)


def needed_argument(factory: Callable[..., Any]) -> str | None:
    """The first argument that a function cannot be called without; None where there is none, or nobody can say."""
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):  # written in C
        return None
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return next((p.name for p in parameters if p.default is p.empty and p.kind not in several), None)


def code_hash(module: ModuleType) -> str:
    """SHA-256 of the source files loaded from where the module comes from, so that edited code is another encoder."""
    top = sys.modules[module.__name__.split(".")[0]]
    own = Path(module.__file__ or "").resolve()
    folder = Path(getattr(top, "__file__", None) or own).resolve().parent
    files = {own}
    # A module of one file that is installed lies beside every other package; only a project has neighbours.
    if hasattr(top, "__path__") or folder.name != "site-packages":
        loaded = {Path(file).resolve() for m in list(sys.modules.values()) if (file := getattr(m, "__file__", None))}
        files |= {f for f in loaded if f.is_relative_to(folder) and "site-packages" not in f.relative_to(folder).parts}
    digest = hashlib.sha256()
    for file in sorted(f for f in files if f.is_file()):
        digest.update(f"{file.relative_to(folder) if file.is_relative_to(folder) else file.name}:".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


class FunctionEncoder(Encoder):
    """A function of raw items as an encoder of any modality, with nothing to train and one layer.

    What a function computes cannot be told from outside, so its content hash holds for this object alone.

    Args:
        function: see this module for what it returns.
        name: what errors call it.
    """

    modality: ClassVar[str | None] = None
    code = None
    collates_ahead: ClassVar[bool] = False  # the function is called in `collate`, and may need the main thread

    def __init__(self, function: Function, name: str) -> None:
        super().__init__()
        if isinstance(function, nn.Module):
            function.requires_grad_(False).eval()
        # Not an attribute that torch would register: a module behind the function is no part of this encoder.
        self._call = (function,)
        self.name = name

    def config(self) -> dict[str, Any]:
        return {"name": self.name}

    def length(self, item: Item) -> int:
        return len(item) if isinstance(item, Sized) else 1

    def collate(self, items: Sequence[Item]) -> Batch:
        with foreign_errors(f"'{self.name}'"), torch.no_grad():
            made = self._call[0](list(items))
        pair = isinstance(made, tuple) and len(made) == 2
        features = self._tensor(made[0] if pair else made, "features").float()
        wanted = ("B", "T", "D") if pair else ("B", "D")
        if features.ndim != len(wanted) or len(features) != len(items) or 0 in features.shape:
            hint = "; give (features, spans) for positions" if not pair and features.ndim == 3 else ""
            raise SuperbLiteError(
                f"'{self.name}' returned features of shape {tuple(features.shape)} for {len(items)} items: "
                f"it must be ({', '.join(wanted)}) with B = {len(items)}{hint}"
            )
        if not pair:
            return {"features": features[:, None], "item": torch.arange(len(items))}
        spans = self._tensor(made[1], "spans")
        if spans.is_floating_point() or spans.shape != (*features.shape[:2], 2):
            raise SuperbLiteError(
                f"'{self.name}' returned spans of shape {tuple(spans.shape)} and type {spans.dtype}: "
                f"they must be whole numbers of shape {(*features.shape[:2], 2)}"
            )
        if bool((spans[..., 0] > spans[..., 1]).any()):
            raise SuperbLiteError(f"'{self.name}' returned a span that ends before it starts")
        return {"features": features, "spans": spans.long(), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        features, spans = batch["features"], batch.get("spans")
        if spans is None:
            mask = torch.ones(features.shape[:2], dtype=torch.bool, device=features.device)
        else:
            mask = spans[..., 0] < spans[..., 1]
        # Whatever lies on padding, a NaN above all, must not reach a mean.
        return Features((features.masked_fill(~mask[..., None], 0.0),), mask, batch["item"], spans)

    def _tensor(self, value: Any, what: str) -> Tensor:
        if isinstance(value, Tensor):
            return value.detach().cpu()
        try:
            array = np.asarray(value)
            if array.dtype.kind not in "fiu":
                raise ValueError(f"an array of {array.dtype}")
        except (ValueError, TypeError, RuntimeError) as error:
            raise SuperbLiteError(f"'{self.name}' returned {what} that are no array of numbers: {error}") from None
        return torch.from_numpy(np.array(array))  # a copy, because torch refuses read-only memory
