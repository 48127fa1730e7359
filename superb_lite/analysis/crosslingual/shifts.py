"""What adding the language vector does, layer by layer and for several factors, as JSON that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from superb_lite.analysis.crosslingual.measure import Material
from superb_lite.analysis.crosslingual.vector import (
    Question,
    converted,
    draw_questions,
    first_tokens,
    language_means,
    likeliest,
    token_owners,
    translated,
)
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.layer_stack import LayerStack
from superb_lite.encoders.masked import masked_language_model
from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import Progress
from superb_lite.tasks.languages import Marked

Json = dict[str, Any]

FEWEST = 4
"""Sentences with a masked word: half of them choose layer and factor, half are reported."""


@dataclass(frozen=True)
class Shifts:
    """How the vector is tried.

    Raises `SuperbLiteError` for a factor or a number of questions that says nothing.
    """

    material: Material
    alphas: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0, 3.0)
    questions: int = 100
    """Sentences with a masked word, of each pair of languages."""
    layers: tuple[int, ...] | None = None
    """None: all."""

    def __post_init__(self) -> None:
        if not self.alphas or any(not 0 < alpha <= 100 for alpha in self.alphas):
            raise SuperbLiteError("--alpha: factors above 0 and up to 100")
        if self.questions < FEWEST:
            raise SuperbLiteError(f"--questions {self.questions}: at least {FEWEST}")

    def asked(self, a: str, b: str) -> list[Question]:
        """The questions of a pair, from the second half of the sentences of a; means are of the first half."""
        words = [x for x, _ in self.material.pairs[a, b]]
        found = draw_questions(self.material.sentences(a)[1::2], words, self.questions)
        if len(found) < FEWEST:
            raise SuperbLiteError(
                f"only {len(found)} sentences of '{a}' have a word whose translation in '{b}' is known: {FEWEST} are "
                "needed"
            )
        return found

    def chosen_layers(self, depth: int) -> tuple[int, ...]:
        """Those that the vector is added at. Raises `SuperbLiteError` for one that is not there."""
        for layer in self.layers or ():
            if not 0 <= layer < depth:
                raise SuperbLiteError(f"--layers {layer}: the encoder has layers 0 to {depth - 1}")
        return tuple(range(depth)) if self.layers is None else self.layers

    def measure(
        self, encoder: Encoder, a: str, b: str, *, name: str, batch_size: int = 32, progress: Progress | None = None
    ) -> Json:
        """From language a to b, for every question what is predicted.

        Returns:
            {"depth": n, "asked": texts, "0": answers without any vector, "layer alpha": answers}, answers being
            {"predicted": [...], "converted": [...], "translated": [...], "chance": [...]} with an entry for each
            question.
        """
        stack, questions, judge = self._ready(encoder, a, b, name)
        layers = self.chosen_layers(stack.depth)
        vector = self._vector(encoder, stack, a, b, batch_size)
        plain = likeliest(encoder, stack, questions, layer=0, shift=0 * vector[0], batch_size=batch_size)
        found: Json = {"depth": stack.depth, "asked": [each.text for each in questions], "0": judge(plain)}
        settings = [(layer, alpha) for layer in layers for alpha in self.alphas]
        for number, (layer, alpha) in enumerate(settings):
            shift = alpha * vector[layer]
            said = likeliest(encoder, stack, questions, layer=layer, shift=shift, batch_size=batch_size)
            found[key(layer, alpha)] = judge(said)
            if progress is not None:
                progress(number + 1, len(settings))
        return found

    def control(
        self, encoder: Encoder, a: str, b: str, layer: int, alpha: float, *, name: str, batch_size: int = 32
    ) -> Json:
        """The answers with a vector of the same length in a random direction."""
        stack, questions, judge = self._ready(encoder, a, b, name)
        vector = self._vector(encoder, stack, a, b, batch_size)[layer]
        direction = torch.randn(len(vector), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        shift = alpha * vector.norm() * (direction / direction.norm()).to(vector.device)
        answers: Json = judge(likeliest(encoder, stack, questions, layer=layer, shift=shift, batch_size=batch_size))
        return {"asked": [each.text for each in questions], **answers}

    def _ready(self, encoder: Encoder, a: str, b: str, name: str) -> Any:
        """The blocks, the questions, and what judges predictions."""
        model = masked_language_model(encoder, name)
        questions = self.asked(a, b)
        texts = [[sentence.text for sentence in self.material.sentences(each)] for each in (a, b)]
        owners = token_owners(model, *texts)
        right = first_tokens(model, self.material.languages.dictionary(a, b), self.material.sentences(b))
        vocabulary = model.vocabulary

        def judge(said: Sequence[int]) -> Json:
            hits, guesses = translated(said, questions, right)
            return {
                "predicted": [vocabulary[token] for token in said],
                "converted": converted(said, owners).tolist(),
                "translated": hits.tolist(),
                "chance": [round(guess, 4) for guess in guesses.tolist()],
            }

        return LayerStack(encoder, questions[0].text, name=name), questions, judge

    def _vector(self, encoder: Encoder, stack: LayerStack, a: str, b: str, batch_size: int) -> Tensor:
        """(layers, D) from the mean of a to that of b."""
        means = [
            language_means(encoder, stack, _texts(self.material.sentences(each)[::2]), batch_size) for each in (a, b)
        ]
        return means[1] - means[0]


def best_setting(measured: Sequence[Json]) -> tuple[int, float]:
    """The layer and factor at which most is converted and translated, over pretraining seeds.

    Every other question is looked at, beginning with the first: what is reported is about the rest. measured: what
    `Shifts.measure` returned for each seed.
    """
    settings = [name for name in measured[0] if " " in name]

    def rating(name: str) -> float:
        parts = [each[name][what][::2] for each in measured for what in ("converted", "translated")]
        return float(sum(sum(part) / len(part) for part in parts))

    layer, alpha = max(settings, key=rating).split(" ")
    return int(layer), float(alpha)


def key(layer: int, alpha: float) -> str:
    """The name of a setting in what `Shifts.measure` returns."""
    return f"{layer} {alpha:g}"


def _texts(sentences: Sequence[Marked]) -> list[str]:
    return [sentence.text for sentence in sentences]
