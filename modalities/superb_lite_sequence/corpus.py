"""Unlabelled sequences in rows of one length; every batch has the same share of each kind."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.corpus import Corpus, epoch_indices
from superb_lite.pretraining.packing import pack
from superb_lite.pretraining.sources import sources_in
from superb_lite_sequence.alphabet import CLS, EMBEDDED, PAD, SEP, Alphabet
from superb_lite_sequence.embedded import KINDS, embedded
from superb_lite_sequence.fingerprints import fingerprints
from superb_lite_sequence.own_items import read_sequences

SPECIAL_TOKENS = 2
"""What a sequence has beside its symbols: [CLS] symbols [SEP]."""

GAP = 4
"""Positions of padding between two sequences of a row, as many as a convolution of 9 symbols sees beyond an end."""

TOTAL = 1_000_000
"""What the counts of the ids add up to, about."""


class Rows:
    """The rows of one kind of sequences, of at most `size` positions.

    A sequence that is longer than a row is cut into crops, of which only the last two may overlap, so that all of them
    are full. Short ones stand in one row, `GAP` positions of padding apart.
    """

    def __init__(self, sequences: Sequence[str], alphabet: Alphabet, size: int) -> None:
        self.symbols = alphabet.encode("".join(sequences)).astype(np.int16)
        longest = size - SPECIAL_TOKENS
        crops: list[tuple[int, int]] = []  # first symbol, and behind the last
        at = 0
        for sequence in sequences:
            length = len(sequence)
            starts = [*range(0, max(1, length - longest), longest), *([length - longest] if length > longest else [])]
            crops += [(at + start, at + min(start + longest, length)) for start in starts]
            at += length
        sizes = [end - start + SPECIAL_TOKENS + GAP for start, end in crops]
        self.rows = [[crops[number] for number in row] for row in pack(sizes, size + GAP)]

    def __len__(self) -> int:
        return len(self.rows)

    def fill(self, number: int, token: NDArray[np.int64], document: NDArray[np.int64]) -> None:
        """Write one row into the first of (T,) positions, of which all are [PAD] and of document 0."""
        at = 0
        for which, (start, end) in enumerate(self.rows[number], start=1):
            stop = at + end - start + SPECIAL_TOKENS
            token[at], token[stop - 1] = CLS, SEP
            token[at + 1 : stop - 1] = self.symbols[start:end]
            document[at:stop] = which
            at = stop + GAP


class SequenceCorpus(Corpus):
    """Sequences of one or several kinds, in rows of at most `row_length` positions.

    Args:
        path: a FASTA file or a table, whose sequences are one kind (see `read_sequences`). None: the embedded ones.
        kinds: of the embedded sequences, joined by +; a batch has as many rows of each, and of one that is named twice
            twice as many.
        batch_size: rows in a batch, at least one for each name.
        seed, workers: see `Corpus`.
        share: of the sequences of each kind; see `Corpus`.
        row_length: positions in a row, at most.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        kinds: str = "dna+dna+protein+music",
        batch_size: int = 12,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        row_length: int = 128,
    ) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed, workers=workers, share=share)
        if row_length < 16:
            raise SuperbLiteError(f"--data.row_length {row_length}: at least 16 positions are needed")
        self.row_length = row_length
        names = kinds.split("+") if path is None else [str(path)]
        if batch_size < len(names):
            raise SuperbLiteError(
                f"--data.batch_size {batch_size}: at least {len(names)}, a row for each of --data.kinds {kinds}"
            )
        self.kinds = tuple(dict.fromkeys(names))
        # The rows of a batch are dealt out to the names by turns, and the first ones have what is left over.
        self.shares = [sum(names[row % len(names)] == kind for row in range(batch_size)) for kind in self.kinds]
        if path is None:
            sequences = {kind: embedded(kind) for kind in self.kinds}
            self.alphabet, self.sources = EMBEDDED, self.kinds
        else:
            own = tuple(read_sequences(path).values())
            sequences = {str(path): own}
            self.alphabet = "".join(sorted(set().union(*own)))
            known = {kind: lambda kind=kind: _all_of(kind) for kind in KINDS}
            self.sources = (*sources_in(fingerprints(own), known), str(path))
        sequences = {kind: tuple(self.part(of_kind)) for kind, of_kind in sequences.items()}
        self._cut(sequences)
        found = [np.bincount(rows.symbols, minlength=len(Alphabet(self.alphabet))) for rows in self.rows]
        mean = np.average([count / count.sum() for count in found], axis=0, weights=self.shares)
        self.counts: list[int] = np.round(TOTAL * mean).astype(int).tolist()
        digest = hashlib.sha256()
        for kind in self.kinds:
            for sequence in sequences[kind]:
                digest.update(f"{len(sequence)} {sequence}\n".encode("utf-8", "surrogatepass"))
        self._digest = digest.hexdigest()

    def _cut(self, sequences: Mapping[str, Sequence[str]]) -> None:
        self.rows = [Rows(sequences[kind], Alphabet(self.alphabet), self.row_length) for kind in self.kinds]

    def batch(self, step: int) -> dict[str, Tensor]:
        """token: (B, T) ids of [CLS] symbols [SEP] and [PAD]; kind: (B,), its place in `kinds`.

        document: (B, T), 1 for the first sequence of a row, 2 for the second, ..., 0 on padding.
        """
        kinds = np.repeat(np.arange(len(self.kinds)), self.shares)
        token = np.full((len(kinds), self.row_length), PAD, dtype=np.int64)
        document = np.zeros_like(token)
        place = 0
        for rows, share in zip(self.rows, self.shares, strict=True):
            for number in epoch_indices(step, size=len(rows), batch_size=share, seed=self.seed):
                rows.fill(number, token[place], document[place])
                place += 1
        longest = int(np.flatnonzero(document.max(axis=0))[-1]) + 1
        made = {"token": token[:, :longest], "document": document[:, :longest], "kind": kinds}
        return {name: torch.from_numpy(column) for name, column in made.items()}

    def held_out(self) -> Corpus:
        """Sequences of the same packages that are neither for pretraining nor in any test."""
        if self.path is not None:
            return super().held_out()
        held = copy.copy(self)
        held.seed = 0
        held._cut({kind: embedded(kind, "held-out") for kind in self.kinds})
        return held

    def content_hash(self) -> str:
        return self._digest


def _all_of(kind: str) -> frozenset[str]:
    return fingerprints(embedded(kind) + embedded(kind, "held-out"))
