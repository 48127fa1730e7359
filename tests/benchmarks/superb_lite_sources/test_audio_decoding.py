"""Audio files: whole, in parts, cut short. Formats are tested with the speech modality's reader."""

import numpy as np
import pytest
import soundfile

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.audio_files import as_waveform, decode


@pytest.fixture
def wave(tmp_path):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (8000, 2)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype="FLOAT")
    return tmp_path / "a.wav", samples


def test_a_part_is_that_of_the_whole(wave):
    path, samples = wave
    whole, rate = decode(path)
    assert rate == 8000
    assert np.array_equal(whole, samples)
    assert np.array_equal(decode(path, start=100, stop=300)[0], samples[100:300])
    assert np.array_equal(decode(path, start=7000)[0], samples[7000:])


def test_waveforms_are_mono_at_16_khz(wave):
    path, samples = wave
    assert len(as_waveform(*decode(path))) == 16_000
    assert np.array_equal(as_waveform(samples, 16_000), samples.mean(axis=1))


def test_what_ends_early_is_refused_by_name(wave):
    path, _ = wave
    for part in ({"start": 7900, "stop": 9000}, {"start": 9000}):
        with pytest.raises(SuperbLiteError, match=r"a\.wav'"):
            decode(path, **part)


@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "SVX"])
@pytest.mark.parametrize("missing", [2, 8, 4000])
def test_what_is_cut_short_is_refused_whatever_its_format(tmp_path, kind, missing):
    path = tmp_path / "a.wav"  # what it is, its content says
    soundfile.write(path, np.full(4000, 0.1), 16_000, format=kind, subtype="PCM_16")
    assert len(decode(path)[0]) == 4000
    path.write_bytes(path.read_bytes()[:-missing])
    with pytest.raises(SuperbLiteError, match=r"a\.wav' is cut short: .* promises \d+ bytes, the file holds \d+"):
        decode(path)


def test_a_size_that_was_left_open_is_no_promise(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full(4000, 0.1), 16_000, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    for place in (4, content.index(b"data") + 4):
        content[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert len(decode(path)[0]) == 4000


def test_what_is_no_sound_is_refused_by_name(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.array([0.1, np.nan, 0.1]), 16_000, subtype="FLOAT")
    with pytest.raises(SuperbLiteError, match=r"a\.wav' holds NaN or infinity"):
        decode(path)
    (tmp_path / "a.raw").write_bytes(b"\x00\x01" * 100)
    with pytest.raises(SuperbLiteError, match=r"cannot read the audio file '.*a\.raw'"):
        decode(tmp_path / "a.raw")
