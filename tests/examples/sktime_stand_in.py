"""Files in the form and of the size of those that sktime carries, with signals that a formula makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

ACTIVITIES = ("Standing", "Running", "Walking", "Badminton")


def write_sktime(folder: Path) -> Path:
    """A source tree of a package "sktime" that holds data and cannot be imported. Returns its folder."""
    rng = np.random.default_rng(0)
    data = folder / "sktime" / "datasets" / "data"
    for part, utterances in (("TRAIN", 30), ("TEST", 40)):
        moves, voices = [], []
        for kind, name in enumerate(ACTIVITIES):
            for _ in range(10):
                waves = (1 + kind) * np.sin(np.arange(100) * (0.1 + kind) + np.arange(6)[:, None])
                moves.append((waves + 0.3 * rng.standard_normal((6, 100)), name))
        for speaker in range(1, 10):
            for length in rng.integers(7, 30, utterances):
                mean = np.cos(speaker * np.arange(12))[:, None]
                voices.append((mean + 0.5 * rng.standard_normal((12, length)), str(speaker)))
        currents = []
        for kind in range(11):
            for length in rng.integers(100, 300, 13):
                time = np.arange(length)
                wave = np.exp(-time / 20) + np.sin(time * (0.2 + kind / 4)) + 0.3 * rng.standard_normal(length)
                currents.append((10.0 ** (kind % 3) * wave[None], str(kind)))
        write_ts(data / "PLAID" / f"PLAID_{part}.ts", currents)
        write_ts(data / "BasicMotions" / f"BasicMotions_{part}.ts", moves)
        write_ts(data / "JapaneseVowels" / f"JapaneseVowels_{part}.ts", voices)
    time = np.arange(7500)
    pulse = np.exp(-((((time + 150) % 290) - 145) ** 2) / 30) + 0.1 * np.sin(time * 2 * np.pi / 290)
    heart = data / "mitdb" / "mitdb.csv"
    heart.parent.mkdir(parents=True)
    heart.write_text("data,label\n" + "".join(f"{value:.3f},0\n" for value in pulse), encoding="utf-8")
    (folder / "sktime" / "__init__.py").write_text("raise ImportError('only the files are read')\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "sktime"\nversion = "1.2.0"\n'
        '[tool.setuptools]\npackages = ["sktime"]\n[tool.setuptools.package-data]\nsktime = ["datasets/data/*/*"]\n',
        encoding="utf-8",
    )
    return folder


def write_ts(path: Path, cases: list[tuple[np.ndarray, str]]) -> None:
    """A .ts file of recordings (C, T) with their labels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [":".join([*(",".join(f"{v:.4f}" for v in channel) for channel in r), label]) for r, label in cases]
    path.write_text("# made by a formula\n@problemName made\n@data\n" + "\n".join(lines) + "\n", encoding="utf-8")
