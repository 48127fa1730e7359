"""What a board ranks: columns, and weighted means of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from superb_lite.results.means import mean_weights
from superb_lite_leaderboard.board import Column

Weights = Mapping[str, float]
"""What is ranked: the weighted sum of these columns."""

ListKey = tuple[str, ...]
"""("overall",), ("modality", M), ("language", M, LANGUAGE), ("set", M, SET) or ("task", COLUMN)."""


def lists(columns: Sequence[Column]) -> dict[ListKey, Weights]:
    """All that is ranked on a board; means only of columns that all have a scale."""
    found: dict[ListKey, Weights] = {("task", column.key): {column.key: 1.0} for column in columns}
    means: dict[ListKey, Weights] = {}
    for (modality, language), group in languages(columns).items():
        means["language", modality, language] = _mean(group)
    for (modality, name), group in sets(columns).items():
        means["set", modality, name] = _mean(group)
    of_modality = modalities(columns)
    for modality, group in of_modality.items():
        means["modality", modality] = _mean(group)
    overall = [
        (key, weight / len(of_modality)) for group in of_modality.values() for key, weight in _mean(group).items()
    ]
    if overall:
        means["overall",] = dict(overall)
    calibrated = {column.key for column in columns if column.scale is not None}
    return found | {key: weights for key, weights in means.items() if weights.keys() <= calibrated}


def modalities(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """The columns by modality."""
    found: dict[str, list[Column]] = {}
    for column in columns:
        found.setdefault(column.task.modality, []).append(column)
    return found


def languages(columns: Sequence[Column]) -> dict[tuple[str, str], list[Column]]:
    """The columns by (modality, language), of the modalities that stand on the board in several."""
    return _several(
        [((column.task.modality, column.task.language), column) for column in columns if column.task.language]
    )


def sets(columns: Sequence[Column]) -> dict[tuple[str, str], list[Column]]:
    """The columns by (modality, task set), of the modalities of which several sets stand on the board."""
    return _several([((column.task.modality, column.task.name.split("/")[0]), column) for column in columns])


def _several(columns: Sequence[tuple[tuple[str, str], Column]]) -> dict[tuple[str, str], list[Column]]:
    found: dict[tuple[str, str], list[Column]] = {}
    for key, column in columns:
        found.setdefault(key, []).append(column)
    counts = Counter(modality for modality, _ in found)
    return {key: group for key, group in found.items() if counts[key[0]] > 1}


def _mean(columns: Sequence[Column]) -> Weights:
    weights = mean_weights([column.task.language for column in columns])
    return {column.key: weight for column, weight in zip(columns, weights, strict=True)}
