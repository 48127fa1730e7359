"""incontext: a language model answers after a prompt with a few solved examples (Brown et al. 2020). No gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from superb_lite.encoders.encoder import Encoder, Generative
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.store import FeatureStore, Progress
from superb_lite.forms import Form
from superb_lite.forms.choose import Choose
from superb_lite.forms.classify import Classify
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.metrics import Prediction
from superb_lite.protocols.base import Protocol, recorded
from superb_lite.tasks.labels import Example

Request = tuple[str, str]
"""A context and its continuation."""


@dataclass(frozen=True)
class InContextSettings:
    """How prompts are made."""

    shots: tuple[int, ...] = (0, 1, 4)
    """The numbers of solved examples to choose from."""
    content_free: tuple[str, ...] = ("N/A", "[MASK]", "")
    """Texts that say nothing, for the calibration (Zhao et al. 2021, section 5)."""
    separator: str = "\n\n"
    """Between the examples of a prompt."""
    batch_size: int = 32
    """Requests at a time."""


class InContext(Protocol):
    """The answer whose likelihood grows most over what it is after a prompt without content.

    classify: the answers are the task's `verbalizers`, or its labels. choose: they are the example's own choices. With
    p(answer) the likelihood, normalised over the answers, and q its mean over content-free inputs, the answer with the
    largest p / q is taken (Zhao et al. 2021, contextual calibration). Each seed draws its solved examples from its own
    training examples, the classes in turn; how many is chosen on its validation examples.
    """

    name: ClassVar[str] = "incontext"
    forms: ClassVar[tuple[type[Form], ...]] = (Classify, Choose)
    any_encoder: ClassVar[bool] = False

    def __init__(self, config: InContextSettings | None = None) -> None:
        self.config = config or InContextSettings()

    def settings(self, form: Form, encoder: Encoder) -> dict[str, Any]:
        return recorded(self.config)

    def run(self, features: FeatureStore, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        model = LanguageModel(features.encoder, features.name, self.config.batch_size)
        outcomes = []
        for number, seed in enumerate(problem.seeds):
            shots = shots_of(problem.train[number], max(self.config.shots), seed)
            validation = problem.validation[number]
            ratings: dict[int, tuple[float, float]] = {}
            for k in (k for k in self.config.shots if k <= len(shots)):
                asked = self._log_probabilities(model, shots[:k], validation, problem, None)
                loss = float(np.mean([-row[_right(e)] for row, e in zip(asked, validation, strict=True)]))
                ratings[k] = problem.rating(likeliest(asked, validation), validation), -loss
            best = max(ratings, key=ratings.__getitem__)
            asked = self._log_probabilities(model, shots[:best], problem.test, problem, progress)
            chosen = {
                "shots": best,
                "validation_score": round(problem.signed(ratings[best][0]), 4),
                "validation_loss": round(-ratings[best][1], 4),
            }
            parameters = {"encoder": 0, "head": 0}
            outcomes.append(Outcome(seed, likeliest(asked, problem.test), chosen, parameters))
        return outcomes

    def _log_probabilities(
        self,
        model: LanguageModel,
        shots: Sequence[Example],
        examples: Sequence[Example],
        problem: Problem,
        progress: Progress | None,
    ) -> list[list[float]]:
        """For each example the calibrated log probability of each of its answers."""
        found = log_likelihoods(model, shots, examples, problem, self.config, progress)
        return [calibrated(rows) for rows in found]


def log_likelihoods(
    model: LanguageModel,
    shots: Sequence[Example],
    examples: Sequence[Example],
    problem: Problem,
    settings: InContextSettings,
    progress: Progress | None = None,
) -> list[list[list[float]]]:
    """For each example (1 + J, C) log likelihoods of its C answers after the solved examples: of its own question, and
    of those whose texts are the J `content_free` ones."""
    requests = [prompts(shots, example, problem, settings) for example in examples]
    known = model.log_likelihoods([r for example in requests for group in example for r in group], progress)
    return [[[known[r] for r in group] for group in example] for example in requests]


def prompts(
    shots: Sequence[Example], example: Example, problem: Problem, settings: InContextSettings
) -> list[list[Request]]:
    """What is asked for an example, as in `log_likelihoods`."""
    solved = [ask(problem, e, answers(problem, e)[_right(e)]) for e in shots]
    before = "".join(f"{context}{answer}{settings.separator}" for context, answer in solved)
    found = []
    for content in (None, *settings.content_free):
        asked = [ask(problem, example, answer, content) for answer in answers(problem, example)]
        found.append([(before + context, answer) for context, answer in asked])
    return found


def calibrated(rows: Sequence[Sequence[float]]) -> list[float]:
    """The log of p / q for each of C answers, normalised.

    rows: (1 + J, C) log likelihoods after the input, and after J inputs without content. p and q are normalised over
    the answers, q is the mean over the J inputs. An answer that is impossible after all of these is not corrected.
    """
    asked = torch.tensor(rows, dtype=torch.float64).log_softmax(dim=1)
    if len(asked) == 1:
        return list(asked[0].tolist())
    usual = asked[1:].exp().mean(dim=0).log()
    corrected = asked[0] - torch.where(usual.isfinite(), usual, 0.0)
    values: list[float] = corrected.log_softmax(dim=0).tolist()
    return values


def answers(problem: Problem, example: Example) -> tuple[str, ...]:
    """What the model may answer."""
    if isinstance(problem.form, Choose):
        return tuple(_text(problem, item) for item in example.items[1:])
    return problem.task.verbalizers or problem.task.labels


def ask(problem: Problem, example: Example, answer: str, content: str | None = None) -> Request:
    """The task's prompt as a context and a continuation. content: stands in for every text of the example."""
    shown = example.items[:1] if isinstance(problem.form, Choose) else example.items
    texts = [_text(problem, item) if content is None else content for item in shown]
    plain = "{first}\n{second}\n{label}" if len(texts) == 2 else "{first}\n{label}"
    template = problem.task.prompt or plain
    context = template.removesuffix("{label}").format(first=texts[0], second=texts[-1])
    # Most tokenisers make a space a part of the word that follows it, so it belongs to the answer.
    kept = context.rstrip(" ")
    return kept, context[len(kept) :] + answer


def shots_of(train: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Up to `count` training examples in random order, the labels in turn."""
    order = [train[i] for i in np.random.default_rng(seed).permutation(len(train))]
    seen: dict[Any, int] = {}
    turn = []
    for example in order:
        turn.append(seen.get(example.label, 0))
        seen[example.label] = turn[-1] + 1
    ranked = sorted(range(len(order)), key=lambda i: turn[i])
    return [order[i] for i in ranked[:count]]


class LanguageModel:
    """A language model that is asked each thing once.

    Raises `SuperbLiteError` for an encoder that is none.
    """

    def __init__(self, encoder: Encoder, name: str, batch_size: int) -> None:
        if not isinstance(encoder, Generative):
            raise SuperbLiteError(
                f"encoder {name}: protocol 'incontext' needs a language model, and it has no log_likelihood"
            )
        self._encoder, self._name, self._batch_size = encoder, name, batch_size
        self._known: dict[Request, float] = {}

    @torch.no_grad()
    def log_likelihoods(self, requests: Sequence[Request], progress: Progress | None) -> Mapping[Request, float]:
        new = [request for request in dict.fromkeys(requests) if request not in self._known]
        new.sort(key=lambda request: (len(request[0]) + len(request[1]), request))
        for start in range(0, len(new), self._batch_size):
            part = new[start : start + self._batch_size]
            with foreign_errors(f"encoder {self._name}: log_likelihood failed"):
                found = self._encoder.log_likelihood([c for c, _ in part], [a for _, a in part])
                values = torch.as_tensor(found).double().cpu()
            if values.shape != (len(part),) or bool(values.isnan().any()):
                raise SuperbLiteError(
                    f"encoder {self._name}: log_likelihood must return a number for each of {len(part)} continuations"
                )
            self._known.update(zip(part, values.tolist(), strict=True))
            if progress is not None:
                progress(start + len(part), len(new))
        return self._known


def _text(problem: Problem, item: str) -> str:
    text = problem.data.items[item]
    if not isinstance(text, str):
        kind = type(text).__name__
        raise SuperbLiteError(f"task '{problem.task.name}': item '{item}' is a {kind}: 'incontext' reads text only")
    return text


def _right(example: Example) -> int:
    assert isinstance(example.label, int)
    return example.label


def likeliest(rows: Sequence[Sequence[float]], examples: Sequence[Example]) -> dict[str, Prediction]:
    """The number of the answer with the largest value in its row, by the id of the example."""
    return {e.id: max(range(len(row)), key=row.__getitem__) for e, row in zip(examples, rows, strict=True)}
