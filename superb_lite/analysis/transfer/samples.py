"""Tables of cells as samples: one row for each pretraining seed, so that an interval is about other checkpoints, too.

Within a checkpoint its draws (mapping, weights that are drawn anew, evaluation seed) are averaged; where there is one
checkpoint only, each draw is a row. Rows and test examples are both taken as random (`superb_lite.metrics.statistics`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from superb_lite.analysis.transfer.run import Measured
from superb_lite.metrics.statistics import Sample

Cells = Mapping[tuple[int, int], Measured]
"""The cells of one row of the experiment on one task, by (checkpoint, draw)."""


def table(measured: Sequence[Measured]) -> dict[tuple[str, str], Cells]:
    """Cells by row and name of the task."""
    found: dict[tuple[str, str], dict[tuple[int, int], Measured]] = {}
    for each in measured:
        cell = each.cell
        found.setdefault((cell.row, cell.task.name), {})[cell.checkpoint, cell.draw] = each
    return dict(found)


def units(cells: Cells) -> list[list[Measured]]:
    """The cells of each checkpoint, in order; of each draw where there is one checkpoint."""
    by_checkpoint = [
        [cells[key] for key in keys] for _, keys in itertools.groupby(sorted(cells), key=lambda key: key[0])
    ]
    return by_checkpoint if len(by_checkpoint) > 1 else [[each] for each in by_checkpoint[0]]


def sample_of(cells: Cells) -> Sample:
    """The score of a row on a task."""
    means = [_mean([each.result.sample() for each in unit]) for unit in units(cells)]
    estimate = sum(mean.estimate for mean in means) / len(means)
    return Sample(estimate, np.concatenate([mean.values for mean in means]), means[0].clusters, means[0].grain)


def difference(a: Cells, b: Cells) -> Sample:
    """Paired: by checkpoint, draw and test example; what only one of the two has is left out."""
    mine, other = shared_cells(a, b)
    return sample_of(mine).minus(sample_of(other))


def shared_cells(a: Cells, b: Cells) -> tuple[Cells, Cells]:
    """Those of either whose checkpoint and draw both have."""
    shared = a.keys() & b.keys()
    return {key: a[key] for key in shared}, {key: b[key] for key in shared}


def _mean(samples: Sequence[Sample]) -> Sample:
    """Of samples of one row each."""
    total = samples[0]
    for sample in samples[1:]:
        total = total.plus(sample)
    return total.scaled(1 / len(samples)) if len(samples) > 1 else total


def mean_over_tasks(samples: Sequence[Sample]) -> Sample:
    """The mean of the estimates of tasks, whose rows are the same checkpoints.

    One table with the clusters of all tasks, so that what a checkpoint is worth on all of them counts as a noise of
    checkpoints. Test examples that tasks share stand in one column.
    """
    rows = {len(sample.values) for sample in samples}
    if len(rows) != 1:
        raise ValueError("the samples do not have as many rows")
    columns: dict[str, int] = {}
    for sample in samples:
        for cluster in sample.clusters:
            columns.setdefault(cluster, len(columns))
    values = np.zeros((rows.pop(), len(columns)))
    for sample in samples:
        share = len(columns) / len(sample.clusters) / len(samples)
        values[:, [columns[cluster] for cluster in sample.clusters]] += share * sample.values
    estimate = sum(sample.estimate for sample in samples) / len(samples)
    grain = math.sqrt(sum((sample.grain / len(samples)) ** 2 for sample in samples))
    return Sample(estimate, values, tuple(columns), grain)
