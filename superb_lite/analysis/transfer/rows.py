"""The four encoders that are compared, as Kao & Lee 2021 (arXiv:2103.07162) name them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from superb_lite.analysis.mapped_encoder import MappedEncoder, draw_mapping
from superb_lite.analysis.twins import redrawn
from superb_lite.encoders.encoder import Encoder, Lexical
from superb_lite.errors import SuperbLiteError
from superb_lite.seeds import step_seed

SPECIFIC = "specific"
"""Pretrained on such sequences, and reads them itself."""

BERT = "BERT"
"""Pretrained on texts."""

RE_EMB = "re-emb"
"""The body of BERT, with token embeddings that are drawn anew."""

RAND = "rand"
"""The architecture of BERT, with weights that are all drawn anew."""

ROWS = (SPECIFIC, BERT, RE_EMB, RAND)

COMPARISONS = ((BERT, RAND), (BERT, RE_EMB), (SPECIFIC, BERT))
"""Each answers a question: does pretraining on texts help, is it in the embeddings, and what would be better still?"""

_WEIGHTS, _EMBEDDINGS = 1, 2
"""Which draw of a seed, so that both are independent."""


def check_lexical(encoder: Encoder, name: str) -> None:
    """Raise `SuperbLiteError` for an encoder whose words cannot stand for symbols."""
    if not isinstance(encoder, Lexical):
        raise SuperbLiteError(
            f"'{name}' has no words that symbols could be mapped to: give text encoders that were pretrained here, or "
            "hf:NAME"
        )
    if next(encoder.parameters(), None) is None or not encoder.gradients:
        raise SuperbLiteError(f"'{name}' has no weights that could be drawn anew")


def row_encoder(row: str, encoder: Encoder, words: Sequence[str], alphabet: Iterable[str], seed: int) -> MappedEncoder:
    """The encoder of a row, which reads strings of symbols.

    Args:
        row: BERT, RE_EMB or RAND.
        encoder: BERT's, which is left as it is (`check_lexical`).
        words: its words, which take a while to find.
        alphabet: the symbols of a task.
        seed: of the words that stand for them, and of whatever is drawn anew.
    """
    inside: Encoder = encoder
    if row == RAND:
        inside = redrawn(encoder, step_seed(seed, _WEIGHTS))
    elif row == RE_EMB:
        inside = copy.deepcopy(encoder)
        drawn = redrawn(encoder, step_seed(seed, _EMBEDDINGS))
        with torch.no_grad():
            _embeddings(inside).copy_(_embeddings(drawn))
    return MappedEncoder(inside.eval().requires_grad_(False), draw_mapping(words, alphabet, seed))


def _embeddings(encoder: Encoder) -> Tensor:
    """(tokens, D)."""
    assert isinstance(encoder, Lexical)
    return encoder.token_embedding.weight
