"""Which tunes are variants of each other."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite_sources.music import related
from superb_lite_sources.music.notes import Note, Voice
from superb_lite_sources.music.related import groups, related_to, runs


def voice(pitches):
    return Voice.of(Note(int(pitch), 1.0, 0) for pitch in pitches)


def drawn(rng, length=40):
    return rng.integers(50, 80, length)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_a_transposed_variant_is_related_and_another_tune_is_not(rng):
    tune, other = drawn(rng), drawn(rng)
    variant = np.concatenate([drawn(rng, 20), tune[10:30] + 5])
    assert groups([voice(other), voice(tune), voice(variant)]) == [0, 1, 1]
    assert related_to([voice(variant), voice(other)], [voice(tune)]) == [True, False]


def test_chains_are_groups(rng):
    first, second, third = drawn(rng), drawn(rng), drawn(rng)
    between = np.concatenate([first[:20], second[:20]])
    after = np.concatenate([second[20:], third[:20], second[:20]])
    assert groups([voice(t) for t in (first, between, second, after, third)])[:4] == [0, 0, 0, 0]


def test_one_run_is_enough_where_that_is_asked_for(rng):
    tune = drawn(rng, 100)
    setting = np.concatenate([drawn(rng, 80), tune[40:51], drawn(rng, 80)])
    assert groups([voice(tune), voice(setting)]) == [0, 1]
    assert groups([voice(tune), voice(setting)], any_of=10) == [0, 0]
    assert groups([voice(tune), voice(setting)], any_of=12) == [0, 1]


def test_what_is_together_by_name(rng):
    tune = drawn(rng)
    voices = [voice(drawn(rng)), voice(tune), voice(tune), voice(drawn(rng))]
    assert groups(voices, together=["a", "b", "c", "a"]) == [0, 1, 1, 0]
    assert groups(voices, share=None, together=["a", "b", "c", "a"]) == [0, 1, 2, 0]


def test_common_runs_say_nothing(monkeypatch):
    scale = voice(range(50, 80))
    assert groups([scale] * 3) == [0, 0, 0]
    monkeypatch.setattr(related, "COMMON", 3)
    assert groups([scale] * 3) == [0, 1, 2]


def test_short_and_silent_voices_are_alone():
    assert groups([voice([60] * 7), Voice.of([]), voice([60] * 7)]) == [0, 1, 2]
    assert related_to([], []) == []


@given(st.lists(st.integers(30, 90), max_size=40))
def test_runs_are_those_of_a_slow_loop(pitches):
    intervals = [max(-24, min(24, b - a)) for a, b in itertools.pairwise(pitches)]
    expected = {tuple(intervals[i : i + 7]) for i in range(len(intervals) - 6)}
    found = runs(voice(pitches))
    assert len(found) == len(expected)
    assert sorted(found.tolist()) == found.tolist()
    assert set(found.tolist()) == {sum((step + 24) * 49**k for k, step in enumerate(run)) for run in expected}
