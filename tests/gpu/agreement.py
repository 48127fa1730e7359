"""Encoders evaluated on a device and on the CPU: do the scores agree?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from superb_lite import evaluate, plugins
from superb_lite.encoders.encoder import Encoder
from superb_lite.tasks.task import Task
from tests.superb_lite.toy_sequences import PairEncoder, sequence_task
from tests.superb_lite.toy_tasks import ToyEncoder

TOLERANCE = 0.02
"""How far apart two scores, fractions, may be.

Features differ in their last digits (sums in another order, convolutions in TF32), and a head that is chosen on
validation may then be another one that is about as good.
"""

SEEDS = 3

COPIES = 16
"""How often each number of a made-up item is repeated."""


@dataclass(frozen=True)
class Agreement:
    """One encoder on one task, on two devices.

    Attributes:
        encoder: its reference.
        task: its name, and the protocol where it is not the task's first.
        cpu, device: the scores, fractions.
        cpu_seconds, device_seconds: what the evaluations took, heads (which are always trained on the CPU) included.
    """

    encoder: str
    task: str
    cpu: float
    device: float
    cpu_seconds: float
    device_seconds: float

    @property
    def holds(self) -> bool:
        """Whether the scores agree within `TOLERANCE`."""
        return abs(self.cpu - self.device) <= TOLERANCE


def columns() -> list[tuple[str, Task]]:
    """Every architecture, untrained, and every baseline, with the first task of its modality that needs no download."""
    return [
        (name if name.startswith("raw:") else f"random:{name}", plugins.embedded_tasks(spec.modality)[0])
        for name, spec in plugins.architectures().items()
    ]


def fine_tuned() -> list[tuple[str, Encoder, Task]]:
    """An encoder for each form whose head reads sequences, with a made-up task that it can learn to the last example.

    Their losses and their decoding look at numbers, which no test without a device can try on one.
    """
    found: list[tuple[str, Encoder, Task]] = []
    for kind in ("span", "transcribe", "diarize"):
        encoder = PairEncoder() if kind == "span" else ToyEncoder(3 * COPIES)
        encoder.untrained = True  # so that it is trained at the rates of small encoders that know nothing
        found.append((f"toy {kind}", encoder, sequence_task(kind, train=300, copies=COPIES)))
    return found


def compare(
    name: str,
    encoder: str | Encoder,
    task: Task,
    *,
    device: str,
    seeds: int = SEEDS,
    protocol: str | None = None,
) -> Agreement:
    """Evaluate an encoder twice, on the CPU and on a device. protocol: None for the first of the task."""
    scores, seconds = [], []
    for where in ("cpu", device):
        started = time.perf_counter()
        (result,) = evaluate(encoder, task, device=where, seeds=seeds, protocol=protocol)
        seconds.append(time.perf_counter() - started)
        scores.append(result.score)
    column = task.name if protocol is None else f"{task.name} {protocol}"
    return Agreement(name, column, scores[0], scores[1], seconds[0], seconds[1])


def row(agreement: Agreement) -> list[str]:
    """The cells of one encoder: names, both scores in percent, seconds, and whether they agree."""
    return [
        agreement.encoder,
        agreement.task,
        f"{100 * agreement.cpu:.1f}",
        f"{100 * agreement.device:.1f}",
        f"{agreement.cpu_seconds:.0f}",
        f"{agreement.device_seconds:.0f}",
        "yes" if agreement.holds else "**no**",
    ]


HEADER = ["encoder", "task", "CPU", "GPU", "CPU, s", "GPU, s", "agree"]
