"""What an encoder of texts offers that predicts masked tokens, as a masked language model does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError

Span = tuple[int, int]
"""A half-open stretch of characters of a text."""


@dataclass(frozen=True)
class MaskedTokens:
    """The M tokens of a text that were masked, span after span, and what the model says stood there.

    Attributes:
        token: (M,) int64, the ids that were masked.
        covers: (M, 2) int64, the characters that each of them covers.
        span: (M,) int64, the index, among the spans that were given for this text, of the one that a token belongs to.
        log_probability: (M, V) float32, natural logarithms over the vocabulary, on the CPU.
    """

    token: Tensor
    covers: Tensor
    span: Tensor
    log_probability: Tensor

    @property
    def right(self) -> Tensor:
        """(M,) bool: whether the likeliest token is the one that was masked."""
        return self.log_probability.argmax(dim=1) == self.token

    def right_spans(self) -> list[bool]:
        """For each span in order, whether all of its tokens are right."""
        return [bool(self.right[self.span == number].all()) for number in self.span.unique().tolist()]


@runtime_checkable
class MaskedLanguageModel(Protocol):
    """What an encoder of texts offers that predicts masked tokens; `superb-lite analyze embryology` needs it."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every token as the tokeniser writes it, in the order of ids."""
        ...

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of the tokens of each text, without special ones."""
        ...

    def predict_masked(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[MaskedTokens]:
        """Each text is read once, with every token that its spans touch masked, all of them at the same time.

        spans: for each text one or several. A text that is too long for one row has windows; a span is predicted in the
        one that holds most of it, and where several do, in the one with most context.

        All texts are one batch, and V numbers come back for each masked token: ask for a few dozen texts at a time.

        Raises `SuperbLiteError` for a span outside its text or without any token, and where masked tokens cannot be
        predicted: by a checkpoint that was saved without what predicts them, or a tokeniser without a mask token.
        """
        ...


def masked_language_model(encoder: Encoder, name: str) -> MaskedLanguageModel:
    """The encoder as one that predicts masked tokens. Raises `SuperbLiteError` for one that cannot."""
    if not isinstance(encoder, MaskedLanguageModel):
        raise SuperbLiteError(
            f"'{name}' does not predict masked tokens: that takes a masked language model, such as text-bert or hf:BERT"
        )
    try:
        encoder.predict_masked(["a"], [[(0, 1)]])
    except SuperbLiteError as error:
        raise SuperbLiteError(f"'{name}': {error}") from None
    return encoder
