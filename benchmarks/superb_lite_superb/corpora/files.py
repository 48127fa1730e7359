"""What the corpora share: a release below `--root`, its lists, and audio that is read when it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite_sources.audio_files import as_waveform, decode

Waveform = NDArray[np.float32]


@dataclass(frozen=True)
class Recording:
    """An audio file, or the samples [start, end) of it at its own rate."""

    path: Path
    start: int = 0
    end: int | None = None


def read_when_used(recordings: Mapping[str, Recording]) -> LazyItems:
    """Mono float32 waveforms at 16 kHz by key, read at each access; none is kept, since a release has hours of them."""
    return LazyItems(recordings, read, kept_bytes=0)


def read(recording: Recording) -> Waveform:
    """(samples,) in [-1, 1]: channels averaged, resampled to 16 kHz. Raises `SuperbLiteError` that names the file."""
    return as_waveform(*decode(recording.path, start=recording.start, stop=recording.end))


def release(task: str, root: Path | None, names: Sequence[str], layout: str, needed: Sequence[str]) -> Path:
    """The folder of a release below `root`, which holds everything in `needed`.

    Args:
        task: for errors. names: what the folder may be called. layout: what it holds, in words.
        needed: paths inside it that must be there.

    Raises:
        SuperbLiteError: one line that says what is expected and what was found.
    """
    expected = f"expected DIR/{names[0]}/ with {layout}"
    if root is None:
        raise SuperbLiteError(f"{task} reads an official release: give --root DIR; {expected}")
    if not root.is_dir():
        raise SuperbLiteError(f"{task}: --root '{root}' is not a directory; {expected}")
    for name in names:
        folder = root / name
        if folder.is_dir():
            for path in needed:
                if not (folder / path).exists():
                    raise SuperbLiteError(f"{task}: '{folder / path}' is missing; {expected}; found {_found(folder)}")
            return folder
    raise SuperbLiteError(f"{task}: no {' or '.join(names)} in '{root}'; {expected}; found {_found(root)}")


def _found(folder: Path) -> str:
    """The first few names in a folder."""
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    return (", ".join(names[:6]) + (", ..." if len(names) > 6 else "")) or "nothing"


def lines(path: Path) -> list[str]:
    """The lines of a list that hold something. Raises `SuperbLiteError` where it cannot be read as UTF-8."""
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise SuperbLiteError(f"cannot read '{path}': {error}") from None


def existing(path: Path, source: Path) -> Recording:
    """The recording that a list names; refused where it is missing."""
    if not path.is_file():
        raise SuperbLiteError(f"'{source}' names '{path}', which is missing")
    return Recording(path)
