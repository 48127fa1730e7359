"""What is measured of one encoder, as JSON that is kept: ranks of translations, and what tells languages apart."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from superb_lite.analysis.crosslingual.alignment import reciprocal_ranks, without_mean
from superb_lite.analysis.crosslingual.contexts import HALVES, find_occurrences, word_vectors
from superb_lite.analysis.crosslingual.identity import PROBES, told
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.masked import MaskedLanguageModel
from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import FeatureStore, Progress
from superb_lite.surrogates import hashed_bytes
from superb_lite.tasks.languages import Languages, Marked

Json = dict[str, Any]

DIGITS = 4
"""After the point, of what is kept of each word."""

FEWEST = 10
"""Words of a pair of languages: fewer say nothing."""


@dataclass(frozen=True)
class Material:
    """The words and sentences that every encoder is measured on."""

    languages: Languages
    names: tuple[str, ...]
    """The languages that are compared, the first with all others before the others with each other."""
    most: int | None = None
    """Sentences of each language; None: all."""

    def sentences(self, language: str) -> tuple[Marked, ...]:
        """The sentences of a language that are used."""
        return tuple(self.languages.sentences(language))[: self.most]

    @cached_property
    def pairs(self) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
        """By two languages, words that translate each other one to one: of several translations the first."""
        return {(a, b): _one_to_one(self.languages.dictionary(a, b)) for a, b in itertools.combinations(self.names, 2)}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all words and sentences that are used."""
        digest = hashlib.sha256()
        for pair, words in self.pairs.items():
            digest.update(hashed_bytes(json.dumps([pair, words], ensure_ascii=False)))
        for name in self.names:
            digest.update(hashed_bytes(json.dumps([name, self.sentences(name)], ensure_ascii=False)))
        return digest.hexdigest()

    def concepts(self, a: str, words: Sequence[str]) -> list[str]:
        """What words of a language are in the first of all languages; one that it lacks keeps its own name."""
        pivot = self.names[0]
        known = {} if a == pivot else {word: first for first, word in self.pairs[pivot, a]}
        return [f"{pivot}/{known[word]}" if word in known else f"{a}/{word}" for word in words]

    def words(self, language: str) -> list[str]:
        """Those of a language, in the order of the dictionaries."""
        found: dict[str, None] = {}
        for (a, b), pairs in self.pairs.items():
            for one, other in pairs:
                if language in (a, b):
                    found[one if language == a else other] = None
        return list(found)


def _one_to_one(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    left: set[str] = set()
    right: set[str] = set()
    found = []
    for a, b in pairs:
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            found.append((a, b))
    return tuple(found)


def measure_alignment(
    encoder: Encoder,
    material: Material,
    *,
    name: str = "",
    batch_size: int = 32,
    progress: Progress | None = None,
) -> Json:
    """Ranks of translations by pair of languages, and what is told of the language, layer by layer.

    Returns:
        {"pairs": {"a b": {"words": [...], "concepts": [...], "shared": x, "raw": [[...]], "centred": [[...]]}},
        "identity": {"words": [...], probe: {"before": [[...]], "after": [[...]]}}}, where [[...]] holds for each
        layer a number for each word. concepts: see `Material.concepts`. shared: of all tokens of the
        sentences of both languages the share that both have; None where the encoder does not say.

    Raises:
        SuperbLiteError: fewer than `FEWEST` words of a pair stand in both halves of the sentences of their languages.
    """
    store = FeatureStore(encoder, None, name=name, batch_size=batch_size)
    vectors = {}
    for number, language in enumerate(material.names):
        found = find_occurrences(material.sentences(language), material.words(language))
        vectors[language] = word_vectors(store, found)
        if progress is not None:
            progress(number + 1, len(material.names))
    depth = len(vectors[material.names[0]].layers)
    pairs: Json = {}
    for (a, b), known in material.pairs.items():
        used = [(x, y) for x, y in known if x in vectors[a].number and y in vectors[b].number]
        if len(used) < FEWEST:
            raise SuperbLiteError(
                f"only {len(used)} words of '{a}' and '{b}' stand in at least two sentences of their languages (one of "
                f"every other sentence, one of the rest): {FEWEST} are needed; give more sentences"
            )
        rows: dict[str, list[list[float]]] = {"raw": [], "centred": []}
        for layer in range(depth):
            ranks = {kind: torch.zeros(len(used), dtype=torch.float64) for kind in rows}
            for half in range(HALVES):  # words of a in one half with words of b in the other, then the other way round
                one = vectors[a].rows([x for x, _ in used], layer, half)
                other = vectors[b].rows([y for _, y in used], layer, 1 - half)
                ranks["raw"] += torch.from_numpy(reciprocal_ranks(one, other)) / HALVES
                centred = reciprocal_ranks(without_mean(one), without_mean(other))
                ranks["centred"] += torch.from_numpy(centred) / HALVES
            for kind, values in ranks.items():
                rows[kind].append([round(value, DIGITS) for value in values.tolist()])
        shared = _shared_tokens(encoder, material.sentences(a), material.sentences(b))
        words = [x for x, _ in used]
        pairs[f"{a} {b}"] = {"words": words, "concepts": material.concepts(a, words), "shared": shared, **rows}
    return {"pairs": pairs, "identity": _identity(vectors, material, depth)}


def _shared_tokens(encoder: Encoder, a: Sequence[Marked], b: Sequence[Marked]) -> float | None:
    if not isinstance(encoder, MaskedLanguageModel):
        return None
    one, other = (
        [token for row in encoder.token_ids([sentence.text for sentence in each]) for token in row] for each in (a, b)
    )
    both = set(one) & set(other)
    return round(sum(token in both for token in (*one, *other)) / len((*one, *other)), DIGITS)


def _identity(vectors: Mapping[str, Any], material: Material, depth: int) -> Json:
    """Words that all languages have; their second half is probed, and the means are those of the first."""
    pivot, *others = material.names
    to = {other: dict(material.pairs[pivot, other]) for other in others}
    shared = [
        word
        for word in vectors[pivot].number
        if all(word in to[other] and to[other][word] in vectors[other].number for other in others)
    ]
    if len(shared) < 2 * FEWEST:
        return {}
    rows = {pivot: shared, **{other: [to[other][word] for word in shared] for other in others}}
    found: Json = {"words": shared[1::2]}
    for probe in PROBES:
        shares: dict[str, list[list[float]]] = {"before": [], "after": []}
        for layer in range(depth):
            means, probed = (
                torch.stack([vectors[name].rows(rows[name], layer, half) for name in material.names])
                for half in range(HALVES)
            )
            for kind, taken in (("before", None), ("after", means.mean(dim=1))):
                shares[kind].append([round(v, DIGITS) for v in told(probed, taken, probe).tolist()])
        found[probe] = shares
    return found
