"""Probes of all pretraining seeds on one task, beside those of their random twins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from superb_lite.analysis.estimate import across_samples
from superb_lite.analysis.findings import Cell
from superb_lite.analysis.layers.measure import Probed
from superb_lite.metrics.statistics import Sample

LEARNED = "all"
"""What stands for a layer where a head reads all of them under learned weights."""


@dataclass(frozen=True)
class OnTask:
    """Probes on one task: of each pretraining seed, and of its random twin where there is one."""

    task: str
    trained: tuple[Probed, ...]
    twins: tuple[Probed, ...]
    """As many, or none."""

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.trained[0].layers)

    def samples(self, layer: int | str) -> list[Sample]:
        """Of each seed."""
        return [sample_at(probed, layer) for probed in self.trained]

    def gains(self, layer: int | str) -> list[Sample]:
        """Of each seed what it is better by than its twin."""
        return [
            sample_at(a, layer).minus(sample_at(b, layer))
            for a, b in zip(self.trained, self.twins, strict=bool(self.twins))
        ]

    @property
    def floor(self) -> float | None:
        """What the best constant answer scores; None where the task is not calibrated."""
        floor = self.trained[0].mixed.floor
        return float(np.mean(list(floor.values()))) if floor else None

    @property
    def answered(self) -> bool:
        """Whether the heads that read all layers found something: better than those of the twins and than a constant
        answer, with the whole interval. Of a head that found nothing it says nothing where it looks."""
        if self.twins and across_samples(self.gains(LEARNED)).verdict() != "holds":
            return False
        return self.floor is None or across_samples(self.samples(LEARNED)).verdict(above=self.floor) == "holds"

    @property
    def centres(self) -> tuple[float, ...] | None:
        """Of each seed the centre of the learned weights, less that of its twin where there is one: a head prefers some
        layers of random weights, too. None where heads learn no weights."""
        trained = [probed.centre for probed in self.trained]
        twins = [probed.centre for probed in self.twins] or [0.0] * len(trained)
        pairs = [(a, b) for a, b in zip(trained, twins, strict=True) if a is not None and b is not None]
        return tuple(a - b for a, b in pairs) if len(pairs) == len(trained) else None

    def by_layer(self) -> list[list[Sample]]:
        """For each layer the samples of all seeds."""
        return [self.samples(layer) for layer in range(self.depth)]


def sample_at(probed: Probed, layer: int | str) -> Sample:
    """The score of a layer, or of all layers under learned weights (`LEARNED`)."""
    return (probed.mixed if isinstance(layer, str) else probed.layers[layer]).sample()


def short(task: Cell) -> str:
    """The name of a task without its set."""
    return str(task).rpartition("/")[2]
