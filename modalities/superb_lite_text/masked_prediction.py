"""Masked tokens by the characters that they cover, for our tokeniser and for those of `transformers`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch
from superb_lite.encoders.masked import MaskedTokens, Span
from superb_lite.errors import SuperbLiteError


def predict_masked(
    texts: Sequence[str],
    spans: Sequence[Sequence[Span]],
    batch: Batch,
    *,
    mask: int,
    scores: Callable[[Batch, Tensor, Tensor], Tensor],
) -> list[MaskedTokens]:
    """See `MaskedLanguageModel.predict_masked`.

    Args:
        batch: the collated texts: token (R, T), span (R, T, 2), item (R,).
        mask: the id of the mask token.
        scores: gives (M, V) scores of tokens at the rows (M,) and positions (M,) of a batch.
    """
    covers, item = batch["span"], batch["item"].tolist()
    token = batch["token"].clone()
    asked: list[list[tuple[int, int, int]]] = []  # for each text: row, position, number of the span
    for number, (text, its) in enumerate(zip(texts, spans, strict=True)):
        rows = [row for row, of in enumerate(item) if of == number]
        places = [_places(text, span, covers, rows) for span in its]
        for place in (place for found in places for held in found.values() for place in held):
            token[place] = mask
        asked.append([(*place, n) for n, found in enumerate(places) for place in _best(found, covers)])
    flat = [place for of_text in asked for place in of_text]
    if not flat:
        return []
    row, position, _ = torch.tensor(flat).unbind(dim=1)
    found = scores({**batch, "token": token}, row, position).float().log_softmax(dim=-1).cpu()
    made: list[MaskedTokens] = []
    start = 0
    for of_text in asked:
        part = slice(start, start + len(of_text))
        start = part.stop
        made.append(
            MaskedTokens(
                token=batch["token"][row[part], position[part]],
                covers=covers[row[part], position[part]],
                span=torch.tensor([place[2] for place in of_text], dtype=torch.long),
                log_probability=found[part],
            )
        )
    return made


def _places(text: str, span: Span, covers: Tensor, rows: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """The (row, position) of every token that a span touches, by row."""
    start, end = span
    if not 0 <= start < end <= len(text):
        raise SuperbLiteError(f"characters [{start}, {end}) do not lie in a text of {len(text)} characters")
    found = {}
    for row in rows:
        first, last = covers[row].unbind(dim=1)
        touched = ((first < last) & (first < end) & (last > start)).nonzero()[:, 0].tolist()
        if touched:
            found[row] = [(row, position) for position in touched]
    if not found:
        raise SuperbLiteError(f"no token covers characters [{start}, {end}) of the text '{text[:40]}'")
    return found


def _best(found: dict[int, list[tuple[int, int]]], covers: Tensor) -> list[tuple[int, int]]:
    """The places in the row that holds most of them, and with most context on both sides where several do."""

    def worth(row: int) -> tuple[int, int]:
        places = [position for _, position in found[row]]
        real = int((covers[row, :, 0] < covers[row, :, 1]).nonzero().max())
        return len(places), min(places[0], real - places[-1])

    return found[max(found, key=worth)]
