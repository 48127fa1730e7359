"""`audio:DIR`: folders of recordings as a task."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate


def tones(folder: Path, frequency: float, *, rate: int = 8000, count: int = 10) -> None:
    """Stereo files of a quarter of a second, each in another phase."""
    folder.mkdir(parents=True, exist_ok=True)
    time = np.arange(rate // 4) / rate
    for number in range(count):
        wave = 0.5 * np.sin(2 * np.pi * (frequency * time + number / count))
        soundfile.write(folder / f"{number}.wav", np.stack([wave, wave], axis=1), rate)


def test_recordings_are_mono_at_16_khz_and_evaluated(tmp_path: Path) -> None:
    tones(tmp_path / "low", 300)
    tones(tmp_path / "high", 2000, rate=22050)
    name = f"audio:{tmp_path}"
    (task,) = plugins.tasks(name)
    item = task.data().items["low/0.wav"]
    assert item.shape == (4000,)
    assert item.dtype == np.float32
    assert abs(int(np.abs(np.fft.rfft(item)).argmax()) * 4 - 300) <= 4  # bins are 4 Hz apart
    (result,) = evaluate("raw:log-mel", name, seeds=3)
    assert result.score == 1.0


def test_a_recording_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    tones(tmp_path / "low", 300)
    tones(tmp_path / "high", 2000)
    soundfile.write(tmp_path / "low" / "short.wav", np.zeros(20), 16000)
    with pytest.raises(SuperbLiteError, match=r"'.*short\.wav' has 20 samples"):
        evaluate("raw:log-mel", f"audio:{tmp_path}", seeds=1)
