"""Words as the means of their contextual vectors, from one pass over the sentences of each language.

Sentences of different languages may say the same in the same order, and what two of them share is not only the word. So
every language has its sentences dealt out in turn into two halves, and a word of one half is compared with words of
other languages in the other half alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import View
from superb_lite.tasks.languages import Marked, Place

HALVES = 2
MOST = 20
"""Occurrences of a word that are averaged in a half: more change its mean little."""


@dataclass(frozen=True)
class Occurrences:
    """Where the words of a language stand."""

    sentences: tuple[str, ...]
    """Those that have any of the words."""
    places: tuple[tuple[Place, ...], ...]
    """Of each sentence, those that are used."""
    halves: tuple[int, ...]
    """Of each sentence."""
    counts: Mapping[str, tuple[int, ...]]
    """By word, how many are used in each half."""


def find_occurrences(sentences: Sequence[Marked], words: Collection[str]) -> Occurrences:
    """The first `MOST` occurrences of each word in each half of the sentences."""
    wanted = frozenset(words)
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * HALVES)
    kept: list[tuple[str, tuple[Place, ...], int]] = []
    for number, sentence in enumerate(sentences):
        half = number % HALVES
        used = []
        for place in sentence.places:
            if place.word in wanted and counts[place.word][half] < MOST:
                counts[place.word][half] += 1
                used.append(place)
        if used:
            kept.append((sentence.text, tuple(used), half))
    return Occurrences(
        sentences=tuple(sentence for sentence, _, _ in kept),
        places=tuple(used for _, used, _ in kept),
        halves=tuple(half for _, _, half in kept),
        counts={word: tuple(each) for word, each in counts.items()},
    )


@dataclass(frozen=True)
class WordVectors:
    """The words of a language, by layer and half."""

    number: Mapping[str, int]
    """The row of each word."""
    layers: tuple[Tensor, ...]
    """By layer (halves, n, D)."""

    def rows(self, words: Sequence[str], layer: int, half: int) -> Tensor:
        """(n, D) of these words in the sentences of a half."""
        return self.layers[layer][half, [self.number[word] for word in words]]


def word_vectors(store: FeatureStore, found: Occurrences, progress: Progress | None = None) -> WordVectors:
    """The mean vector of every word that stands in both halves."""
    words = [word for word, counts in found.counts.items() if min(counts) > 0]
    number = {word: row for row, word in enumerate(words)}
    items = {f"sentence-{n}": sentence for n, sentence in enumerate(found.sentences)}
    views = {
        key: ItemView(items, key, View("units", tuple((start, end) for _, start, end in used)))
        for key, used in zip(items, found.places, strict=True)
    }
    table = store.table(views, progress)
    rows = [
        half * len(words) + number[word] if word in number else -1
        for half, used in zip(found.halves, found.places, strict=True)
        for word, _, _ in used
    ]
    at = torch.tensor(rows)
    layers = []
    for layer in range(table.depth):
        vectors = table.stack(list(items), layer)[at >= 0]
        total = vectors.new_zeros(HALVES * len(words), vectors.shape[1]).index_add_(0, at[at >= 0], vectors)
        count = torch.bincount(at[at >= 0], minlength=HALVES * len(words))
        layers.append((total / count[:, None]).reshape(HALVES, len(words), -1))
    return WordVectors(number, tuple(layers))
