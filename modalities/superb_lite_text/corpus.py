"""Unlabelled text, packed into rows of equal length, so that no position is padding."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from superb_lite.corpus import Corpus, epoch_indices
from superb_lite.errors import SuperbLiteError
from superb_lite.sources import chinese
from superb_lite_text.tokenizer import CLS, SEP, CharacterTokenizer, count_characters


class TextCorpus(Corpus):
    """Documents joined by [SEP] and cut into rows of [CLS] + characters + [SEP].

    Rows may cross documents, as in RoBERTa's FULL-SENTENCES (Liu et al. 2019, section 4.2).

    Args:
        path: a text file, or a directory of .txt files; a paragraph is a document. None: the embedded Chinese text.
        batch_size: rows in a batch. row_length: tokens in a row.
    """

    def __init__(self, *, path: Path | None = None, batch_size: int = 32, seed: int = 0, row_length: int = 64) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed)
        documents = chinese.corpus() if path is None else read_documents(path)
        counted = count_characters(documents) or count_characters(documents, at_least=1)
        self.sources = ("chinese-news", "chinese-reviews") if path is None else (str(path),)
        self.vocabulary = list(counted)
        self.counts = list(counted.values())
        self.rows = pack(documents, CharacterTokenizer(self.vocabulary), row_length)

    def batch(self, step: int) -> Tensor:
        """(B, T) token ids."""
        index = epoch_indices(step, size=len(self.rows), batch_size=self.batch_size, seed=self.seed)
        return torch.from_numpy(self.rows[index])

    def content_hash(self) -> str:
        return hashlib.sha256(self.rows.tobytes()).hexdigest()


def pack(documents: tuple[str, ...], tokenizer: CharacterTokenizer, row_length: int) -> np.ndarray:
    """(R, row_length) int64 rows; the last, incomplete one is filled up from the start of the corpus."""
    stream: list[int] = []
    for document in documents:
        stream += [*tokenizer.encode(document), SEP]
    inner = row_length - 2
    rows = -(-len(stream) // inner)
    body = np.resize(np.array(stream, dtype=np.int64), rows * inner).reshape(rows, inner)
    edge = np.ones((rows, 1), dtype=np.int64)
    return np.concatenate([CLS * edge, body, SEP * edge], axis=1)


def read_documents(path: Path) -> tuple[str, ...]:
    """The paragraphs of a text file, or of all .txt files of a directory in the order of their names."""
    files = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
    if not files:
        raise SuperbLiteError(f"'{path}' holds no .txt file")
    documents: list[str] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise SuperbLiteError(f"cannot read '{file}': {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise SuperbLiteError(f"'{file}' is not UTF-8 (byte {error.start}): convert it first") from None
        documents += [line.strip() for line in text.splitlines() if line.strip()]
    if not documents:
        raise SuperbLiteError(f"'{path}' holds no text")
    return tuple(documents)


def read_lines(path: Path) -> dict[str, str]:
    """The paragraphs that `read_documents` reads, by their number."""
    return {str(number): text for number, text in enumerate(read_documents(path), start=1)}
