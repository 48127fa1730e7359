"""The score of the best layer, without a layer being chosen by what it is then shown on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from superb_lite.metrics.statistics import Sample


def best_layer(samples: Sequence[Sequence[Sample]]) -> tuple[list[Sample], tuple[int, int]]:
    """The scores of seeds at the best layer, and the layers that were best on the two halves of the test examples.

    On each half the layer stands that was best on the other half, in the mean over seeds (cross-fitting), so that the
    largest of several noisy numbers is not taken for a large one.

    samples: for each layer the samples of seeds, all on the same clusters.
    """
    first = samples[0][0]
    tables = np.array([[_columns(sample, first).mean(axis=0) for sample in layer] for layer in samples])  # (L, S, n)
    odd = np.arange(len(first.clusters)) % 2 == 1
    by_layer = tables.mean(axis=1)  # (L, n)
    on_even, on_odd = int(by_layer[:, ~odd].mean(axis=1).argmax()), int(by_layer[:, odd].mean(axis=1).argmax())
    best = np.where(odd, tables[on_even], tables[on_odd])  # (S, n)
    return [Sample(float(row.mean()), row[None], first.clusters) for row in best], (on_even, on_odd)


def at_layer(samples: Sequence[Sequence[Sample]], layer: int) -> list[Sample]:
    """The scores of seeds at one layer, as `best_layer` gives them."""
    first = samples[0][0]
    rows = [_columns(sample, first).mean(axis=0) for sample in samples[layer]]
    return [Sample(float(row.mean()), row[None], first.clusters) for row in rows]


def _columns(sample: Sample, like: Sample) -> np.ndarray:
    """(seeds, n) in the order of the clusters of another sample."""
    if sample.clusters == like.clusters:
        return sample.values
    column = {cluster: number for number, cluster in enumerate(sample.clusters)}
    return sample.values[:, [column[cluster] for cluster in like.clusters]]
