"""A person's own recordings: every audio file below a folder, as mono float32 at 16 kHz."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio
from numpy.typing import NDArray

from superb_lite.errors import BadItemError, SuperbLiteError
from superb_lite.own_tasks import FileItems, folder_items, folder_task
from superb_lite.task import Task
from superb_lite_speech.items import SAMPLE_RATE, check_item

SUFFIXES = {f".{name.lower()}" for name in soundfile.available_formats()} | {".opus", ".aif"}


def read_folder(folder: Path) -> Iterator[NDArray[np.float32]]:
    """The waveforms below `folder`, in the order of their paths.

    Raises `SuperbLiteError`, naming the file, for one that cannot be read, holds NaN, or is shorter than 25 ms; and for
    a folder without audio files.
    """
    if not folder.is_dir():
        raise SuperbLiteError(f"'{folder}' is no folder: give a folder of audio files")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise SuperbLiteError(f"'{folder}' holds no audio file (looked for {', '.join(sorted(SUFFIXES))})")
    for path in files:
        yield read_audio(path)


def read_audio(path: Path) -> NDArray[np.float32]:
    """One file: channels averaged, resampled to 16 kHz."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise SuperbLiteError(f"cannot read the audio file '{path}': {error}") from None
    mono = torch.from_numpy(samples.mean(axis=1))
    if rate != SAMPLE_RATE:
        mono = torchaudio.functional.resample(mono, rate, SAMPLE_RATE)
    waveform: NDArray[np.float32] = mono.numpy()
    try:
        check_item(str(path), waveform)
    except BadItemError as error:
        raise SuperbLiteError(str(error)) from None
    return waveform


def audio_task(name: str, folder: Path) -> Task:
    """The task of `audio:DIR`: a folder of recordings for each class, see `superb_lite.own_tasks.folder_task`."""
    return folder_task(name, folder, modality="speech", suffixes=SUFFIXES, read=read_audio, noun="recording")


def read_items(folder: Path) -> FileItems:
    """The recordings below a folder, by their paths within it, read when they are used."""
    return folder_items(folder, suffixes=SUFFIXES, read=read_audio, noun="recording")
