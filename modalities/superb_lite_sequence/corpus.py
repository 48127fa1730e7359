"""Unlabelled sequences, cut into crops of one row each; every batch has as many of each kind."""

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
from superb_lite.pretraining.sources import sources_in
from superb_lite_sequence.alphabet import CLS, EMBEDDED, PAD, SEP, Alphabet
from superb_lite_sequence.embedded import KINDS, embedded
from superb_lite_sequence.fingerprints import fingerprints
from superb_lite_sequence.own_items import read_sequences

SPECIAL_TOKENS = 2
"""What a row has beside its symbols: [CLS] symbols [SEP]."""

TOTAL = 1_000_000
"""What the counts of the ids add up to, about."""


class Crops:
    """All rows of one kind of sequences. size: symbols of a row, at most.

    A sequence that is longer has several, of which only the last two may overlap, so that all of them are full.
    """

    def __init__(self, sequences: Sequence[str], alphabet: Alphabet, size: int) -> None:
        self.symbols = alphabet.encode("".join(sequences)).astype(np.int16)
        starts: list[int] = []
        lengths: list[int] = []
        at = 0
        for sequence in sequences:
            length = len(sequence)
            cuts = [*range(0, max(1, length - size), size), *([length - size] if length > size else [])]
            starts += [at + cut for cut in cuts]
            lengths += [min(length, size)] * len(cuts)
            at += length
        self.starts, self.lengths = np.array(starts), np.array(lengths)

    def __len__(self) -> int:
        return len(self.starts)

    def row(self, number: int) -> NDArray[np.int16]:
        """The symbols of one row."""
        start = self.starts[number]
        return self.symbols[start : start + self.lengths[number]]


class SequenceCorpus(Corpus):
    """Sequences of one or several kinds, in rows of at most `row_length` positions.

    Args:
        path: a FASTA file or a table, whose sequences are one kind (see `read_sequences`). None: the embedded ones.
        kinds: of the embedded sequences, joined by +; a batch has as many rows of each.
        batch_size: rows in a batch; the first kinds have one more where they cannot have the same number.
        seed, workers: see `Corpus`.
        row_length: positions in a row, at most.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        kinds: str = "+".join(KINDS),
        batch_size: int = 32,
        seed: int = 0,
        workers: int = 0,
        row_length: int = 128,
    ) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed, workers=workers)
        if row_length < 16:
            raise SuperbLiteError(f"--data.row_length {row_length}: at least 16 positions are needed")
        self.row_length = row_length
        self.kinds = tuple(kinds.split("+")) if path is None else (str(path),)
        if len(set(self.kinds)) != len(self.kinds) or batch_size < len(self.kinds):
            raise SuperbLiteError(
                f"--data.kinds {kinds}, --data.batch_size {batch_size}: name each kind once, and have a row for each"
            )
        if path is None:
            sequences = {kind: embedded(kind) for kind in self.kinds}
            self.alphabet, self.sources = EMBEDDED, self.kinds
        else:
            own = tuple(read_sequences(path).values())
            sequences = {str(path): own}
            self.alphabet = "".join(sorted(set().union(*own)))
            known = {kind: lambda kind=kind: _all_of(kind) for kind in KINDS}
            self.sources = (*sources_in(fingerprints(own), known), str(path))
        self._cut(sequences)
        shares = [np.bincount(crops.symbols, minlength=len(Alphabet(self.alphabet))) for crops in self.crops]
        mean = np.mean([share / share.sum() for share in shares], axis=0)
        self.counts: list[int] = np.round(TOTAL * mean).astype(int).tolist()
        digest = hashlib.sha256()
        for kind in self.kinds:
            for sequence in sequences[kind]:
                digest.update(f"{len(sequence)} {sequence}\n".encode("utf-8", "surrogatepass"))
        self._digest = digest.hexdigest()

    def _cut(self, sequences: Mapping[str, Sequence[str]]) -> None:
        size = self.row_length - SPECIAL_TOKENS
        self.crops = [Crops(sequences[kind], Alphabet(self.alphabet), size) for kind in self.kinds]

    def batch(self, step: int) -> dict[str, Tensor]:
        """token: (B, T) ids of [CLS] symbols [SEP], [PAD] at the end; kind: (B,), its place in `kinds`."""
        rows: list[tuple[int, NDArray[np.int16]]] = []
        for kind, crops in enumerate(self.crops):
            share = self.batch_size // len(self.kinds) + (kind < self.batch_size % len(self.kinds))
            drawn = epoch_indices(step, size=len(crops), batch_size=share, seed=self.seed)
            rows += [(kind, crops.row(number)) for number in drawn]
        token = np.full((len(rows), SPECIAL_TOKENS + max(len(row) for _, row in rows)), PAD, dtype=np.int64)
        for place, (_, row) in enumerate(rows):
            token[place, 0], token[place, 1 + len(row)] = CLS, SEP
            token[place, 1 : 1 + len(row)] = row
        return {"token": torch.from_numpy(token), "kind": torch.tensor([kind for kind, _ in rows])}

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
