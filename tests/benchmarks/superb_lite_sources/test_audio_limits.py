"""Headers of audio files that ask for more than the file is worth: refused before memory is taken."""

import os
import resource
import struct
import time

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_sources import audio_files
from superb_lite_sources.audio_files import as_waveform, decode


def refused(path, match):
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(SuperbLiteError, match=match) as caught:
        decode(path)
    assert time.monotonic() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


def wav(path, *, rate=16_000, channels=1, samples=1600, promised=None):
    """A WAV file of 16-bit zeros, written byte by byte so that its header can say anything."""
    data = 2 * channels * samples if promised is None else promised
    header = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", min(36 + data, 2**32 - 1), b"WAVE", b"fmt ", 16, 1, channels,
                         rate, min(rate * channels * 2, 2**32 - 1), 2 * channels, 16)  # fmt: skip
    path.write_bytes(header + b"data" + struct.pack("<I", data) + bytes(2 * channels * samples))
    return path


@pytest.mark.parametrize("rate", [2**31 - 1, 2**31, 999, 768_001])
def test_rates_without_sense(tmp_path, rate):
    refused(wav(tmp_path / "x.wav", rate=rate), "rate of|cannot read the audio file")


@pytest.mark.parametrize("rate", [16_001, 44_101, 383_999])
def test_rates_whose_filters_would_take_gigabytes(tmp_path, rate):
    refused(wav(tmp_path / "x.wav", rate=rate), f"has a rate of {rate} Hz: resample it to 16000 Hz first")


@pytest.mark.parametrize(
    "rate", [8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_056, 44_100, 48_000, 96_000, 192_000]
)
def test_usual_rates_are_read(tmp_path, rate):
    samples, found = decode(wav(tmp_path / "x.wav", rate=rate, samples=rate // 10))
    assert found == rate
    assert abs(len(as_waveform(samples, found)) - 1600) <= 2


def test_many_channels(tmp_path):
    refused(wav(tmp_path / "x.wav", channels=65, samples=160), "and 65 channels")


def test_more_samples_than_fit(tmp_path, monkeypatch):
    monkeypatch.setattr(audio_files, "MOST_SAMPLES", 3199)
    refused(wav(tmp_path / "x.wav", channels=2), "has 3200 samples: cut it, at most 3,199 are read")
    assert len(decode(wav(tmp_path / "x.wav"))[0]) == 1600
    assert len(decode(wav(tmp_path / "x.wav", samples=10_000), start=5, stop=15)[0]) == 10


def test_a_sparse_file_of_gigabytes(tmp_path):
    wav(tmp_path / "x.wav", promised=3 * 2**30)
    os.truncate(tmp_path / "x.wav", 3 * 2**30 + 44)
    refused(tmp_path / "x.wav", "has 1610612736 samples: cut it")


def test_a_pipe_and_a_device_do_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    refused(tmp_path / "pipe.wav", "it is a pipe, not a file")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    refused(tmp_path / "zero.wav", "it is a device, not a file")


def test_names(tmp_path):
    refused(tmp_path / "a\0b.wav", r"a\\x00b\.wav")
    for name, shown in (("caf\udce9.wav", r"caf\\udce9\.wav"), ("two\nlines\x1b.wav", r"two\\nlines\\x1b\.wav")):
        (tmp_path / name).write_bytes(b"nothing")
        refused(tmp_path / name, shown)
    assert len(decode(wav(tmp_path / "two\nlines.wav"))[0]) == 1600
