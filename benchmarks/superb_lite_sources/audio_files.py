"""Audio files as mono float32 waveforms at 16 kHz. What a file is, its content says and not its name."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio
from numpy.typing import NDArray

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.acoustics import SAMPLE_RATE


def as_waveform(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(frames, channels) -> (samples,): channels averaged, resampled to 16 kHz."""
    mono = torch.from_numpy(samples.mean(axis=1))
    if rate != SAMPLE_RATE:
        mono = torchaudio.functional.resample(mono, rate, SAMPLE_RATE)
    waveform: NDArray[np.float32] = mono.numpy()
    return waveform


OPEN = 0x7FFF0000
"""Programs that write to a pipe leave the size open: 0, or next to the largest there is."""

_PROMISED = re.compile(r"^\s*(?:data|SSND|BODY|Data Size|riff|Riff size)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE)
"""Where libsndfile's log of a WAV, RF64, W64, AIFF, AU or IFF file says that there are fewer bytes than promised."""


def decode(path: Path, *, start: int = 0, stop: int | None = None) -> tuple[NDArray[np.float32], int]:
    """(frames, channels) samples in [-1, 1] and their rate: frames [start, stop) of a file that is whole.

    libsndfile reads a file that ends before its header says so as far as it goes, without a word; FLAC, MP3 and CAF
    files are found out while they are decoded. An Ogg file, and some rare formats, do not say how long they are.

    Raises `SuperbLiteError`, naming the file, for one that cannot be read, ends early or holds NaN.
    """
    try:
        with soundfile.SoundFile(path) as file:
            for promised, present in _PROMISED.findall(file.extra_info):
                if int(present) < int(promised) < OPEN:
                    raise SuperbLiteError(
                        f"the audio file '{path}' is cut short: its header promises {promised} bytes, "
                        f"the file holds {present}"
                    )
            frames, rate = (file.frames if stop is None else stop) - start, file.samplerate
            file.seek(start)
            samples = file.read(-1 if stop is None else stop - start, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError, TypeError) as error:  # TypeError: of a file without a header
        reason = " ".join(str(error).split())
        raise SuperbLiteError(f"cannot read the audio file '{path}': {reason}") from None
    # The number of frames of an MP3 may be an estimate.
    if len(samples) == 0 or len(samples) < 0.95 * frames:
        raise SuperbLiteError(f"the audio file '{path}' is cut short: {len(samples)} of {frames} frames can be read")
    if not np.isfinite(samples).all():
        raise SuperbLiteError(f"the audio file '{path}' holds NaN or infinity")
    return samples, rate
