"""What one encoder answers on one task after k solved examples, and what it says when it is fine-tuned on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite.analysis.kept import Kept, encoder_key
from superb_lite.encoders.encoder import Encoder, Windowed
from superb_lite.features.store import FeatureStore, Progress
from superb_lite.heads.problem import Problem
from superb_lite.metrics import Prediction
from superb_lite.protocols.base import recorded
from superb_lite.protocols.finetune import Finetune, trainable
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.incontext import (
    InContextSettings,
    LanguageModel,
    calibrated,
    likeliest,
    log_likelihoods,
    prompts,
    shots_of,
)
from superb_lite.tasks.labels import Example

UPDATES = 30
"""Of fine-tuning. A few examples are one batch, so that each is an epoch; with fewer updates than Mosbach et al. 2021
(On the stability of fine-tuning BERT, section 6) advise, it would be fine-tuning that looks bad for want of steps."""

Draws = Sequence[Mapping[str, Prediction]]
"""For each draw of solved examples the answer to each test example, by its id."""


@dataclass(frozen=True)
class Answers:
    """After `shots` solved examples."""

    shots: int
    calibrated: Draws
    """By p / q, q after content-free inputs (Zhao et al. 2021)."""
    plain: Draws
    """By p."""
    whole: float | None
    """The share of the prompts that were read from their beginning; None where the model does not say."""
    finetuned: Draws | None
    """Of a linear head on the encoder, both trained on the same examples; None where nothing can be trained."""


def answers_of(
    encoder: Encoder,
    name: str,
    problem: Problem,
    shots: int,
    settings: InContextSettings,
    *,
    kept: Kept,
    finetune: bool,
    progress: Progress | None = None,
) -> Answers:
    """The answers to all test examples, kept on disk as soon as they are there.

    problem: each of its seeds draws solved examples from its own training examples, as `InContext` does.
    Raises `SuperbLiteError` for an encoder without likelihoods.
    """
    model = LanguageModel(encoder, name, settings.batch_size)
    key = {
        "analysis": "shots",
        "task": [problem.task.name, problem.task.version, problem.data.content_hash()],
        "prompt": [problem.task.prompt, list(problem.task.verbalizers)],
        "test": [example.id for example in problem.test],
        "draws": list(problem.seeds),
        "shots": shots,
        **encoder_key(encoder),
    }
    asked = kept.get_or_compute(
        {**key, "settings": recorded(settings)}, lambda: _ask(model, encoder, problem, shots, settings, progress)
    )
    tuned: Draws | None = None
    if finetune and shots and Finetune().takes(problem.form) and trainable(encoder):
        how = fast(Finetune().settings_of(encoder))
        tuned = kept.get_or_compute(
            {**key, "finetune": recorded(how)}, lambda: _finetuned(encoder, name, problem, shots, how)
        )
    return Answers(shots, asked["calibrated"], asked["plain"], asked["whole"], tuned)


def fast(settings: FinetuneSettings) -> FinetuneSettings:
    """How an encoder is fine-tuned on a few examples: nothing is left to choose by, so that the lower rate is taken and
    the last update counts."""
    return dataclasses.replace(
        settings, learning_rates=(min(settings.learning_rates),), epochs=UPDATES, patience=UPDATES
    )


def _ask(
    model: LanguageModel,
    encoder: Encoder,
    problem: Problem,
    shots: int,
    settings: InContextSettings,
    progress: Progress | None,
) -> dict[str, Any]:
    found: dict[str, Any] = {"calibrated": [], "plain": []}
    whole: list[bool] = []
    for number, seed in enumerate(problem.seeds):
        solved = shots_of(problem.train[number], shots, seed)
        rows = log_likelihoods(model, solved, problem.test, problem, settings, progress)
        found["calibrated"].append(likeliest([calibrated(each) for each in rows], problem.test))
        found["plain"].append(likeliest([calibrated(each[:1]) for each in rows], problem.test))
        if isinstance(encoder, Windowed):
            first = [prompts(solved, example, problem, settings)[0][0] for example in problem.test]
            whole += encoder.reads_whole([context for context, _ in first], [answer for _, answer in first])
    found["whole"] = sum(whole) / len(whole) if whole else None
    return found


def _finetuned(
    encoder: Encoder, name: str, problem: Problem, shots: int, how: FinetuneSettings
) -> list[dict[str, Prediction]]:
    """Trained and stopped on the solved examples alone: no further label is looked at."""
    solved: list[tuple[Example, ...]] = [
        tuple(shots_of(train, shots, seed)) for train, seed in zip(problem.train, problem.seeds, strict=True)
    ]
    few = dataclasses.replace(problem, train=solved, validation=solved)
    outcomes = Finetune(how).run(FeatureStore(encoder, None, name=name), few)
    return [dict(outcome.predictions) for outcome in outcomes]
