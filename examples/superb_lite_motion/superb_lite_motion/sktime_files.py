"""The recordings that the package sktime carries. It is never imported: only its files are read."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from superb_lite import SuperbLiteError
from superb_lite_motion.recordings import Recording, check_item

TRAINED = 3600
"""Samples of the electrocardiogram that may be learnt from."""


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


def heart() -> tuple[Recording, NDArray[np.int64]]:
    """20.8 s of one lead of an electrocardiogram, (7500, 1) mV at 360 samples a second, and where its R peaks are."""
    signal = np.loadtxt(shipped("mitdb/mitdb.csv"), np.float32, delimiter=",", skiprows=1, usecols=[0])
    return signal[:, None], find_peaks(signal, height=0.5, distance=100)[0]


def unlabelled() -> list[Recording]:
    """All that may be learnt from."""
    files = [shipped(f"{name}/{name}_TRAIN.ts") for name in ("BasicMotions", "JapaneseVowels")]
    return [*(recording for file in files for recording, _ in read_ts(file)), heart()[0][:TRAINED]]
