"""Corruptions of text for denoising, as pure functions of sentences and a random generator.

BART (Lewis et al. 2020, arXiv:1910.13461, section 2.2), MASS (Song et al. 2019, arXiv:1905.02450, section 3.1) and T5
(Raffel et al. 2020, arXiv:1910.10683, section 3.1.4). Tokens are ids; sentences are lists of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from superb_lite_text.tokenizer import CLS, FIRST_SENTINEL, MASK, SENTINELS, SEP

IGNORE = -100
"""The target of a position that is not learnt from; what torch's cross entropy leaves out."""

BART_RATE = 0.3
"""The share of tokens that the corruptions of BART mask, leave out, or replace by spans."""

T5_RATE = 0.15
"""The share of tokens that T5's spans replace."""

SPAN_LENGTH = 3.0
"""The mean length of a span of BART and of T5."""

MASS_SHARE = 0.5
"""The length of MASS's span, as a share of the text."""

Sentences = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Denoising:
    """One example: the encoder reads `source`; the decoder reads `given`, and says `target`, position by position."""

    source: list[int]
    given: list[int]
    target: list[int]


Corruption = Callable[[Sentences, np.random.Generator], Denoising]


def token_masking(sentences: Sentences, rng: np.random.Generator) -> list[int]:
    """Every token becomes [MASK] with the probability `BART_RATE`."""
    tokens = _flat(sentences)
    return [MASK if hit else t for t, hit in zip(tokens, rng.random(len(tokens)) < BART_RATE, strict=True)]


def token_deletion(sentences: Sentences, rng: np.random.Generator) -> list[int]:
    """Every token is left out with the probability `BART_RATE`; at least one stays."""
    tokens = _flat(sentences)
    chance = rng.random(len(tokens))
    chance[chance.argmax()] = 1.0
    return [t for t, c in zip(tokens, chance, strict=True) if c >= BART_RATE]


def sentence_permutation(sentences: Sentences, rng: np.random.Generator) -> list[int]:
    """The sentences in random order."""
    return _flat([sentences[i] for i in rng.permutation(len(sentences))])


def document_rotation(sentences: Sentences, rng: np.random.Generator) -> list[int]:
    """The text begins at a random token, and what stood before it comes at the end."""
    tokens = _flat(sentences)
    start = int(rng.integers(len(tokens)))
    return tokens[start:] + tokens[:start]


def text_infilling(sentences: Sentences, rng: np.random.Generator) -> list[int]:
    """Spans are replaced by one [MASK] each, until about `BART_RATE` of the tokens are gone.

    The lengths of spans are Poisson distributed; one of length 0 puts in a [MASK] where nothing was.
    """
    tokens = _flat(sentences)
    lengths = _span_lengths(len(tokens), rng, rate=BART_RATE)
    out: list[int] = []
    at = 0
    for start, length in _place(lengths, len(tokens), rng):
        out += [*tokens[at:start], MASK]
        at = start + length
    return out + tokens[at:]


def bart(sentences: Sentences, rng: np.random.Generator) -> list[int]:
    """Sentence permutation, then text infilling: what BART's large models were trained with (section 3)."""
    return text_infilling([sentence_permutation(sentences, rng)], rng)


def rebuilt(noise: Callable[[Sentences, np.random.Generator], list[int]]) -> Corruption:
    """The task of BART: from the corrupted text say the whole original one."""

    def corrupt(sentences: Sentences, rng: np.random.Generator) -> Denoising:
        tokens = _flat(sentences)
        return Denoising([CLS, *noise(sentences, rng), SEP], [CLS, *tokens], [*tokens, SEP])

    return corrupt


def mass(sentences: Sentences, rng: np.random.Generator) -> Denoising:
    """One span of half the tokens is masked, and the decoder says that span, given nothing but the span before."""
    tokens = _flat(sentences)
    length = max(1, round(MASS_SHARE * len(tokens)))
    start = int(rng.integers(len(tokens) - length + 1))
    inside = range(start, start + length)
    source = [MASK if i in inside else t for i, t in enumerate(tokens)]
    given = [tokens[i - 1] if i - 1 in inside else MASK for i in range(len(tokens))]
    target = [t if i in inside else IGNORE for i, t in enumerate(tokens)]
    return Denoising([CLS, *source, SEP], given, target)


def t5(sentences: Sentences, rng: np.random.Generator) -> Denoising:
    """Spans are replaced by sentinels, and the decoder says each sentinel with what it stands for."""
    tokens = _flat(sentences)
    lengths = _span_lengths(len(tokens), rng, rate=T5_RATE, shortest=1)[: len(SENTINELS) - 1]
    source, said = [CLS], []
    at = 0
    for number, (start, length) in enumerate(_place(lengths, len(tokens), rng)):
        sentinel = FIRST_SENTINEL + number
        source += [*tokens[at:start], sentinel]
        said += [sentinel, *tokens[start : start + length]]
        at = start + length
    said.append(FIRST_SENTINEL + len(lengths))
    return Denoising([*source, *tokens[at:], SEP], [CLS, *said], [*said, SEP])


CORRUPTIONS: dict[str, Corruption] = {
    "masking": rebuilt(token_masking),
    "deletion": rebuilt(token_deletion),
    "permutation": rebuilt(sentence_permutation),
    "rotation": rebuilt(document_rotation),
    "infilling": rebuilt(text_infilling),
    "bart": rebuilt(bart),
    "mass": mass,
    "t5": t5,
}


def _flat(sentences: Sentences) -> list[int]:
    return [t for sentence in sentences for t in sentence]


def _span_lengths(size: int, rng: np.random.Generator, *, rate: float, shortest: int = 0) -> list[int]:
    """Poisson lengths of spans (at least one) that have `rate` of `size` tokens together; the last is cut."""
    left = max(1, round(rate * size))
    lengths: list[int] = []
    while left > 0:
        lengths.append(min(left, max(shortest, int(rng.poisson(SPAN_LENGTH)))))
        left -= lengths[-1]
    return lengths


def _place(lengths: Sequence[int], size: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """(start, length) of spans in random order, anywhere without overlap."""
    free = size - sum(lengths)
    order = rng.permutation(len(lengths))
    gaps = np.sort(rng.integers(0, free + 1, size=len(lengths)))
    before = np.concatenate([[0], np.cumsum(np.array(lengths)[order])[:-1]])
    return [(int(gap + skipped), lengths[i]) for gap, skipped, i in zip(gaps, before, order, strict=True)]
