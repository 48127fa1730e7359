"""The vectors of occurrences: one pass of an encoder for all words, all layers and the control."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.batches import to_device
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import View
from superb_lite.tasks.occurrences import Occurrence

WHOLE = View("mean")
"""All of an item: the company of the word, and the word itself."""


def occurrence_vectors(
    store: FeatureStore, occurrences: Sequence[Occurrence], progress: Progress | None = None
) -> tuple[list[Tensor], Tensor]:
    """By layer the (n, D) float32 vectors of the occurrences; and the (n, D) mean of the first layer over the items.

    A vector is the mean of the positions that overlap the occurrence, weighted by the overlap. Every distinct item goes
    through the encoder once. Raises `SuperbLiteError` for an encoder that cannot say where its positions lie.
    """
    items = {str(number): each.item for number, each in enumerate(occurrences)}
    words = {key: ItemView(items, key, _view(each)) for key, each in zip(items, occurrences, strict=True)}
    company = {key: ItemView(items, key, WHOLE) for key in items}
    store.fetch((*words.values(), *company.values()), progress)  # one pass for both tables
    table, rest = store.table(words), store.table(company)
    return [table.stack(list(items), layer) for layer in range(table.depth)], rest.stack(list(items), 0)


def _view(occurrence: Occurrence) -> View:
    where = occurrence.where
    if isinstance(where[0], int):
        return View("units", (where,))
    return View("box", where)


@torch.no_grad()
def piece_counts(encoder: Encoder, occurrences: Sequence[Occurrence], *, name: str) -> list[int]:
    """How many positions each occurrence has. Raises `SuperbLiteError` for an encoder without spans. name: of it."""
    encoder.eval()
    with foreign_errors(f"encoder {name} fails for '{occurrences[0].label[:40]}'"):
        features = encoder(to_device(encoder.collate([each.item for each in occurrences]), encoder.device))
    spans = features.layer_spans(0)
    if spans is None:
        raise SuperbLiteError(f"encoder {name} does not say which characters its positions cover (no spans)")
    counts = []
    for number, each in enumerate(occurrences):
        rows = features.item == number
        found = spans[rows][features.layer_mask(0)[rows]]
        start, end = each.where
        over = torch.minimum(found[:, 1], torch.tensor(end)) > torch.maximum(found[:, 0], torch.tensor(start))
        counts.append(int(over.sum()))
    return counts
