"""Drawn voices: their names and files, and that they are told apart by ear."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import stft

from superb_lite_sources import espeak, voices
from superb_lite_sources.utterance import Speech, Utterance


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))


def test_names_hold_the_split_and_the_register():
    assert voices.drawn("test", "high", 2) == ("test-high-000", "test-high-001")
    assert voices.register_of("train-low-017") == "low"
    for other in ("m3", "test-low-1", "test-mid-001", "other-low-001", "test-low-0010"):
        assert not voices.is_drawn(other)
        with pytest.raises(ValueError, match=other):
            voices.variant(other)


def test_files_differ_and_are_in_range():
    found = [voices.variant(v) for split in ("train", "test") for v in voices.drawn(split, "low", 50)]
    assert len(set(found)) == 100
    assert found[0] == voices.variant.__wrapped__("train-low-000")
    for file in found:
        fields = {line.split()[0]: line.split()[1:] for line in file.splitlines()}
        assert 75 <= int(fields["pitch"][0]) <= 125 < int(fields["pitch"][1]) + 40
        heights = [int(line.split()[3]) for line in file.splitlines() if line.startswith("formant")]
        assert len(heights) == 9
        assert 50 < min(heights) <= max(heights) < 150


def spectrum(speech: Speech) -> np.ndarray:
    """(128,): the mean logarithmic spectrum of what is not silent."""
    _, _, bins = stft(speech.waveform, 16_000, nperseg=256)
    power = np.abs(bins[1:]) ** 2 + 1e-10
    loud = power.sum(axis=0) > 0.05 * np.median(power.sum(axis=0))
    return np.log(power[:, loud]).mean(axis=1)


def test_two_voices_are_further_apart_than_takes_of_one():
    """No near doubles among the first of each list: what one says twice is nearer than what two say."""
    chosen = [*voices.drawn("train", "low", 4), *voices.drawn("test", "low", 4), *voices.drawn("test", "high", 4)]
    texts = (
        "the brave doctor admires an orange island near the river",
        "seven jolly kings borrow the boat and sail home",
    )
    takes = espeak.synthesise([Utterance(text=t, voice=v) for v in chosen for t in texts], name="t")
    spectra = np.array([spectrum(take) for take in takes]).reshape(len(chosen), 2, -1)
    own = np.linalg.norm(spectra[:, 0] - spectra[:, 1], axis=1)
    others = [np.linalg.norm(spectra[a, 0] - spectra[b, 1]) for a, b in itertools.permutations(range(len(chosen)), 2)]
    assert max(own) < min(others)


def test_a_drawn_voice_does_not_depend_on_who_spoke_before():
    """All drawn voices speak through one file of eSpeak NG's."""
    said = [Utterance(text="a warm shore", voice=v) for v in ("test-low-000", "train-high-003", "m3", "test-low-000")]
    together = espeak.synthesise(said, name="t", workers=1)
    alone = [espeak.synthesise([u], name="alone")[0] for u in said]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)
    assert len({s.samples.tobytes() for s in together}) == 3
