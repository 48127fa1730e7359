"""Text from a causal language model, token by token."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite_text.tokenizer import ORDINARY, SEP

NextScores = Callable[[list[int]], Tensor]
"""Reads further tokens, and gives the (V,) scores of what comes after them."""


@torch.no_grad()
def sample(
    next_scores: NextScores,
    prompt: list[int],
    *,
    tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
    seed: int = 0,
) -> Iterator[int]:
    """Token ids after `prompt`, until the model ends the text with [SEP] or has written `tokens`.

    Args:
        temperature: divides the scores; 0 always takes the likeliest token.
        top_k: draw from the k likeliest tokens only.
        top_p: draw from the likeliest tokens that have this probability together (Holtzman et al. 2020, section 3.1).

    Raises:
        SuperbLiteError: a setting is out of range.
    """
    if temperature < 0.0:
        raise SuperbLiteError(f"--temperature {temperature}: it must not be negative")
    if top_k is not None and top_k < 1:
        raise SuperbLiteError(f"--top-k {top_k}: at least 1")
    if not 0.0 < top_p <= 1.0:
        raise SuperbLiteError(f"--top-p {top_p}: more than 0, at most 1")
    generator = torch.Generator().manual_seed(seed)
    new = prompt
    for _ in range(tokens):
        chosen = draw(next_scores(new), temperature=temperature, top_k=top_k, top_p=top_p, generator=generator)
        if chosen == SEP:
            return
        yield chosen
        new = [chosen]


def draw(
    scores: Tensor, *, temperature: float, top_k: int | None, top_p: float, generator: torch.Generator | None = None
) -> int:
    """One token by its (V,) scores; of the special tokens only [SEP] can be drawn.

    The draw is made on the CPU, by the same generator wherever the model runs.
    """
    special = torch.arange(len(scores)) < ORDINARY
    special[SEP] = False
    scores = scores.cpu().double().masked_fill(special, -torch.inf)
    if temperature == 0.0:
        return int(scores.argmax())
    ordered, order = (scores / temperature).sort(descending=True, stable=True)
    shares = ordered.softmax(dim=0)
    # A token is kept when those before it have less than top_p together, so that the first always is.
    kept = shares.cumsum(dim=0) - shares < top_p
    if top_k is not None:
        kept[top_k:] = False
    return int(order[torch.multinomial(shares.masked_fill(~kept, 0.0), 1, generator=generator)])
