"""Audio files: whole, in parts, cut short. Formats are tested with the speech modality's reader."""

import numpy as np
import pytest
import soundfile

from superb_lite.errors import SuperbLiteError
from superb_lite.sources.audio_files import as_waveform, decode


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
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(SuperbLiteError, match=r"a\.wav' is cut short: 20000 bytes, its header says"):
        decode(path)
