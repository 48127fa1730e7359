"""Music as a string."""

import math

from hypothesis import given
from hypothesis import strategies as st

from superb_lite_sources.music.alphabet import ALPHABET, DURATIONS, PITCHES, WIDTH, middle, written
from superb_lite_sources.music.notes import Note, Voice

LENGTHS = st.sampled_from([0.125, 0.25, 1 / 3, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0])
PITCH = st.none() | st.integers(20, 110)
VOICES = st.lists(st.tuples(PITCH, LENGTHS), max_size=30).map(lambda notes: Voice.of(Note(p, d, 0) for p, d in notes))


def slowly(voice):
    """The same, note by note."""
    pitches = sorted(int(p) for p in voice.pitch if p >= 0)
    centre = pitches[(len(pitches) - 1) // 2] if pitches else 60
    lengths = sorted(voice.duration.tolist())
    out = ""
    for pitch, duration in zip(voice.pitch.tolist(), voice.duration.tolist(), strict=True):
        out += "z" if pitch < 0 else PITCHES[min(max(pitch - centre, -18), 18) + 18]
        steps = round(2 * math.log2(duration / lengths[(len(lengths) - 1) // 2]))
        out += DURATIONS[min(max(steps, -4), 4) + 4]
    return out


@given(VOICES)
def test_two_symbols_a_note(voice):
    text = written(voice)
    assert text == slowly(voice)
    assert len(text) == WIDTH * len(voice)
    assert set(text) <= set(ALPHABET)


@given(VOICES, st.integers(-12, 12), st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_neither_the_key_nor_the_unit_is_told(voice, steps, times):
    other = voice.moved(steps)
    other = Voice(other.pitch, other.duration * times, other.bar, other.line)
    assert written(other) == written(voice)


def test_centre_shift_and_plain_lengths():
    voice = Voice.of([Note(60, 1.0, 0), Note(62, 2.0, 0), Note(None, 0.5, 0), Note(100, 1.0, 0)])
    assert middle(voice) == 62
    assert written(voice) == "Q4S6z2k4"
    assert written(voice, shift=2) == "S4U6z2k4"
    assert written(voice, centre=60, durations=False) == "S4U4z4k4"


def test_the_alphabet_has_each_symbol_once():
    assert len(set(ALPHABET)) == len(ALPHABET) == 48


def test_a_voice():
    voice = Voice.of([Note(None, 1.0, 0), Note(60, 0.0, 0), Note(60, 0.5, 1, 2), Note(62, 0.5, 1, 3)])
    assert len(voice) == 3
    assert voice.onset.tolist() == [0.0, 1.0, 1.5]
    assert voice.sounding.line.tolist() == [2, 3]
    assert voice.moved(2).pitch.tolist() == [-1, 62, 64]
    assert voice[1:].bar.tolist() == [1, 1]
    assert len(Voice.of([]).onset) == 0
