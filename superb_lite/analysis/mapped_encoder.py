"""MappedEncoder: an encoder of texts reads strings of symbols, each symbol as a word (Kao & Lee 2021).

"ACCA" becomes " we he he we" under {"A": "we", "C": "he"}. What a word means has nothing to do with the symbol: words
are drawn at random, so that whatever the encoder knows that helps is not about words.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch, Encoder, Features, Lexical
from superb_lite.errors import BadItemError, SuperbLiteError, one_line
from superb_lite.seeds import step_seed
from superb_lite.tasks.labels import Item


def draw_mapping(words: Sequence[str], alphabet: Iterable[str], seed: int) -> dict[str, str]:
    """A word for each symbol, no word twice.

    The same for one seed and one set of symbols, in whatever order they come. Raises `SuperbLiteError` where there are
    more symbols than words.
    """
    symbols = sorted(set(alphabet))
    if len(symbols) > len(words):
        raise SuperbLiteError(f"there are {len(symbols)} symbols, but the encoder has only {len(words)} words for them")
    drawn = np.random.default_rng(step_seed(seed, len(symbols))).choice(len(words), size=len(symbols), replace=False)
    return {symbol: words[number] for symbol, number in zip(symbols, drawn.tolist(), strict=True)}


BEGINS, BEFORE, WIDTH = "symbol_begins", "symbols_before", "symbol_width"
"""Entries of a batch of N items. Text t (0 or 1) of item i has the number 2 i + t. BEGINS: (S,) ascending, for each
symbol of all texts where its word begins, plus the number of its text times WIDTH, which is more than any text is long.
BEFORE: (2 N,) how many symbols come before each text."""


class MappedEncoder(Encoder):
    """An encoder of texts as one of strings of symbols, or of pairs of such strings where it takes pairs.

    Spans and items are those of the strings: a position covers the symbols whose words it covers.

    Args:
        encoder: of texts; its words are tokens (`Lexical`).
        mapping: a word for each symbol.

    Raises:
        SuperbLiteError: the encoder has no words, or does not read each of these as a token of its own.
    """

    modality: ClassVar[str | None] = None

    def __init__(self, encoder: Encoder, mapping: Mapping[str, str]) -> None:
        super().__init__()
        self.encoder = encoder
        self._mapping = dict(mapping)
        self.code, self.gradients, self.untrained = encoder.code, encoder.gradients, encoder.untrained
        self.pretraining = encoder.pretraining
        # Class variables of other encoders, which are those of the one inside.
        self.__dict__.update(pairs=encoder.pairs, collates_ahead=encoder.collates_ahead)
        self._check()

    def config(self) -> dict[str, Any]:
        inside = type(self.encoder)
        name = f"{inside.__module__}:{inside.__qualname__}"
        return {"encoder": name, "config": self.encoder.config(), "mapping": dict(self._mapping)}

    def length(self, item: Item) -> int:
        return sum(map(len, item)) if isinstance(item, tuple) else len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        """What the encoder inside makes of the words, and where in its texts each word begins (`BEGINS`).

        Raises `BadItemError` for an item that is no string of mapped symbols.
        """
        pairs = [item if isinstance(item, tuple) else (item,) for item in items]
        written = [[self._written(part) for part in parts] for parts in pairs]
        texts = [tuple(map(_joined, parts)) for parts in written]
        batch = self.encoder.collate([text if len(text) == 2 else text[0] for text in texts])
        width = 2 + max(len(part) for text in texts for part in text)
        begins: list[int] = []
        before: list[int] = []
        for number, parts in enumerate(written):
            for which in range(2):
                before.append(len(begins))
                words = parts[which] if which < len(parts) else []
                begins += [(2 * number + which) * width + start for start in _starts(words)]
        return {
            **batch,
            BEGINS: torch.tensor(begins),
            BEFORE: torch.tensor(before),
            WIDTH: torch.tensor(width),
        }

    def forward(self, batch: Batch) -> Features:
        inside = {key: value for key, value in batch.items() if key not in (BEGINS, BEFORE, WIDTH)}
        features: Features = self.encoder(inside)
        if features.spans is None:
            return features
        several = isinstance(features.spans, tuple)
        spans = features.spans if isinstance(features.spans, tuple) else (features.spans,)
        found = tuple(_in_symbols(each, features, batch) for each in spans)
        return dataclasses.replace(features, spans=found if several else found[0])

    def _written(self, symbols: Any) -> list[str]:
        """The words of a string, each after a blank."""
        if not isinstance(symbols, str) or not symbols:
            raise BadItemError(f"symbols are mapped to words, but an item is {_kind(symbols)}, not a string of them")
        try:
            return [f" {self._mapping[symbol]}" for symbol in symbols]
        except KeyError as error:
            raise BadItemError(f"the symbol {one_line(repr(error.args[0]))} of an item has no word") from None

    def _check(self) -> None:
        """Raise `SuperbLiteError` unless each word is read as one position, and no two of them alike."""
        if not isinstance(self.encoder, Lexical) or self.encoder.modality is None:
            raise SuperbLiteError(f"{type(self.encoder).__name__} has no words that symbols could be mapped to")
        with torch.no_grad():
            batch = self.collate(list(self._mapping))
            features = self({key: value.to(self.device) for key, value in batch.items()})
        last = len(features.layers) - 1
        spans, real = features.layer_spans(last), features.layer_mask(last)
        if spans is None:
            raise SuperbLiteError(f"{type(self.encoder).__name__} does not say which characters a position covers")
        for (symbol, word), row, mask in zip(self._mapping.items(), spans, real, strict=True):
            if row[mask].tolist() != [[0, 1]]:
                raise SuperbLiteError(
                    f"{type(self.encoder).__name__} does not read '{one_line(word, 50)}', the word for "
                    f"'{one_line(symbol)}', as one token"
                )
        first = features.layers[0][features.layer_mask(0)]
        if len(first.unique(dim=0)) < len(first):
            raise SuperbLiteError(f"{type(self.encoder).__name__} does not tell the words of two symbols apart")


def _joined(words: Sequence[str]) -> str:
    return "".join(words)


def _starts(words: Sequence[str]) -> list[int]:
    """Where each word begins in all of them, joined."""
    return [0, *itertools.accumulate(map(len, words[:-1]))] if words else []


def _in_symbols(spans: Tensor, features: Features, batch: Batch) -> Tensor:
    """(B, T, 2) spans in characters of words -> the same in symbols; what covers nothing goes on covering nothing."""
    text = 2 * features.item[:, None] + (0 if features.segment is None else features.segment)  # (B, 1) or (B, T)
    where = spans + (text * batch[WIDTH])[..., None]
    first = torch.searchsorted(batch[BEGINS], where[..., 0].contiguous(), right=True) - 1
    end = torch.searchsorted(batch[BEGINS], where[..., 1].contiguous())
    found = torch.stack([first, end], dim=-1) - batch[BEFORE][text][..., None]
    real = spans[..., 0] < spans[..., 1]
    return torch.where(real[..., None], found, 0)


def _kind(value: Any) -> str:
    return "empty" if value == "" else f"a {type(value).__name__}"
