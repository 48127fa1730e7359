"""beat: in which quarter of a heart beat 50 ms of an electrocardiogram lie."""

from pathlib import Path

from superb_lite import Example, Task, TaskData, Unit

WINDOW, UNIT = 360, 18
"""Samples, 360 a second."""

TASK = Task(
    name="motion-lite/beat",
    version=1,
    modality="motion",
    form="tag",
    metrics=("unit_accuracy",),
    labels=("first", "second", "third", "fourth"),
    load="superb_lite_motion.beat:load",
    budget=10,
    description="which quarter of the time between two R peaks; one patient, 25 beats: shows the form, ranks nothing",
    source="MIT-BIH arrhythmia database (Moody & Mark 2001, doi:10.13026/C2F305), one record; R peaks found by height",
    licence="ODC-By 1.0",
    corpus="mitdb",
)


def load(root: Path | None) -> TaskData:
    """Windows of a second, those of the first ten seconds to learn from. Stretches outside all beats are left out."""
    import numpy as np

    from superb_lite_motion.sktime_files import TRAINED, heart

    signal, peaks = heart()
    # Which beat, and how far into it, the middle of the stretch lies that begins at each sample.
    beat = np.interp(np.arange(len(signal)) + UNIT // 2, peaks, range(len(peaks)), left=-1, right=-1)
    starts = range(0, len(signal) - WINDOW + 1, WINDOW)
    examples = []
    for start in starts:
        known = [at for at in range(0, WINDOW, UNIT) if beat[start + at] >= 0]
        units = tuple(Unit(at, at + UNIT, int(4 * beat[start + at]) % 4) for at in known)
        examples.append(Example(str(start), (str(start),), units))
    items = {str(start): signal[start : start + WINDOW] for start in starts}
    return TaskData(items, tuple(examples[: TRAINED // WINDOW]), tuple(examples[TRAINED // WINDOW :]))
