"""Audio files as mono float32 waveforms at 16 kHz. What a file is, its content says and not its name."""

from __future__ import annotations

import math
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio
from numpy.typing import NDArray

from superb_lite.errors import SuperbLiteError, reason
from superb_lite.paths import regular_size
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


MOST_SAMPLES = 500_000_000
"""Of all channels; as floating-point numbers they take 2 GB: nine hours of mono at 16 kHz."""

RATES = range(1_000, 768_001)
MOST_CHANNELS = 64
MOST_WEIGHTS = 2**26
"""Of the filters that resample: one for each position between two samples, which are many at rates such as 16001 Hz."""


def _check_format(file: soundfile.SoundFile, path: Path) -> None:
    """Refuse a header that would ask for gigabytes."""
    rate, channels = file.samplerate, file.channels
    if rate not in RATES or channels > MOST_CHANNELS:
        raise SuperbLiteError(
            f"the audio file '{path}' has a rate of {rate} Hz and {channels} channels: "
            f"{RATES[0]} to {RATES[-1]} Hz and up to {MOST_CHANNELS} channels are read"
        )
    common = math.gcd(rate, SAMPLE_RATE)
    if (rate // common) * (SAMPLE_RATE // common) > MOST_WEIGHTS:
        raise SuperbLiteError(f"the audio file '{path}' has a rate of {rate} Hz: resample it to {SAMPLE_RATE} Hz first")


def _check_size(samples: int, path: Path) -> None:
    if samples > MOST_SAMPLES:
        raise SuperbLiteError(
            f"the audio file '{path}' has {samples} samples: cut it, at most {MOST_SAMPLES:,} are read"
        )


def decode(
    path: Path, *, start: int = 0, stop: int | None = None, content: bytes | None = None
) -> tuple[NDArray[np.float32], int]:
    """(frames, channels) samples in [-1, 1] and their rate: frames [start, stop) of a file that is whole.

    libsndfile reads a file that ends before its header says so as far as it goes, without a word; FLAC, MP3 and CAF
    files are found out while they are decoded. An Ogg file, and some rare formats, do not say how long they are.

    content: of the file, where it does not lie at the path, which then names it.

    Raises `SuperbLiteError`, naming the file, for one that cannot be read, ends early or holds NaN.
    """
    if content is None:
        regular_size(path)
    try:
        with soundfile.SoundFile(path if content is None else BytesIO(content)) as file:
            _check_format(file, path)
            for promised, present in _PROMISED.findall(file.extra_info):
                if int(present) < int(promised) < OPEN:
                    raise SuperbLiteError(
                        f"the audio file '{path}' is cut short: its header promises {promised} bytes, "
                        f"the file holds {present}"
                    )
            frames, rate = (file.frames if stop is None else stop) - start, file.samplerate
            file.seek(start)
            _check_size(frames * file.channels, path)
            samples = file.read(-1 if stop is None else stop - start, dtype="float32", always_2d=True)
    # TypeError: of a file without a header. ValueError: of a position or a name that is none.
    except (soundfile.SoundFileError, OSError, TypeError, ValueError) as error:
        raise SuperbLiteError(f"cannot read the audio file '{path}': {reason(error)}") from None
    # The number of frames of an MP3 may be an estimate.
    if len(samples) == 0 or len(samples) < 0.95 * frames:
        raise SuperbLiteError(f"the audio file '{path}' is cut short: {len(samples)} of {frames} frames can be read")
    if not np.isfinite(samples).all():
        raise SuperbLiteError(f"the audio file '{path}' holds NaN or infinity")
    return samples, rate
