"""Is the language of a text one vector? The difference of two means, added inside, exchanges it.

At a layer, the mean over all positions of texts of language b minus that of language a is added, alpha times, to every
position of a text of a; what follows is read off the masked word (Liu et al. 2020, arXiv:2010.10041, section 5, mean
difference shift). It was converted where the likeliest token is one of language b, and translated where that token is
the first of the word's translation.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.layer_stack import LayerStack
from superb_lite.encoders.masked import MaskedLanguageModel
from superb_lite.features.batches import to_device
from superb_lite.tasks.languages import Marked, Place

Array = NDArray[np.float64]

OWN = 10
"""A token is of a language where it is so many times as frequent as in the other one."""


@dataclass(frozen=True)
class Question:
    """A sentence in which a word is masked."""

    text: str
    place: Place


def draw_questions(sentences: Sequence[Marked], words: Collection[str], most: int, seed: int = 0) -> list[Question]:
    """One word of each sentence that has any of `words`, in random order of the sentences; no sentence twice."""
    wanted = frozenset(words)
    draw = random.Random(f"{seed}/questions")
    different = list(dict.fromkeys(sentences))
    found: list[Question] = []
    for sentence in draw.sample(different, k=len(different)):
        if len(found) == most:
            break
        if known := [place for place in sentence.places if place.word in wanted]:
            found.append(Question(sentence.text, draw.choice(known)))
    return found


@torch.no_grad()
def language_means(encoder: Encoder, stack: LayerStack, sentences: Sequence[str], batch_size: int = 32) -> Tensor:
    """(layers, D) float64: the means over all positions that stand for characters of the sentences."""
    total: Tensor | None = None
    count = 0
    for first in range(0, len(sentences), batch_size):
        batch = to_device(encoder.collate(list(sentences[first : first + batch_size])), encoder.device)
        with stack.recording() as seen:
            mask = encoder(batch).layer_mask(0)
        sums = torch.stack([layer[mask].double().sum(dim=0) for layer in seen])
        total = sums if total is None else total + sums
        count += int(mask.sum())
    assert total is not None
    return total / count


@torch.no_grad()
def likeliest(
    encoder: Encoder,
    stack: LayerStack,
    questions: Sequence[Question],
    *,
    layer: int,
    shift: Tensor,
    batch_size: int = 32,
) -> list[int]:
    """The likeliest token at the first position of each masked word, with `shift` (D,) added at a layer."""
    assert isinstance(encoder, MaskedLanguageModel)
    vector = shift.to(encoder.device, next(encoder.parameters()).dtype)
    found: list[int] = []
    with stack.adding(layer, vector):
        for first in range(0, len(questions), batch_size):
            some = questions[first : first + batch_size]
            masked = encoder.predict_masked([q.text for q in some], [[(q.place.start, q.place.end)] for q in some])
            found += [int(each.log_probability[0].argmax()) for each in masked]
    return found


def token_owners(model: MaskedLanguageModel, a: Sequence[str], b: Sequence[str]) -> NDArray[np.int8]:
    """(V,) whose each token is: 0 that of language a, 1 that of b, -1 nobody's: in neither, or frequent in both."""
    shares = []
    for sentences in (a, b):
        ids = [token for row in model.token_ids(list(sentences)) for token in row]
        counts = np.bincount(ids, minlength=len(model.vocabulary)).astype(np.float64)
        shares.append(counts / max(1, len(ids)))
    found = np.full(len(model.vocabulary), -1, dtype=np.int8)
    found[(shares[0] > 0) & (shares[0] >= OWN * shares[1])] = 0
    found[(shares[1] > 0) & (shares[1] >= OWN * shares[0])] = 1
    return found


def first_tokens(
    model: MaskedLanguageModel, pairs: Sequence[tuple[str, str]], sentences: Sequence[Marked]
) -> dict[str, frozenset[int]]:
    """For each word the first tokens of its translations, in the form of the dictionary and those of sentences."""
    forms: dict[str, dict[str, None]] = {translation: {translation: None} for _, translation in pairs}
    for text, places in sentences:
        for word, start, end in places:
            if word in forms:
                forms[word][text[start:end]] = None
    written = [(translation, form) for translation, several in forms.items() for form in several]
    first: dict[str, set[int]] = {}
    for (translation, _), tokens in zip(written, model.token_ids([form for _, form in written]), strict=True):
        first.setdefault(translation, set()).update(tokens[:1])
    found: dict[str, set[int]] = {}
    for word, translation in pairs:
        found.setdefault(word, set()).update(first[translation])
    return {word: frozenset(tokens) for word, tokens in found.items()}


def converted(predicted: Sequence[int], owners: NDArray[np.int8]) -> Array:
    """(N,) 1 where the predicted token is of the other language."""
    return np.asarray(owners[np.asarray(predicted)] == 1, dtype=np.float64)


def translated(
    predicted: Sequence[int], questions: Sequence[Question], right: Mapping[str, frozenset[int]]
) -> tuple[Array, Array]:
    """(N,) 1 where the predicted token begins the word's translation, and (N,) how often it would by chance.

    By chance: the share of all questions whose answer it would be.
    """
    answers = [right[question.place.word] for question in questions]
    hits = np.array([token in answer for token, answer in zip(predicted, answers, strict=True)], dtype=np.float64)
    guesses = np.array([np.mean([token in answer for answer in answers]) for token in predicted])
    return hits, guesses
