"""What becomes of a person's recordings: converted and noted, or refused in one line that names the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from superb_lite.errors import SuperbLiteError
from superb_lite_speech.audio_files import AudioReader, read_folder
from superb_lite_speech.encoder import SpeechTransformerEncoder


def tone(rate: int, seconds: float = 0.5, frequency: float = 440.0) -> np.ndarray:
    return 0.4 * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


def assert_is_the_tone(wave: np.ndarray) -> None:
    assert wave.dtype == np.float32
    assert wave.shape == (8_000,)
    np.testing.assert_allclose(wave[400:-400], tone(16_000)[400:-400], atol=5e-3)


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
def test_other_rates_are_resampled_and_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str], rate: int) -> None:
    soundfile.write(tmp_path / "a.wav", tone(rate), rate, subtype="FLOAT")
    assert_is_the_tone(AudioReader()(tmp_path / "a.wav")[:8_000])
    assert f"a.wav' is at {rate} Hz: it is resampled to 16000 Hz" in capsys.readouterr().err


def test_channels_are_averaged_and_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hum = tone(16_000, frequency=50.0)
    soundfile.write(tmp_path / "a.wav", np.stack([tone(16_000) + hum, tone(16_000) - hum], axis=1), 16_000)
    assert_is_the_tone(AudioReader()(tmp_path / "a.wav"))
    assert "a.wav' has 2 channels: they are averaged" in capsys.readouterr().err


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_width_of_samples_is_the_same_sound_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], subtype: str
) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16_000), 16_000, subtype=subtype)
    wave = AudioReader()(tmp_path / "a.wav")
    np.testing.assert_allclose(wave, tone(16_000), atol=0.01)
    assert wave.dtype == np.float32
    assert capsys.readouterr().err == ""


def test_clipped_and_silent_recordings_are_used_and_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "loud.wav", np.clip(10 * tone(16_000), -1, 1), 16_000)
    soundfile.write(tmp_path / "quiet.wav", np.zeros(8_000), 16_000)
    assert np.abs(AudioReader()(tmp_path / "loud.wav")).max() > 0.99
    assert not AudioReader()(tmp_path / "quiet.wav").any()
    noted = capsys.readouterr().err
    assert "loud.wav' is clipped: 8" in noted  # per cent: the sine is beyond a quarter of its height
    assert "quiet.wav' is silent" in noted


def test_a_kind_of_conversion_is_noted_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read = AudioReader()
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, tone(8_000), 8_000)
        read(tmp_path / name)
    noted = capsys.readouterr().err
    assert noted.count("\n") == 1
    assert "a.wav" in noted
    assert "said once" in noted


def test_ten_minutes_are_read_whole_and_encoded_in_windows(tmp_path: Path) -> None:
    wave = np.random.default_rng(0).standard_normal(600 * 16_000).astype(np.float32) * 0.1
    soundfile.write(tmp_path / "long.wav", wave, 16_000, subtype="FLOAT")
    item = AudioReader()(tmp_path / "long.wav")
    np.testing.assert_array_equal(item, wave)
    batch = SpeechTransformerEncoder(layers=1).collate([item])
    assert len(batch["item"]) == 30
    assert int(batch["mask"].sum()) == 30_000
    assert batch["spans"][-1, -1].tolist() == [600 * 16_000 - 320, 600 * 16_000]


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (tone(16_000, seconds=0.01), "160 samples: it must have at least 400"),
        (np.where(np.arange(8_000) == 5, np.nan, 0.1), "holds NaN"),
        (np.where(np.arange(8_000) == 5, np.inf, 0.1), "holds NaN or infinity"),
        (tone(16_000) * 32768, r"reaches 1\.311e\+04: scale it to \[-1, 1\]"),
    ],
)
def test_what_no_encoder_could_take_is_refused_by_name(tmp_path: Path, samples: np.ndarray, words: str) -> None:
    soundfile.write(tmp_path / "bad.wav", samples, 16_000, subtype="DOUBLE")
    with pytest.raises(SuperbLiteError, match=rf"bad\.wav.*{words}") as caught:
        AudioReader()(tmp_path / "bad.wav")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("suffix", "share"),
    [
        *((suffix, share) for suffix in ("wav", "aiff", "flac", "mp3") for share in (0.02, 0.5, 0.9)),
        ("ogg", 0.02),
        ("ogg", 0.5),
    ],
)
def test_a_file_that_is_cut_short_is_refused_by_name(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"cut.{suffix}"
    soundfile.write(path, np.random.default_rng(0).standard_normal(32_000) * 0.1, 16_000)
    assert len(AudioReader()(path)) == 32_000
    content = path.read_bytes()
    path.write_bytes(content[: round(share * len(content))])
    with pytest.raises(SuperbLiteError, match=rf"audio file '.*cut\.{suffix}'") as caught:
        AudioReader()(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_wav_file_whose_size_was_left_open_is_read(tmp_path: Path, size: int) -> None:
    """As ffmpeg and sox write them to a pipe."""
    path = tmp_path / "piped.wav"
    soundfile.write(path, tone(16_000), 16_000)
    content = path.read_bytes()
    path.write_bytes(content[:4] + size.to_bytes(4, "little") + content[8:])
    assert_is_the_tone(AudioReader()(path))


def test_content_counts_and_not_the_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "a.flac", tone(16_000), 16_000)
    (tmp_path / "a.flac").rename(tmp_path / "a.wav")
    assert_is_the_tone(AudioReader()(tmp_path / "a.wav"))
    (tmp_path / "b.wav").write_text("this is a text")
    with pytest.raises(SuperbLiteError, match=r"cannot read the audio file '.*b\.wav'"):
        AudioReader()(tmp_path / "b.wav")
    assert capsys.readouterr().err == ""


def test_what_is_left_out_of_a_folder_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16_000), 16_000)
    (tmp_path / "recording.dat").write_bytes((tmp_path / "a.wav").read_bytes())
    (tmp_path / ".hidden.wav").write_bytes(b"junk")
    assert len(list(read_folder(tmp_path))) == 1
    noted = capsys.readouterr().err
    assert "1 file(s) left out" in noted
    assert "recording.dat" in noted
