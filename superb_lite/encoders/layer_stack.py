"""LayerStack: the blocks of an encoder, found by trying, so that a vector can be added between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Item


class LayerStack:
    """The blocks that lie between the layers of an encoder's `Features`.

    Layer 0 is what the first block reads, layer n what the last of n blocks gives, before a norm that may follow.

    Args:
        encoder: on whatever device; it is put into evaluation mode.
        item: any that it takes, to try it.
        name: what messages call the encoder.

    Raises:
        SuperbLiteError: the encoder has no list of modules that read its layers one after the other.
    """

    def __init__(self, encoder: Encoder, item: Item, *, name: str) -> None:
        encoder.eval()
        batch = {key: value.to(encoder.device) for key, value in encoder.collate([item]).items()}
        read: dict[nn.Module, list[Tensor]] = {}
        with torch.no_grad(), ExitStack() as hooks:
            for module in {block for stack in _stacks(encoder) for block in stack}:
                hooks.enter_context(_reading(module, read.setdefault(module, [])))
            layers = encoder(batch).layers
        for stack in _stacks(encoder):
            inputs = [read[block] for block in stack]
            if len(stack) == len(layers) - 1 and all(
                len(seen) == 1 and seen[0].shape == layer.shape and torch.equal(seen[0], layer)
                for seen, layer in zip(inputs, layers, strict=False)
            ):
                self.blocks = list(stack)
                self.depth = len(layers)
                return
        raise SuperbLiteError(
            f"'{name}': no blocks were found that read its {len(layers) - 1} layers one after the other, so that "
            "nothing can be added between them"
        )

    @contextmanager
    def recording(self) -> Iterator[list[Tensor]]:
        """Inside, a list of the layers of each forward pass, appended in order: (B, T, D) each."""
        seen: list[Tensor] = []
        with ExitStack() as hooks:
            for block in self.blocks:
                hooks.enter_context(_reading(block, seen))
            handle = self.blocks[-1].register_forward_hook(lambda module, given, made: seen.append(_hidden(made)))
            hooks.callback(handle.remove)
            yield seen

    @contextmanager
    def adding(self, layer: int, vector: Tensor) -> Iterator[None]:
        """Inside, the vector (D,) is added to every position of a layer, and what follows reads the sum.

        Raises `SuperbLiteError` for a layer that is not there.
        """
        if not 0 <= layer < self.depth:
            raise SuperbLiteError(f"there is no layer {layer}: they go from 0 to {self.depth - 1}")
        if layer < len(self.blocks):
            handle = self.blocks[layer].register_forward_pre_hook(
                lambda module, given, named: _replaced(given, named, vector), with_kwargs=True
            )
        else:
            handle = self.blocks[-1].register_forward_hook(lambda module, given, made: _shifted(made, vector))
        try:
            yield
        finally:
            handle.remove()


def _stacks(encoder: Encoder) -> list[nn.ModuleList]:
    return [module for module in encoder.modules() if isinstance(module, nn.ModuleList) and len(module)]


@contextmanager
def _reading(module: nn.Module, seen: list[Tensor]) -> Iterator[None]:
    """Inside, what the module is called with is appended to a list."""

    def look(module: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        found = given[0] if given else named.get(_STATES)
        if isinstance(found, Tensor):
            seen.append(found)

    handle = module.register_forward_pre_hook(look, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()


_STATES = "hidden_states"
"""What blocks of `transformers` call what they read, where it is named."""


def _replaced(given: tuple[Any, ...], named: dict[str, Any], vector: Tensor) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if given:
        return (given[0] + vector, *given[1:]), named
    return given, {**named, _STATES: named[_STATES] + vector}


def _hidden(made: Any) -> Tensor:
    """What a block gives: a tensor, or a tuple that begins with it."""
    found: Tensor = made[0] if isinstance(made, tuple) else made
    return found


def _shifted(made: Any, vector: Tensor) -> Any:
    return (made[0] + vector, *made[1:]) if isinstance(made, tuple) else made + vector
