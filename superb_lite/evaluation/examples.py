"""The examples behind a score: what was asked, what is right, and what an encoder's heads said under each seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import fmean

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, reason
from superb_lite.evaluation.example_scores import NUMBERS, example_scores
from superb_lite.forms import Form, form_of
from superb_lite.media import Media, shown_anyhow, text_of
from superb_lite.metrics import Prediction
from superb_lite.results.files import Predicted
from superb_lite.tasks.labels import Example, Item, TaskData
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class ShownExample:
    """A test example with the predictions of one encoder. Labels and items are those of this machine."""

    id: str
    modality: str
    keys: tuple[str, ...]
    """The ids of its items."""
    said: Mapping[int, Prediction]
    """By evaluation seed, as it was predicted."""
    scores: Mapping[int, float | None]
    """By evaluation seed; see `superb_lite.evaluation.example_scores`."""
    right: Mapping[int, bool | None]
    """By evaluation seed; None where an answer is never just right or wrong."""
    _task: Task = field(repr=False, compare=False)
    _example: Example = field(repr=False, compare=False)
    _items: Mapping[str, Item] = field(repr=False, compare=False)

    @cached_property
    def label(self) -> str:
        """What is right, in words."""
        return form_of(self._task).label_words(self._example, self._task, self._items)

    @cached_property
    def predictions(self) -> Mapping[int, str]:
        """By evaluation seed, in words. Raises `SuperbLiteError` for predictions that are none for the task."""
        form, told = form_of(self._task), self._task
        try:
            return {seed: form.words(said, self._example, told, self._items) for seed, said in self.said.items()}
        except SuperbLiteError:
            raise
        except Exception as error:  # predictions of a stranger may be of any type and shape
            raise _strange(told, error) from None

    @property
    def items(self) -> tuple[Item, ...]:
        """The raw items, which are read now."""
        return tuple(self._items[key] for key in self.keys)

    @property
    def score(self) -> float | None:
        """The mean over the seeds."""
        known = [score for score in self.scores.values() if score is not None]
        return fmean(known) if known else None

    def media(self) -> tuple[Media, ...]:
        """What people see and hear of it, one after the other; made when it is asked for."""
        known = plugins.modalities().get(self.modality)
        show = shown_anyhow if known is None else known.media
        return tuple(shown for item in self.items for shown in show(item))

    @property
    def text(self) -> str | None:
        """Its items where all of them are texts, a line each."""
        return text_of(self.items)


@dataclass(frozen=True)
class Difference:
    """A test example about which two encoders do not agree."""

    a: ShownExample
    b: ShownExample

    @property
    def gap(self) -> float:
        """How much better the first is, in the scores of the example; 0 where it has none."""
        return 0.0 if self.a.score is None or self.b.score is None else self.a.score - self.b.score


def examples(task: Task, predicted: Predicted, root: Path | None = None) -> list[ShownExample]:
    """The test examples that were predicted under every seed, in the order of the task.

    Raises `SuperbLiteError` for data that cannot be loaded, and for predictions that are none for this task.
    """
    found = scored_examples(task, predicted, root)
    for example in found:
        _ = example.predictions  # in words, so that what is none is said now
    return found


def scored_examples(task: Task, predicted: Predicted, root: Path | None = None) -> list[ShownExample]:
    """As `examples`; whether all predictions can be said in words shows when they are asked for."""
    data = task.data(root)
    seeds = sorted(predicted.of_seeds)
    test = [e for e in data.test if seeds and all(e.id in predicted.of_seeds[seed] for seed in seeds)]
    try:
        return _shown(task, data, test, predicted)
    except SuperbLiteError:
        raise
    except Exception as error:  # predictions of a stranger may be of any type and shape
        raise _strange(task, error) from None


def _strange(task: Task, error: Exception) -> SuperbLiteError:
    return SuperbLiteError(f"the predictions on '{task.name}' cannot be shown: {reason(error)}")


def differing(task: Task, a: Predicted, b: Predicted, root: Path | None = None) -> list[Difference]:
    """The examples that two encoders do not predict the same, those first about which they differ most.

    Where the first is right under all seeds and the second wrong under all comes before the reverse. Raises
    `SuperbLiteError` as `examples` does.
    """
    return different(*(examples(task, predicted, root) for predicted in (a, b)))


def different(a: Sequence[ShownExample], b: Sequence[ShownExample]) -> list[Difference]:
    """`differing`, of examples of one task that are at hand."""
    of_b = {example.id: example for example in b}
    pairs = [Difference(one, of_b[one.id]) for one in a if one.id in of_b]
    found = [pair for pair in pairs if pair.a.said != pair.b.said]
    return sorted(found, key=lambda pair: (-abs(pair.gap), -pair.gap))


def _shown(task: Task, data: TaskData, test: list[Example], predicted: Predicted) -> list[ShownExample]:
    form: Form = form_of(task)
    scores = {
        seed: dict(zip((e.id for e in test), example_scores(task, test, [of[e.id] for e in test]), strict=True))
        for seed, of in sorted(predicted.of_seeds.items())
    }
    return [
        ShownExample(
            id=example.id,
            modality=task.modality,
            keys=example.items,
            said={seed: predicted.of_seeds[seed][example.id] for seed in scores},
            scores={seed: of[example.id] for seed, of in scores.items()},
            right={seed: _right(form, of[example.id]) for seed, of in scores.items()},
            _task=task,
            _example=example,
            _items=data.items,
        )
        for example in test
    ]


def _right(form: Form, score: float | None) -> bool | None:
    return None if score is None or form.predicts == NUMBERS else score >= 1.0
