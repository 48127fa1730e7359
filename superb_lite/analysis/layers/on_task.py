"""Probes of all pretraining seeds on one task, beside those of their random twins."""

from __future__ import annotations

from dataclasses import dataclass

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

    def by_layer(self) -> list[list[Sample]]:
        """For each layer the samples of all seeds."""
        return [self.samples(layer) for layer in range(self.depth)]


def sample_at(probed: Probed, layer: int | str) -> Sample:
    """The score of a layer, or of all layers under learned weights (`LEARNED`)."""
    return (probed.mixed if isinstance(layer, str) else probed.layers[layer]).sample()


def short(task: Cell) -> str:
    """The name of a task without its set."""
    return str(task).rpartition("/")[2]
