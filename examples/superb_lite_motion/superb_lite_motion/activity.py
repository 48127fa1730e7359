"""activity: what somebody does who wears a watch, from a second of its accelerometer and gyroscope."""

from pathlib import Path
from typing import Any

from superb_lite import Example, Task, TaskData

WINDOW = 10
"""Samples, ten a second."""

TASK = Task(
    name="motion-lite/activity",
    version=1,
    modality="motion",
    form="classify",
    metrics=("accuracy",),
    labels=("Standing", "Running", "Walking", "Badminton"),
    load="superb_lite_motion.activity:load",
    budget=10,
    description="which of four activities; a second at 10 Hz of six axes, recordings whole on one side",
    source="BasicMotions, a student project of J. Clements (2016), UEA archive (Bagnall et al. 2018, arXiv:1811.00075)",
    licence="none is stated: for research; read from the installed package sktime, nothing is passed on",
    corpus="BasicMotions",
)


def load(root: Path | None) -> TaskData:
    """Each recording in pieces, which are one cluster."""
    from superb_lite_motion.sktime_files import labelled

    items: dict[str, Any] = {}
    parts: dict[str, list[Example]] = {"TRAIN": [], "TEST": []}
    for part, examples in parts.items():
        for name, recording, label in labelled("BasicMotions", part, TASK.labels):
            for start in range(0, len(recording), WINDOW):
                items[f"{name}-{start}"] = recording[start : start + WINDOW]
                examples.append(Example(f"{name}-{start}", (f"{name}-{start}",), label, cluster=name))
    return TaskData(items, tuple(parts["TRAIN"]), tuple(parts["TEST"]))
