"""The reader of MusicXML, on scores of our own and against music21."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_scores import musicxml, note, zipped

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.music import musicxml as module
from superb_lite_sources.music.musicxml import read_parts
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.tunes import MUSIC21


def unknown_compression(archive):
    """The archive with a method of compression that nobody has, in all of its headers."""
    data = bytearray(archive)
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(mark)
        while at >= 0:
            data[at + place : at + place + 2] = (77).to_bytes(2, "little")
            at = data.find(mark, at + 4)
    return bytes(data)


def top(notes):
    return [(one.pitch, one.duration) for one in read_parts(musicxml(notes), "ours.xml")[0]]


def test_notes_rests_ties_and_what_is_left_out():
    rest = "<note><rest/><duration>1</duration></note>"
    chord = note("E", 5, more="<chord/>")
    grace = "<note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>"
    other_voice = note("G", 3).replace("</note>", "<voice>2</voice></note>")
    tie_start, tie_stop = (note("D", 4, 1, more=f"<tie type='{end}'/>") for end in ("start", "stop"))
    found = top(
        note("F", 4, 3, alter=1) + chord + grace + rest + other_voice + tie_start + tie_stop + note("B", 3, alter=-1)
    )
    assert found == [(66, 1.5), (None, 0.5), (62, 1.0), (58, 1.0)]


def test_parts_from_the_top_and_their_bars():
    two = "</measure><measure number='2'>"
    parts = read_parts(zipped(musicxml(note() + two + note("D"))), "ours.mxl")
    assert [[(n.pitch, n.duration, n.bar) for n in part] for part in parts] == [
        [(60, 1.0, 0), (62, 1.0, 1)],
        [(48, 4.0, 0)],
    ]


def test_a_part_without_a_note_is_left_out():
    assert len(read_parts(musicxml("<note><rest/><duration>4</duration></note>"), "ours.xml")) == 1


ENTITY = (
    b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'>]><score-partwise>&b;</score-partwise>"
)
OUTSIDE = (
    b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><score-partwise>&a;</score-partwise>"
)
PARAMETER = b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY % a 'lol'> %a;]><score-partwise/>"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (ENTITY, "declares XML entities"),
        (OUTSIDE, "declares XML entities"),
        (PARAMETER, "declares XML entities"),
        (zipped(ENTITY), "declares XML entities"),
        (zipped(musicxml(note()), container=ENTITY.decode()), "declares XML entities"),
        (musicxml(note())[:-30], "damaged XML"),
        (b"", "damaged XML"),
        (b"\xff\xfe\x00", "damaged XML"),
        (b"<?xml version='1.0' encoding='no-such'?><a/>", "damaged XML"),
        (b"<score-timewise/>", "no MusicXML score in parts"),
        (musicxml(note(octave="x")), "holds a note"),
        (musicxml(note(step="H")), "holds a note"),
        (musicxml(note(duration="long")), "holds a note"),
        (musicxml(note(duration="inf")), "holds a note"),
        (musicxml(note(duration="-1")), "holds a note"),
        (musicxml(note(alter="nan")), "holds a note"),
        (musicxml("<attributes><divisions>0</divisions></attributes>" + note()), "holds a note"),
        (b"PK\x03\x04 no archive", "no zipped MusicXML"),
        (zipped(musicxml(note()))[:-40], "no zipped MusicXML"),
        (unknown_compression(zipped(musicxml(note()))), "zipped in a way that Python does not read"),
        (zipped(musicxml(note()), path="other.xml"), "no zipped MusicXML"),
        (zipped(musicxml(note()), container="<container/>"), "no zipped MusicXML"),
    ],
)  # fmt: skip
def test_bad_files_are_named_in_one_line(data, said):
    with pytest.raises(SuperbLiteError, match=said) as caught:
        read_parts(data, "ours\n.mxl")
    assert "ours\\n.mxl" in str(caught.value)
    assert len(str(caught.value)) <= 300


def test_a_score_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 2**20)
    with pytest.raises(SuperbLiteError, match="unpacks to more than 1 MB"):
        read_parts(zipped(b" " * (2**20 + 1)), "ours.mxl")


NOTES = st.tuples(st.sampled_from("CDEFGAB"), st.integers(1, 7), st.integers(1, 16), st.sampled_from([None, -1, 0, 1]))


@given(st.lists(NOTES, min_size=1, max_size=20))
def test_notes_are_read_back(notes):
    found = top("".join(note(step, octave, length, alter=sign) for step, octave, length, sign in notes))
    semitones = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
    assert found == [(12 * (o + 1) + semitones[s] + (a or 0), n / 2) for s, o, n, a in notes]


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: zipped(musicxml(note()))[:150] + tail))
def test_other_bytes_are_refused_in_one_line(data):
    with pytest.raises(SuperbLiteError):
        read_parts(data, "ours.mxl")


@pytest.mark.parametrize(
    ("pattern", "step"),
    [
        ("bach/*.mxl", 140),
        pytest.param("bach/*.mxl", 41, marks=pytest.mark.slow),
        pytest.param("monteverdi/*.mxl", 17, marks=pytest.mark.slow),
        pytest.param("trecento/*.xml", 25, marks=pytest.mark.slow),
    ],
)
def test_notes_are_those_of_music21(pattern, step):
    music21 = pytest.importorskip("music21")
    paths = sorted((MUSIC21.folder() / "corpus").glob(pattern))[::step]
    assert len(paths) >= 3
    for path in paths:
        score = music21.converter.parseFile(path, forceSource=True, storePickle=False)
        for part, read in zip(
            (p for p in score.parts if len(p.flatten().notes)), read_parts(path.read_bytes(), path.name), strict=True
        ):
            theirs = first_voice(music21, part)
            voice = Voice.of(read)
            sounds = [(int(p), round(float(d), 3)) for p, d in zip(voice.pitch, voice.duration, strict=True) if p >= 0]
            assert sounds == theirs, path.name


def first_voice(music21, part):
    found = []
    for measure in part.getElementsByClass("Measure"):
        voices = measure.getElementsByClass("Voice")
        for one in (voices[0] if voices else measure).getElementsByClass("GeneralNote"):
            if one.isRest or one.duration.isGrace or isinstance(one, music21.harmony.ChordSymbol):
                continue
            pitch, length = one.pitches[0].midi, Fraction(one.quarterLength)
            tied = one.tie is not None and one.tie.type in ("stop", "continue")
            if tied and found and found[-1][0] == pitch:
                found[-1][1] += length
            else:
                found.append([pitch, length])
    return [(pitch, round(float(length), 3)) for pitch, length in found]
