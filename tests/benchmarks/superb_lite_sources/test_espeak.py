from __future__ import annotations

import dataclasses
import errno
import json
import os
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite_sources import espeak, voices
from superb_lite_sources.espeak_worker import segments
from superb_lite_sources.utterance import Speech, Utterance

UTTERANCES = [
    Utterance(text="the yellow bird sings over the river", voice="m3"),
    Utterance(text="Simon stops, and keeps a short coat", voice="f3", rate=150, pitch=60, seed=1),
    Utterance(text="six thick books", voice="Mr serious", t60=0.3, snr=10.0, tilt=0.4, seed=2),
]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))


def assert_same(first: list[Speech], second: list[Speech]) -> None:
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        assert (one.utterance, one.phones, one.words) == (other.utterance, other.phones, other.words)
        np.testing.assert_array_equal(one.samples, other.samples)


def cache_file(folder: Path, suffix: str) -> Path:
    (file,) = (folder / "speech").glob(f"*{suffix}")
    return file


def test_each_voice_is_in_one_list_only():
    assert len(espeak.PRETRAINING_VOICES) == len(set(espeak.PRETRAINING_VOICES))
    assert not any(voices.is_drawn(voice) for voice in espeak.PRETRAINING_VOICES)


def test_waveforms_are_16_khz_mono_float32_and_loud_enough():
    for speech in espeak.synthesise(UTTERANCES, name="t"):
        wave = speech.waveform
        assert wave.dtype == np.float32
        assert wave.ndim == 1
        assert 0.5 < len(wave) / 16_000 < 4.0
        assert np.abs(wave).max() <= 1.0
        assert 0.01 < np.sqrt(np.mean(wave**2)) < 0.3


def test_phones_follow_each_other_without_gap_from_first_to_last_sample():
    for speech in espeak.synthesise(UTTERANCES, name="t"):
        assert speech.phones[0].start == 0
        assert speech.phones[-1].end == len(speech.samples)
        for phone, following in zip(speech.phones, speech.phones[1:], strict=False):
            assert phone.start < phone.end == following.start
            assert phone.name or following.name, "two pauses in a row"
        assert not any(mark in phone.name for phone in speech.phones for mark in "',")


def test_pauses_before_and_after_are_quiet_and_move_the_phones():
    plain = Utterance(text="six books", voice="train-low-000", seed=1)
    longer = dataclasses.replace(plain, before=0.5, after=0.25)
    one, other = espeak.synthesise([plain, longer], name="t")
    assert len(other.samples) == pytest.approx(len(one.samples) + 12_000, abs=2)
    assert [p.name for p in one.phones if p.name] == [p.name for p in other.phones if p.name]
    for phone, moved in zip(one.phones[1:], other.phones[1:], strict=False):
        assert moved.start == pytest.approx(phone.start + 8000, abs=2)
    assert other.phones[-1].end == len(other.samples)
    quiet, spoken = other.waveform[:7900], other.waveform[8000:12_000]
    assert np.abs(quiet).max() < 0.02 * np.abs(spoken).max()


def test_words_and_phones_are_those_of_the_text():
    speech = espeak.synthesise(UTTERANCES[:1], name="t")[0]
    assert [w.name for w in speech.words] == UTTERANCES[0].text.split()
    bird = next(w for w in speech.words if w.name == "bird")
    assert [p.name for p in speech.phones if bird.start <= p.start < bird.end] == ["b", "3:", "d"]


def test_phone_times_agree_with_the_sound():
    """Sibilants are high, vowels low, pauses quiet: an independent look at the boundaries."""
    for speech in espeak.synthesise(UTTERANCES[:2], name="t"):
        centroid: dict[str, list[float]] = {"s": [], "i:": [], "oU": [], "V": []}
        energy: dict[bool, list[float]] = {True: [], False: []}
        for phone in speech.phones:
            part = speech.waveform[phone.start : phone.end].astype(float)
            energy[phone.name == ""].append(float(np.mean(part**2)))
            if phone.name in centroid:
                power = np.abs(np.fft.rfft(part)) ** 2
                centroid[phone.name].append(float((power * np.fft.rfftfreq(len(part), 1 / 16_000)).sum() / power.sum()))
        assert min(centroid["s"]) > 2500 > 1500 > max(c for name in ("i:", "oU", "V") for c in centroid[name] or [0])
        assert max(energy[True]) < 0.1 * np.mean(energy[False])


def test_the_same_utterances_sound_the_same_on_any_number_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first = espeak.synthesise(UTTERANCES, name="t", workers=1)
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "other"))
    assert_same(first, espeak.synthesise(UTTERANCES, name="t", workers=2))


def test_second_call_reads_the_cache(monkeypatch: pytest.MonkeyPatch):
    first = espeak.synthesise(UTTERANCES, name="t")
    monkeypatch.setattr(espeak, "_render", lambda *a, **k: pytest.fail("rendered again"))
    assert_same(first, espeak.synthesise(UTTERANCES, name="t"))


@pytest.mark.parametrize("damage", ["flip", "truncate", "not json", "wrong json", "no index"])
def test_a_damaged_cache_entry_is_made_again(tmp_path: Path, damage: str):
    first = espeak.synthesise(UTTERANCES, name="t")
    samples, index = cache_file(tmp_path, ".npy"), cache_file(tmp_path, ".json")
    data = bytearray(samples.read_bytes())
    if damage == "flip":
        data[-1] ^= 1
        samples.write_bytes(data)
    elif damage == "truncate":
        samples.write_bytes(data[: len(data) // 2])
    elif damage == "not json":
        index.write_text("{", encoding="utf-8")
    elif damage == "wrong json":
        index.write_text(json.dumps({"items": [1, 2, 3]}), encoding="utf-8")
    else:
        index.unlink()
    assert_same(first, espeak.synthesise(UTTERANCES, name="t"))
    assert sorted(p.suffix for p in (tmp_path / "speech").iterdir()) == [".json", ".npy"]


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(Utterance)])
def test_every_field_of_an_utterance_changes_the_recipe(field: str):
    value = getattr(UTTERANCES[2], field)
    changed = dataclasses.replace(UTTERANCES[2], **{field: value + (1 if not isinstance(value, str) else "x")})
    assert espeak.recipe_hash([changed]) != espeak.recipe_hash([UTTERANCES[2]])


def test_progress_counts_to_the_end():
    seen: list[tuple[int, int]] = []
    espeak.synthesise(UTTERANCES, name="t", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_an_unknown_voice_is_one_line_that_names_it():
    with pytest.raises(SuperbLiteError, match="nobody") as caught:
        espeak.synthesise([*UTTERANCES, Utterance(text="hello", voice="nobody")], name="t")
    assert "\n" not in str(caught.value)


def test_a_silent_utterance_is_refused():
    with pytest.raises(SuperbLiteError, match="silent"):
        espeak.synthesise([Utterance(text="...", voice="m3")], name="t")


def test_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(espeak, "version", missing)
    with pytest.raises(MissingPackageError, match=r"pip install 'superb-lite\[lite\]'"):
        espeak.synthesise(UTTERANCES, name="t")


def test_a_full_disk_is_one_line_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SuperbLiteError, match="No space left"):
        espeak.synthesise(UTTERANCES[:1], name="t")
    assert list((tmp_path / "speech").iterdir()) == []


def test_segments_merge_pauses_strip_stress_and_end_where_the_next_begins():
    events = [(10, 1, "_"), (20, 1, "'aI"), (50, 3, ",m"), (60, 3, "_:"), (70, 0, "_")]
    phones, words = segments(events, "I am", 90)
    assert phones == [(0, 20, ""), (20, 50, "aI"), (50, 60, "m"), (60, 90, "")]
    assert words == [(20, 50, "I"), (50, 60, "am")]
