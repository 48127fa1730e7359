"""Metrics: fractions of predictions against labels, with what their intervals need.

Most metrics are sums of counts: what one example contributes, and the value of the summed contributions. Writing them
this way makes leave-one-cluster-out values (`superb_lite.metrics.statistics`) a subtraction. A metric that ranks or
sorts all examples at once (Spearman, EER) is computed anew for each cluster that is left out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics import statistics
from superb_lite.tasks.labels import Answer, Example

Prediction = int | float | tuple[int, ...] | tuple[tuple[int, ...], ...] | Answer
"""What a form predicts for an example, by the word in `superb_lite.forms.Form.predicts`:

- "class", "choice": the index of a class, or of one of the example's own choices;
- "number": a number;
- "units": the index of a class for each unit;
- "answer": an `Answer`;
- "symbols": the indices of symbols;
- "similarity": a number, the greater the more alike;
- "speakers": for each unit the indices of the speakers who talk.
"""

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Metric(ABC):
    """How good predictions are. It scores the tasks of every form whose predictions are of a kind that it takes."""

    name: str
    """The word in `Task.metrics`, under which it is registered."""

    predictions: frozenset[str]
    """The kinds of predictions that it scores (`Form.predicts`)."""

    higher_is_better: bool
    """Whether a larger value is a better one."""

    bounds: tuple[float, float] = field(default=(0.0, 1.0), kw_only=True)
    """The least and the greatest value there can be."""

    all_or_nothing: bool = field(default=False, kw_only=True)
    """Whether an example is right or wrong, and counts as much as any other."""

    @abstractmethod
    def score(self, examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
        """The value, a fraction. labels: the names of the classes or symbols."""

    @abstractmethod
    def jackknife(
        self,
        examples: Sequence[Example],
        predictions: Sequence[Prediction],
        labels: Sequence[str],
        clusters: NDArray[np.int64],
    ) -> tuple[float, Counts]:
        """The value, and a leave-one-out pseudo-value for each cluster.

        clusters: for each example the number of its cluster, from 0 on without gaps.
        """


@dataclass(frozen=True)
class CountMetric(Metric):
    """A metric of summed counts."""

    counts: Callable[[Example, Prediction, Sequence[str]], Counts]
    """(example, prediction, names of the classes or symbols) -> (k,) contributions of one example."""

    value: Callable[[Counts], Counts]
    """(..., k) summed contributions -> (...) fractions."""

    def score(self, examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
        rows = [self.counts(e, p, labels) for e, p in zip(examples, predictions, strict=True)]
        return float(self.value(np.sum(rows, axis=0)))

    def jackknife(
        self,
        examples: Sequence[Example],
        predictions: Sequence[Prediction],
        labels: Sequence[str],
        clusters: NDArray[np.int64],
    ) -> tuple[float, Counts]:
        rows = np.array([self.counts(e, p, labels) for e, p in zip(examples, predictions, strict=True)])
        summed = np.zeros((int(clusters.max()) + 1, rows.shape[-1]))
        np.add.at(summed, clusters, rows)
        return float(self.value(rows.sum(axis=0))), statistics.jackknife(summed[None], self.value)[0]


@dataclass(frozen=True)
class WholeMetric(Metric):
    """A metric of all examples at once, which is not a function of summed contributions."""

    whole: Callable[[Sequence[Example], Sequence[Prediction], Sequence[str]], float]
    """(examples, predictions, names of the classes or symbols) -> a fraction."""

    influence: Callable[[Sequence[Example], Sequence[Prediction], Sequence[str]], Counts] | None = None
    """(the same) -> (n,) how much more of an example would change the value, n times, of mean zero: the infinitesimal
    jackknife (Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, chapter 6). None: clusters are left
    out one by one."""

    left_out_up_to: int = 0
    """With so many clusters or fewer they are left out one by one even if there is an `influence`; with more of them
    that takes minutes."""

    def score(self, examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
        return self.whole(examples, predictions, labels)

    def jackknife(
        self,
        examples: Sequence[Example],
        predictions: Sequence[Prediction],
        labels: Sequence[str],
        clusters: NDArray[np.int64],
    ) -> tuple[float, Counts]:
        n = int(clusters.max()) + 1
        value = self.whole(examples, predictions, labels)
        if self.influence is not None and n > self.left_out_up_to:
            influence = self.influence(examples, predictions, labels)
            summed = np.bincount(clusters, influence, minlength=n).astype(np.float64)
            return value, value + n / len(examples) * summed
        left_out = []
        for cluster in range(n):
            kept = np.flatnonzero(clusters != cluster).tolist()
            left_out.append(self.whole([examples[i] for i in kept], [predictions[i] for i in kept], labels))
        return value, n * value - (n - 1) * np.array(left_out)


def ratio(numerator: Counts, denominator: Counts) -> Counts:
    """Elementwise division in which 0 / 0 is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def share(counts: Counts) -> Counts:
    return ratio(counts[..., 0], counts[..., 1])


def f1(counts: Counts) -> Counts:
    """counts: right, predicted, gold."""
    return ratio(2.0 * counts[..., 0], counts[..., 1] + counts[..., 2])


def index(value: object) -> int:
    """The value, which must be the index of a class."""
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not the index of a class")
    return value


def number(value: object) -> float:
    """The value, which must be a number."""
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return float(value)
