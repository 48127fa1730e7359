"""What an encoder says of words in context: one pass for all words and layers, and only cosines are kept of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from superb_lite.analysis.context.neighbours import Indices, nearest, word_means
from superb_lite.analysis.context.senses import Array, cosines
from superb_lite.analysis.context.vectors import occurrence_vectors, piece_counts
from superb_lite.analysis.context.words import Word
from superb_lite.analysis.kept import Kept, encoder_key
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, counted, one_line
from superb_lite.features.store import FeatureStore, Progress
from superb_lite.tasks.item_hashes import item_hash
from superb_lite.tasks.occurrences import Occurrence

NEIGHBOURS = 5
"""Of a word that are kept; the nearest one is what is tested."""

_VERSION = 1

_BATCH = 64
"""Occurrences that are looked at together for how many positions they have."""


@dataclass(frozen=True)
class Measured:
    """What was computed of one encoder."""

    cosines: Mapping[tuple[str, str], tuple[Array, ...]]
    """By source and word the (n, n) cosines of its occurrences, layer by layer."""

    company: Mapping[tuple[str, str], Array]
    """The cosines of the mean first-layer vectors of whole items."""

    neighbours: tuple[Indices, ...]
    """By layer the (W, `NEIGHBOURS`) nearest of the things; empty without any."""

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(next(iter(self.cosines.values()))) if self.cosines else len(self.neighbours)


def split_words(encoder: Encoder, words: Sequence[Word], *, name: str) -> dict[tuple[str, str], int]:
    """The words that have to be one position and are several in some occurrence, with how many they are at most.

    name: of the encoder.
    """
    found: dict[tuple[str, str], int] = {}
    asked = [(word.key, each) for word in words if word.whole for each in word.occurrences]
    for first in range(0, len(asked), _BATCH):
        some = asked[first : first + _BATCH]
        counts = piece_counts(encoder, [each for _, each in some], name=name)
        for (key, _), count in zip(some, counts, strict=True):
            if count > 1:
                found[key] = max(count, found.get(key, 0))
    return found


def refuse_split(word: Word, encoder: Encoder, *, name: str) -> None:
    """Raise `SuperbLiteError` where a word that was asked for is split."""
    if count := split_words(encoder, [word], name=name).get(word.key):
        raise SuperbLiteError(
            f"the tokeniser of {one_line(name, 60)} splits '{one_line(word.name, 40)}' into {counted(count, 'piece')}: "
            "--pieces takes their mean"
        )


def measure(
    encoder: Encoder,
    words: Sequence[Word],
    things: Sequence[Occurrence] = (),
    *,
    name: str,
    kept: Kept,
    feature_dir: Path | None = None,
    batch_size: int = 32,
    progress: Progress | None = None,
) -> Measured:
    """Encode all occurrences once, unless it is known. things: occurrences whose words have one category each."""
    occurrences = [each for word in words for each in word.occurrences]

    def compute() -> dict[str, Any]:
        store = FeatureStore(encoder, feature_dir, name=name, batch_size=batch_size)
        layers, company = occurrence_vectors(store, [*occurrences, *things], progress)
        found: dict[str, Any] = {"cosines": [], "company": [], "neighbours": []}
        start = 0
        for word in words:
            rows = slice(start, start := start + len(word.occurrences))
            found["cosines"].append([_rounded(cosines(layer[rows].double().numpy())) for layer in layers])
            found["company"].append(_rounded(cosines(company[rows].double().numpy())))
        if things:
            for layer in layers:
                means, _ = word_means(layer[start:].double().numpy(), [each.word for each in things])
                found["neighbours"].append(nearest(means, NEIGHBOURS).tolist())
        return found

    digest = hashlib.sha256()
    for each in (*occurrences, *things):
        digest.update(f"{item_hash(each.item)} {each.where} {each.word}\n".encode())
    sizes = [len(word.occurrences) for word in words]
    key = {"analysis": "context", "version": _VERSION, "items": digest.hexdigest(), "words": sizes}
    found = kept.get_or_compute({**key, **encoder_key(encoder)}, compute)
    return Measured(
        {word.key: tuple(map(np.array, layers)) for word, layers in zip(words, found["cosines"], strict=True)},
        {word.key: np.array(matrix) for word, matrix in zip(words, found["company"], strict=True)},
        tuple(np.array(layer, dtype=np.int64) for layer in found["neighbours"]),
    )


def _rounded(matrix: Array) -> list[list[float]]:
    """As JSON; features are kept with eleven bits, so that six digits lose nothing."""
    rows: list[list[float]] = np.round(matrix, 6).tolist()
    return rows
