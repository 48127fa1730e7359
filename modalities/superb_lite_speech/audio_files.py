"""A person's own recordings: every audio file below a folder, as mono float32 at 16 kHz."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from superb_lite.errors import BadItemError, SuperbLiteError, note
from superb_lite.pretraining.streams.stream import Piece, Sound
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite.tasks.own_folders import folder_items, folder_task
from superb_lite.tasks.task import Task
from superb_lite_sources.audio_files import as_waveform, decode
from superb_lite_speech.items import SAMPLE_RATE, check_item

SUFFIXES = {f".{name.lower()}" for name in soundfile.available_formats() if name != "RAW"} | {".opus", ".aif"}
FULL_SCALE = 0.999
CLIPPED_SHARE = 0.001
SILENCE = 1 / 32768
"""One step of 16 bits."""


def audio_paths(folder: Path) -> list[Path]:
    """The audio files below `folder`, in the order of their paths. Hidden files are left out.

    Raises `SuperbLiteError` for a folder without audio files. Files of other suffixes are noted.
    """
    if not folder.is_dir():
        raise SuperbLiteError(f"'{folder}' is not a directory: give a folder of audio files")
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path, folder)]
    files = [path for path in found if path.suffix.lower() in SUFFIXES]
    if not files:
        raise SuperbLiteError(f"'{folder}' holds no audio file (looked for {', '.join(sorted(SUFFIXES))})")
    if others := sorted(set(found) - set(files)):
        note(f"'{folder}': {len(others)} file(s) left out whose names are not those of audio, such as '{others[0]}'")
    return files


def read_folder(folder: Path) -> Iterator[NDArray[np.float32]]:
    """The waveforms of `audio_paths`, see `AudioReader`."""
    return map(AudioReader(), audio_paths(folder))


def read_pieces(pieces: Iterable[Piece]) -> Iterator[NDArray[np.float32]]:
    """The waveforms of recordings of a stream, see `AudioReader`."""
    read = AudioReader()
    for piece in pieces:
        if not isinstance(piece.content, str):
            yield read(Path(piece.name), piece.content)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


class AudioReader:
    """Reads a file of any format, rate, width and number of channels as mono float32 at 16 kHz.

    What changes or limits the sound (channels averaged, resampled, clipped, silent) is noted on standard error, once
    for each kind. What the file is, its content says and not its name.

    Raises `SuperbLiteError`, naming the file, for one that cannot be read, is cut short, holds NaN, is not scaled to
    [-1, 1], or is shorter than 25 ms.
    """

    def __init__(self) -> None:
        self._noted: set[str] = set()

    def __call__(self, path: Path, content: bytes | Callable[[], Sound] | None = None) -> NDArray[np.float32]:
        """content: of the file, where it does not lie there, or what loads it."""
        samples, rate = content() if callable(content) else decode(path, content=content)
        if samples.shape[1] > 1:
            self._note("channels", f"'{path}' has {samples.shape[1]} channels: they are averaged")
        if rate != SAMPLE_RATE:
            self._note("rate", f"'{path}' is at {rate} Hz: it is resampled to {SAMPLE_RATE} Hz")
        waveform = as_waveform(samples, rate)
        try:
            check_item(str(path), waveform)
        except BadItemError as error:
            raise SuperbLiteError(str(error)) from None
        level = np.abs(samples)
        if level.max() <= SILENCE:
            self._note("silent", f"'{path}' is silent")
        elif (level >= FULL_SCALE).mean() > CLIPPED_SHARE:
            self._note("clipped", f"'{path}' is clipped: {(level >= FULL_SCALE).mean():.1%} of it is at full scale")
        return waveform

    def _note(self, kind: str, text: str) -> None:
        if kind not in self._noted:
            self._noted.add(kind)
            note(f"{text} (said once, for the first such file)")


def audio_task(name: str, folder: Path) -> Task:
    """The task of `audio:DIR`: a folder of recordings for each class, see `own_folders.folder_task`."""
    return folder_task(name, folder, modality="speech", suffixes=SUFFIXES, read=AudioReader(), noun="recording")


def read_items(folder: Path) -> LazyItems:
    """The recordings below a folder, by their paths within it, read when they are used."""
    return folder_items(folder, suffixes=SUFFIXES, read=AudioReader(), noun="recording")


_READER = AudioReader()


def read_bytes(name: str, content: bytes) -> NDArray[np.float32]:
    """A recording out of a table or an archive. name: what errors call it."""
    return _READER(Path(name), content)
