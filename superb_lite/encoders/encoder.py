"""Encoder and Features: raw items in, the features of every layer out.

Everything that is evaluated is an `Encoder`. It owns its tokeniser or front end, so the evaluator never sees tokens or
frames: it hands over raw items and gets `Features` back, which say for every position which stretch of raw input the
position covers.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, final, runtime_checkable

import torch
from torch import Tensor, nn

from superb_lite.encoders.content_hash import content_hash
from superb_lite.tasks.labels import Item

Batch = dict[str, Tensor]


@runtime_checkable
class Generative(Protocol):
    """What an encoder that is also a language model may offer; protocol `incontext` needs it."""

    def log_likelihood(self, contexts: Sequence[str], continuations: Sequence[str]) -> Tensor:
        """(N,) natural logarithms of the probability of each continuation, all its tokens, after its context.

        A context may be empty. One that is too long for the model keeps its end.
        """
        ...


@runtime_checkable
class Windowed(Protocol):
    """What a language model offers that reads so many tokens at once; `superb-lite analyze shots` says what was cut."""

    def reads_whole(self, contexts: Sequence[str], continuations: Sequence[str]) -> list[bool]:
        """For each of N continuations whether `log_likelihood` reads all of its context."""
        ...


@runtime_checkable
class TextGenerator(Protocol):
    """What an encoder that writes text offers; `superb-lite generate` needs it."""

    def generate(
        self, prompt: str, *, tokens: int, temperature: float, top_k: int | None, top_p: float, seed: int
    ) -> str:
        """The prompt and at most `tokens` tokens after it. Raises `SuperbLiteError` for a setting out of range."""
        ...


@runtime_checkable
class Convertible(Protocol):
    """What an encoder offers that another library can load; `superb-lite convert` needs it.

    formats: the names of `--to`.
    """

    formats: ClassVar[tuple[str, ...]]

    def convert(self, to: str, directory: Path) -> str:
        """Write the encoder in a format; returns one line that says what loads it and what differs.

        Raises `SuperbLiteError` where the format cannot hold this architecture.
        """
        ...


@runtime_checkable
class Lexical(Protocol):
    """What an encoder of texts offers whose words have embeddings; `superb-lite analyze transfer` needs it."""

    @property
    def token_embedding(self) -> nn.Embedding:
        """The table that a token's vector is looked up in."""
        ...

    def words(self) -> tuple[str, ...]:
        """Words, of letters alone, that are one token each, always the same, wherever they stand after a blank."""
        ...

    def redrawn(self) -> Encoder:
        """The same architecture with weights that are drawn anew, by torch's generator, as before any training."""
        ...


@dataclass(frozen=True)
class Features:
    """What an encoder says about a batch of B rows. An item may have several rows (windows over a long document).

    Attributes:
        layers: one (B, T, D) tensor per layer, the input embedding first. Layers may differ in T and D (stages of a
            CNN); a probe then chooses one layer on validation instead of summing them.
        mask: (B, T) bool, True where a position carries input: False on padding and on special tokens. One tensor for
            all layers, or one per layer where T differs.
        item: (B,) int64, the index, within the list given to `collate`, of the item that a row belongs to.
        spans: (B, T, 2), the stretch of raw input that each position covers, half open, in characters or samples. None
            where there is no such stretch (images) or the encoder cannot say; only item-level forms work then.
        segment: (B, T) int64, 0 for the first and 1 for the second text of a pair.
        summary: (B, D), the encoder's own summary of a row, such as the last layer at [CLS].
    """

    layers: tuple[Tensor, ...]
    mask: Tensor | tuple[Tensor, ...]
    item: Tensor
    spans: Tensor | tuple[Tensor, ...] | None = None
    segment: Tensor | None = None
    summary: Tensor | None = None

    def layer_mask(self, layer: int) -> Tensor:
        """(B, T) bool mask of one layer."""
        return self.mask[layer] if isinstance(self.mask, tuple) else self.mask

    def layer_spans(self, layer: int) -> Tensor | None:
        """(B, T, 2) spans of one layer."""
        return self.spans[layer] if isinstance(self.spans, tuple) else self.spans


class Encoder(nn.Module, ABC):
    """Raw items -> `Features`. Subclass it, set `modality`, write `collate`, `forward` and `config`.

    A `modality` of None means that the encoder takes items of any modality.
    """

    modality: ClassVar[str | None]

    pairs: ClassVar[bool] = False
    """Whether a tuple (first, second) of items counts as one item, which is encoded jointly with `Features.segment`."""

    collates_ahead: ClassVar[bool] = True
    """Whether `collate` may run in another thread than `forward`, and while that runs."""

    without_features: tuple[str, ...] = ()
    """Names of parameters that no feature depends on, as those of the output of a language model."""

    pretraining: Mapping[str, Any] | None = None
    """How the weights came about (objective, corpora, seed, steps); None for weights that were never trained."""

    gradients: bool = True
    """Whether gradients reach its weights from here; not where they lie in another process or runtime."""

    untrained: bool = False
    """Whether the weights were drawn at random here (`random:NAME`, `random:DIR`) and never trained."""

    code: str | None = ""
    """SHA-256 of the code of an encoder that no installed package vouches for; a part of its content hash. None: what
    it computes cannot be told from outside, so that its content hash holds for this object only."""

    @abstractmethod
    def collate(self, items: Sequence[Item]) -> Batch:
        """Make one batch of raw items, on the CPU.

        It runs in a thread, ahead of `forward`, so it must leave alone what `forward` uses (see `collates_ahead`).
        The batch holds `item` (B,), as in `Features.item`. Nothing is truncated silently: an item that is too long
        for one row gets several.
        """

    @abstractmethod
    def forward(self, batch: Batch) -> Features:
        """Encode one collated batch."""

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """The keyword arguments that build this encoder again, as plain JSON values."""

    @classmethod
    def lite(cls) -> Self:
        """The default, untrained architecture of the lite recipes; `random:NAME` calls it under a fixed torch seed.

        Override where arguments depend on data (a vocabulary), or where untrained weights need preparation (BatchNorm
        statistics).
        """
        return cls()

    def length(self, item: Item) -> int:
        """Relative cost of an item; the evaluator batches items of similar length together."""
        return 1

    def lengths(self, items: Sequence[Item]) -> list[float]:
        """`length` of each item; an encoder in another process is asked once for all."""
        return [self.length(item) for item in items]

    @property
    def device(self) -> torch.device:
        """Where the parameters are (the CPU for an encoder without any)."""
        tensor = next(itertools.chain(self.parameters(), self.buffers()), None)
        return torch.device("cpu") if tensor is None else tensor.device

    @final
    def content_hash(self) -> str:
        """The hash of `superb_lite.encoders.content_hash`, which the engine computes without asking the encoder."""
        return content_hash(self)
