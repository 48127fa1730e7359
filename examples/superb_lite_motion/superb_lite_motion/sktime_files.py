"""The recordings that the package sktime carries. It is never imported: only its files are read."""

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from superb_lite import SuperbLiteError
from superb_lite_motion.recordings import Recording, check_item

ACTIVITIES = ("Standing", "Running", "Walking", "Badminton")
"""Of BasicMotions."""

TRAINED = 3600
"""Samples of the electrocardiogram that may be learnt from."""

SWITCHED_ON = 200
"""Samples of a current that are read, of most all that there are."""


def shipped(file: str) -> Path:
    """A file of sktime's data folder. Raises `SuperbLiteError` where it is not installed."""
    spec = importlib.util.find_spec("sktime")
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder, "datasets", "data", file)).is_file():
            return path
    raise SuperbLiteError(f"sktime's file '{file}' is not installed: pip install 'sktime>=1,<2'")


def read_ts(path: Path) -> list[tuple[Recording, str]]:
    """The recordings of a .ts file, each with its label. Raises `SuperbLiteError`, naming a line that is none."""
    found = []
    for number, line in enumerate(path.read_text("utf-8-sig", errors="replace").splitlines(), start=1):
        if line.strip() and line[0] not in "#@":
            *channels, label = line.split(":")
            try:
                recording = np.array([c.split(",") for c in channels], np.float32).T.copy()
            except ValueError as error:
                raise SuperbLiteError(f"'{path}', line {number}: channels of one length are needed: {error}") from None
            check_item(f"{path}, line {number}", recording)
            found.append((recording, label.strip()))
    return found


def labelled(name: str, part: str, labels: Sequence[str]) -> list[tuple[str, Recording, int]]:
    """The recordings of a part ("TRAIN" or "TEST") of a set, each with a name and the index of its label."""
    found = read_ts(shipped(f"{name}/{name}_{part}.ts"))
    return [(f"{part}-{number}".lower(), r, labels.index(label)) for number, (r, label) in enumerate(found)]


def currents(part: str) -> list[tuple[str, Recording, int]]:
    """Currents of appliances (PLAID), as `labelled`, the strongest sample of each at 1: the file mixes units.

    A test recording that stands among those of training, too, is left out.
    """
    known = {recording.tobytes() for _, recording, _ in currents("TRAIN")} if part == "TEST" else set()
    cases = [(name, r[:SWITCHED_ON], label) for name, r, label in labelled("PLAID", part, [str(n) for n in range(11)])]
    scaled = [(name, r / np.abs(r).max(), label) for name, r, label in cases]
    return [case for case in scaled if case[1].tobytes() not in known]


def stretches(part: str) -> Iterator[tuple[str, str, Recording]]:
    """All kinds of recordings that go one way: what each is cut from, its name, and itself."""
    for name, recording, label in labelled("BasicMotions", part, ACTIVITIES):
        if ACTIVITIES[label] != "Standing":  # which looks alike both ways
            yield from ((f"moves-{name}", f"moves-{name}-{at}", recording[at : at + 20]) for at in range(0, 100, 20))
    for kind, cases in (("vowel", labelled("JapaneseVowels", part, "123456789")), ("current", currents(part))):
        yield from ((f"{kind}-{name}", f"{kind}-{name}", recording) for name, recording, _ in cases)


def heart() -> tuple[Recording, NDArray[np.int64]]:
    """20.8 s of one lead of an electrocardiogram, (7500, 1) mV at 360 samples a second, and where its R peaks are."""
    signal = np.loadtxt(shipped("mitdb/mitdb.csv"), np.float32, delimiter=",", skiprows=1, usecols=[0])
    return signal[:, None], find_peaks(signal, height=0.5, distance=100)[0]


def unlabelled() -> list[Recording]:
    """All that may be learnt from."""
    files = [shipped(f"{name}/{name}_TRAIN.ts") for name in ("BasicMotions", "JapaneseVowels")]
    shown = [recording for file in files for recording, _ in read_ts(file)]
    return [*shown, *(recording for _, recording, _ in currents("TRAIN")), heart()[0][:TRAINED]]
