"""Means over tasks: languages count alike, whatever number of tasks each of them has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def mean_weights(languages: Sequence[str]) -> list[float]:
    """The weights of tasks in their mean, which is taken within each language first; they add up to one.

    languages: `Task.language` of each. Tasks without a language count as those of one language more.
    """
    counts = Counter(languages)
    return [1 / len(counts) / counts[language] for language in languages]
