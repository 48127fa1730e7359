"""Audio files as mono float32 waveforms at 16 kHz. What a file is, its content says and not its name."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio
from numpy.typing import NDArray

from superb_lite.errors import SuperbLiteError
from superb_lite.sources.acoustics import SAMPLE_RATE


def as_waveform(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(frames, channels) -> (samples,): channels averaged, resampled to 16 kHz."""
    mono = torch.from_numpy(samples.mean(axis=1))
    if rate != SAMPLE_RATE:
        mono = torchaudio.functional.resample(mono, rate, SAMPLE_RATE)
    waveform: NDArray[np.float32] = mono.numpy()
    return waveform


def decode(path: Path, *, start: int = 0, stop: int | None = None) -> tuple[NDArray[np.float32], int]:
    """(frames, channels) samples in [-1, 1] and their rate: frames [start, stop) of a file that is whole.

    Raises `SuperbLiteError`, naming the file, for one that cannot be read or ends early.
    """
    try:
        _check_length(path)
        with soundfile.SoundFile(path) as file:
            promised, rate = (file.frames if stop is None else stop) - start, file.samplerate
            file.seek(start)
            samples = file.read(-1 if stop is None else stop - start, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        reason = " ".join(str(error).split())
        raise SuperbLiteError(f"cannot read the audio file '{path}': {reason}") from None
    # The number of frames of an MP3 may be an estimate.
    if len(samples) == 0 or len(samples) < 0.95 * promised:
        raise SuperbLiteError(f"the audio file '{path}' is cut short: {len(samples)} of {promised} frames can be read")
    return samples, rate


def _check_length(path: Path) -> None:
    """Refuse a WAV or AIFF file that ends before its header says so; libsndfile reads what is there without a word.

    FLAC and MP3 files are found out while they are decoded. An Ogg file does not say how long it is, so one that lost
    its last pages is read as far as it goes.
    """
    with path.open("rb") as file:
        kind, size = file.read(4), file.read(4)
        actual = file.seek(0, io.SEEK_END)
    if kind not in (b"RIFF", b"FORM") or len(size) < 4:
        return
    promised = int.from_bytes(size, "little" if kind == b"RIFF" else "big")
    # Programs that write to a pipe leave the size open: 0, or next to the largest there is. Some count the header too.
    if promised < 0x7FFF0000 and promised > actual:
        raise SuperbLiteError(f"the audio file '{path}' is cut short: {actual} bytes, its header says {promised + 8}")
