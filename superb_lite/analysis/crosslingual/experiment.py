"""The whole experiment on groups of encoders; what is finished is kept, so that an interrupted one goes on."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from superb_lite.analysis.crosslingual.crossed import Kind
from superb_lite.analysis.crosslingual.groups import Group, Grouped
from superb_lite.analysis.crosslingual.measure import Json, Material, measure_alignment
from superb_lite.analysis.crosslingual.shifts import Shifts, best_setting
from superb_lite.analysis.crosslingual.transfer import Score, Transfer
from superb_lite.analysis.kept import Kept, encoder_key
from superb_lite.encoders.encoder import Encoder
from superb_lite.evaluation.devices import device_named
from superb_lite.evaluation.run import TaskProgress
from superb_lite.features.store import Progress
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore

PARTS = ("transfer", "alignment", "vector")


@dataclass(frozen=True)
class Found:
    """What was measured; parts that were not are empty."""

    transfer: Sequence[Score] = ()
    alignment: Mapping[str, Json] = field(default_factory=dict)
    """By the name of the encoder, see `measure_alignment`."""
    shifts: Mapping[tuple[str, str], Mapping[str, Json]] = field(default_factory=dict)
    """By (from, to) and encoder, see `Shifts.measure`."""
    settings: Mapping[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    """By (from, to), the layer and the factor that were chosen on every other question."""
    controls: Mapping[tuple[str, str], Mapping[str, Json]] = field(default_factory=dict)
    """What a random vector does at that setting."""


@dataclass(frozen=True)
class Experiment:
    """What is asked for."""

    groups: Grouped
    none: Group | None
    """The untrained twins of those that have read most; None where there are none."""
    material: Material
    kinds: Sequence[Kind] = ()
    trained: Sequence[str] = ()
    """The languages that are fine-tuned in."""
    shifts: Shifts | None = None
    transfer: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of `Transfer`."""

    @property
    def scored(self) -> list[Group]:
        """The groups of the transfer table."""
        return [*([self.none] if self.none else []), *self.groups.alone, self.groups.full]

    def cells(self) -> int:
        """How many encoders are fine-tuned."""
        return len(list(self.transfer_cells().cells()))

    def transfer_cells(self) -> Transfer:
        """What the part `transfer` fine-tunes and tests."""
        return Transfer(self.scored, self.kinds, self.trained, **self.transfer)

    def run(
        self,
        kept: Kept,
        results: ResultStore,
        *,
        parts: Sequence[str] = PARTS,
        device: str = "auto",
        batch_size: int = 32,
        progress: TaskProgress | None = None,
        begins: Callable[[str], Progress] | None = None,
        finished: Callable[[Result], None] | None = None,
    ) -> Found:
        """Measure the parts.

        progress: of fine-tuning. begins: told about each other measurement; returns what takes (done, total).
        finished: given the result of each fine-tuned encoder.
        """
        found = Found()
        start = begins or (lambda what: lambda done, total: None)
        if "alignment" in parts:
            measured = {}
            for group in [*([self.none] if self.none else []), *self.groups.several]:
                for name, encoder in group.encoders.items():
                    encoder.to(device_named(device))
                    compute = functools.partial(
                        measure_alignment,
                        encoder,
                        self.material,
                        name=name,
                        batch_size=batch_size,
                        progress=start(f"words of {name}"),
                    )
                    measured[name] = kept.get_or_compute({"part": "alignment", **self._key(encoder)}, compute)
            found = dataclasses.replace(found, alignment=measured)
        if "vector" in parts and self.shifts is not None:
            found = self._shifted(found, self.shifts, kept, device, start, batch_size)
        if "transfer" in parts and self.kinds:
            scores = self.transfer_cells().run(
                results, device=device, progress=progress, finished=finished, batch_size=batch_size
            )
            found = dataclasses.replace(found, transfer=scores)
        return found

    def _shifted(
        self,
        found: Found,
        shifts: Shifts,
        kept: Kept,
        device: str,
        start: Callable[[str], Progress],
        batch_size: int,
    ) -> Found:
        pivot, *others = self.material.names
        encoders = self.groups.full.encoders
        measured: dict[tuple[str, str], dict[str, Json]] = {}
        settings: dict[tuple[str, str], tuple[int, float]] = {}
        controls: dict[tuple[str, str], dict[str, Json]] = {}
        how = {"alphas": shifts.alphas, "questions": shifts.questions, "layers": shifts.layers}
        for a, b in ((pivot, other) for other in others):
            measured[a, b], controls[a, b] = {}, {}
            for name, encoder in encoders.items():
                encoder.to(device_named(device))
                report = start(f"vector from {a} to {b}, {name}")
                compute = functools.partial(
                    shifts.measure, encoder, a, b, name=name, batch_size=batch_size, progress=report
                )
                asked = {"part": "vector", "pair": [a, b], **how, **self._key(encoder)}
                measured[a, b][name] = kept.get_or_compute(asked, compute)
            layer, alpha = settings[a, b] = best_setting(list(measured[a, b].values()))
            for name, encoder in encoders.items():
                compute = functools.partial(
                    shifts.control, encoder, a, b, layer, alpha, name=name, batch_size=batch_size
                )
                asked = {"part": "control", "pair": [a, b], "at": [layer, alpha], **how, **self._key(encoder)}
                controls[a, b][name] = kept.get_or_compute(asked, compute)
        return dataclasses.replace(found, shifts=measured, settings=settings, controls=controls)

    def _key(self, encoder: Encoder) -> Json:
        """What decides a measurement beside its own settings: the encoder, the words and the sentences."""
        return {
            "analysis": "crosslingual",
            "languages": list(self.material.names),
            "material": self.material.fingerprint,
            **encoder_key(encoder),
        }
