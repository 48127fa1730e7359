"""Unlabelled text: documents cut at the ends of sentences, and packed into rows of equal length."""

from __future__ import annotations

import copy
import functools
import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_utf8
from superb_lite.pretraining.corpus import WINDOW, Corpus, epoch_indices
from superb_lite.pretraining.packing import pack
from superb_lite.pretraining.sources import sources_in
from superb_lite.pretraining.streams.stream import Piece
from superb_lite_sources import arithmetic, chinese, english
from superb_lite_text.kept import Text, kept_texts, kept_tokenizer
from superb_lite_text.rows import lay_out
from superb_lite_text.tokenizer import CLS, SEP, TextTokenizer, train_tokenizer

LARGEST = 2**30
"""The largest file in bytes: all of it is held in memory."""

_ENDS = "。！？.!?։՞।؟"
"""Of Chinese and Western sentences, and of Armenian, Indian and Arabic script."""
_SENTENCE = re.compile(rf"[^{_ENDS}]*[{_ENDS}]+[”’」』)\]\"']*\s*|[^{_ENDS}]+$")


HELD_ENGLISH = 7
"""One in so many documents of another seed is held out, as the Chinese part for tasks is a seventh of that for
pretraining."""

MOST_SUMS = 10**6
"""All of them are held in memory."""

WHOLE = 2**31
"""Tokens: no document has as many."""

SPECIAL_TOKENS = 3
"""What a text may have beside its sentences: [CLS] a [SEP] b [SEP]."""


@functools.cache
def embedded() -> tuple[str, ...]:
    """The documents of the lite corpus, Chinese and English."""
    return (*chinese.corpus(), *english.corpus())


SHORTEST_PIECE = 8
"""Characters; shorter sentences may stand in any text."""


def _pieces(documents: Iterable[str]) -> frozenset[str]:
    """The sentences of documents without their spaces, which tools put in and take out."""
    pieces = ("".join(sentence.split()) for document in documents for sentence in split_sentences(document))
    return frozenset(piece for piece in pieces if len(piece) >= SHORTEST_PIECE)


_PARTS: tuple[chinese.Part, ...] = ("pretrain", "train", "test")
_EMBEDDED = {
    "chinese-news": lambda: _pieces(sentence.text for part in _PARTS for sentence in chinese.news(part)),
    "chinese-reviews": lambda: _pieces(review.text for part in _PARTS for review in chinese.reviews(part)),
    "english": lambda: _pieces(english.corpus()),
}


@functools.cache
def lite_tokenizer() -> dict[str, Any]:
    """The tokeniser of the lite corpus, as `TextTokenizer` takes it."""
    return kept_tokenizer(embedded(), lambda: train_tokenizer(embedded(), merges=3000, at_least=10))


@functools.cache
def lite_texts(size: int) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """The Chinese and the English texts of the lite corpus, kept because every objective of a run reads them."""
    tokenizer = TextTokenizer(lite_tokenizer())
    in_chinese, in_english = (
        kept_texts(documents, lite_tokenizer(), size, functools.partial(cut, documents, tokenizer, size))
        for documents in (chinese.corpus(), english.corpus())
    )
    return in_chinese, in_english


class TextCorpus(Corpus):
    """Documents, tokenised, cut into texts, and packed into rows of at most `row_length` tokens.

    A text is whole sentences of one document, as many as fit; only a sentence that is too long by itself is cut. A row
    holds one text or several, so that little of it is padding; a model must not look from one to another (`document`
    says which is which).

    Args:
        path: a text file, or a directory of .txt files; a paragraph is a document. Or a stream of documents. None: the
            embedded text.
        batch_size: rows in a batch.
        seed, workers: see `Corpus`.
        share: of the texts; see `Corpus`. The tokeniser is that of all of them.
        window: see `Corpus`.
        row_length: tokens in a row, at most.
        english: how often the embedded English is shown in an epoch; it is the smaller part of the corpus, and small
            languages are often sampled more than their share (Devlin et al. 2018, multilingual BERT).
        sums: how many sums of two-digit numbers are added to the text, none of them a tested one. The tokeniser is that
            of the text without them.
        vocabulary: how many tokens there are. The tokeniser of own text learns as many; what it does not find, and
            what that of the embedded text has not, are tokens [unused0], [unused1], ... that no text has, as in BERT's
            vocabulary. None: those of 4,000 merges, or of the embedded text.
        stream: the documents in one long row, cut into full ones without padding: a row begins anywhere, and a position
            may see the document before (Radford et al. 2019, section 2.1; Liu et al. 2019, FULL-SENTENCES).
    """

    streamed = "text"

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 21,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        window: int = WINDOW,
        row_length: int = 96,
        english: int = 1,
        sums: int = 0,
        vocabulary: int | None = None,
        stream: bool = False,
    ) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed, workers=workers, share=share, window=window)
        self.sources: tuple[str, ...]
        if row_length < 8:
            raise SuperbLiteError(f"--data.row_length {row_length}: at least 8 tokens are needed")
        if english < 1:
            raise SuperbLiteError(f"--data.english {english}: it must be at least 1")
        if not 0 <= sums <= MOST_SUMS:
            raise SuperbLiteError(f"--data.sums {sums}: a number from 0 to {MOST_SUMS}")
        self.row_length = row_length
        self.stream = stream
        size = WHOLE if stream else row_length - SPECIAL_TOKENS
        if path is None:
            self.sources, self.tokenizer, self.texts = self.embedded(size, english)
        else:
            documents = read_documents(path) if self.shards is None else _documents(self.first_pieces(self.shards))
            self.sources = (*sources_in(_pieces(documents), _EMBEDDED), str(path))
            self.tokenizer = TextTokenizer(train_tokenizer(documents, vocabulary=vocabulary))
            self.texts = tuple(self.part(cut(documents, self.tokenizer, size)))
        if vocabulary is not None:
            self.tokenizer = self.tokenizer.filled(vocabulary)
        if sums and self.shards is not None:
            raise SuperbLiteError("--data.sums: nothing is added to a stream; put the sums into a shard")
        if sums:
            self.texts += cut(arithmetic.documents(sums), self.tokenizer, size)
            self.sources = (*self.sources, arithmetic.SOURCE)
        self._lay_rows()
        tokens = np.concatenate([np.array(sentence) for text in self.texts for sentence in text])
        self.counts: list[int] = np.bincount(tokens, minlength=len(self.tokenizer)).tolist()
        self._digest = hashlib.sha256(tokens.tobytes() + np.array([len(text) for text in self.texts]).tobytes())

    def embedded(self, size: int, english: int) -> tuple[tuple[str, ...], TextTokenizer, tuple[Text, ...]]:
        """The sources, the tokeniser and the texts of at most `size` tokens that are read, where there is no path."""
        in_chinese, in_english = lite_texts(size)
        return tuple(_EMBEDDED), TextTokenizer(lite_tokenizer()), tuple(self.part(in_chinese + english * in_english))

    def _lay_rows(self) -> None:
        """Decide which texts, or which stretches of the stream, make up each row."""
        if not self.stream:
            self.rows = pack([sum(map(len, text)) + SPECIAL_TOKENS for text in self.texts], self.row_length)
            return
        self.tokens = np.array([token for text in self.texts for token in (CLS, *flat(text), SEP)], dtype=np.int32)
        if len(self.tokens) < self.row_length:
            raise SuperbLiteError(
                f"the text has {len(self.tokens)} tokens, less than --data.row_length {self.row_length}"
            )
        self.rows = [[start] for start in range(0, len(self.tokens) - self.row_length + 1, self.row_length)]

    def drawn(self, step: int) -> list[list[Text]]:
        """The texts of each row of one step."""
        return [[self.texts[n] for n in row] for row in self._rows_of(step)]

    def _rows_of(self, step: int) -> list[list[int]]:
        indices = epoch_indices(step, size=len(self.rows), batch_size=self.batch_size, seed=self.seed)
        return [self.rows[i] for i in indices]

    def batch(self, step: int) -> dict[str, Tensor]:
        """token: (B, T) ids of [CLS] text [SEP] [CLS] text [SEP] ..., [PAD] at the end; document: see `lay_out`.

        A stream has no documents.
        """
        if self.stream:
            made = [self.tokens[start : start + self.row_length] for (start,) in self._rows_of(step)]
            return {"token": torch.from_numpy(np.stack(made).astype(np.int64))}
        rows = [[[CLS, *flat(text), SEP] for text in row] for row in self.drawn(step)]
        token, document = lay_out(rows)
        return {"token": token, "document": document}

    def held_out(self) -> Corpus:
        """What the tasks are trained on (newspaper and reviews), and new documents of the English grammar."""
        if self.path is not None:
            return super().held_out()
        held = copy.copy(self)
        known = set(english.corpus())
        written = [document for document in english.corpus(english.SEED + 1) if document not in known]
        documents = (*chinese.corpus("train"), *written[::HELD_ENGLISH])
        size = WHOLE if self.stream else self.row_length - SPECIAL_TOKENS
        held.seed, held.texts = 0, cut(documents, self.tokenizer, size)
        held._lay_rows()
        return held

    def renewed(self, pieces: Iterable[Piece], *, first: int, seed: int) -> Self:
        window = copy.copy(self)
        window.seed = seed
        window.texts = cut(
            _documents(pieces), self.tokenizer, WHOLE if self.stream else self.row_length - SPECIAL_TOKENS
        )
        window._lay_rows()
        return window

    def batches_an_epoch(self) -> int:
        return max(1, len(self.rows) // self.batch_size)

    def content_hash(self) -> str:
        return self._digest.hexdigest()


def _documents(pieces: Iterable[Piece]) -> tuple[str, ...]:
    return tuple(str(piece.content) for piece in pieces)


def flat(text: Text) -> list[int]:
    """The tokens of a text."""
    return [t for sentence in text for t in sentence]


def cut(documents: Sequence[str], tokenizer: TextTokenizer, size: int) -> tuple[Text, ...]:
    """Texts of consecutive whole sentences of one document, together at most `size` tokens."""
    sentences = [split_sentences(document) for document in documents]
    encoded = iter(tokenizer.encode([sentence for document in sentences for sentence in document]))
    out: list[Text] = []
    for document in sentences:
        rows: list[list[tuple[int, ...]]] = [[]]
        room = size
        for _ in document:
            ids = next(encoded).ids
            for piece in (ids[start : start + size] for start in range(0, len(ids), size)):
                if len(piece) > room:
                    rows.append([])
                    room = size
                rows[-1].append(tuple(piece))
                room -= len(piece)
        out += [tuple(row) for row in rows if row]
    return tuple(out)


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, with what ends them; together they are the text."""
    return _SENTENCE.findall(text)


def read_documents(path: Path) -> tuple[str, ...]:
    """The paragraphs of a text file, or of all .txt files of a directory in the order of their names."""
    files = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
    if not files:
        raise SuperbLiteError(f"'{path}' holds no .txt file")
    documents: list[str] = []
    for file in files:
        text = read_utf8(file, limit=LARGEST)
        documents += [line.strip() for line in text.splitlines() if line.strip()]
    if not documents:
        raise SuperbLiteError(f"'{path}' holds no text")
    return tuple(documents)


def read_lines(path: Path) -> dict[str, str]:
    """The paragraphs that `read_documents` reads, by their number."""
    return {str(number): text for number, text in enumerate(read_documents(path), start=1)}
