"""The reader of ABC, on tunes of our own and against music21."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite_sources.music.abc import read_tunes
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.tunes import MUSIC21

HEAD = "X:1\nT:Ours\nM:4/4\nL:1/8\nK:{key}\n"


def notes(body, key="C"):
    [tune] = read_tunes(HEAD.format(key=key) + body)
    return [(note.pitch, note.duration) for note in tune.notes()]


def pitches(body, key="C"):
    return [pitch for pitch, _ in notes(body, key)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C c c' C,", [(60, 0.5), (72, 0.5), (84, 0.5), (48, 0.5)]),
        ("C2 C/2 C/ C// C3/2", [(60, 1.0), (60, 0.25), (60, 0.25), (60, 0.125), (60, 0.75)]),
        ("z2 x", [(None, 1.0), (None, 0.5)]),
        ("(3CDE F", [(60, 1 / 3), (62, 1 / 3), (64, 1 / 3), (65, 0.5)]),
        ("(3:2:2 C2D2 F", [(60, 2 / 3), (62, 2 / 3), (65, 0.5)]),
        ("C>D E<F G>>A", [(60, 0.75), (62, 0.25), (64, 0.25), (65, 0.75), (67, 0.875), (69, 0.125)]),
        ("C2-|C2 D-E", [(60, 2.0), (62, 0.5), (64, 0.5)]),
        ("{de}C [CEG]2 [GE2C]2 [\"Am\"C]", [(60, 0.5), (67, 1.0), (67, 1.0), (60, 0.5)]),
        ("\"Am\"D !trill!E ~F uG", [(62, 0.5), (64, 0.5), (65, 0.5), (67, 0.5)]),
        ("C % a comment C\nD", [(60, 0.5), (62, 0.5)]),
        ("[L:1/4]C [K:D]F", [(60, 1.0), (66, 1.0)]),
        ("L:1/4\nC\nw:la\nD", [(60, 1.0), (62, 1.0)]),
        ("V:1\nC\nV:2\nG\nV:1\nD", [(60, 0.5), (62, 0.5)]),
        ("|:C|1D:|2E|]", [(60, 0.5), (62, 0.5), (64, 0.5)]),
    ],
)  # fmt: skip
def test_notation(body, expected):
    assert notes(body) == [(pitch, pytest.approx(duration)) for pitch, duration in expected]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("G", [66, 72, 70]), ("F", [65, 72, 70]), ("D", [66, 73, 70]), ("Dmix", [66, 72, 70]), ("Ddor", [65, 72, 70]),
        ("E Minor", [66, 72, 70]), ("EM", [66, 72, 70]), ("Bb", [65, 72, 70]), ("none", [65, 72, 70]),
        ("F#m", [66, 73, 70]), ("C#", [66, 73, 70]), ("Gb", [65, 71, 70]),
    ],
)  # fmt: skip
def test_keys_and_their_modes(key, expected):
    assert pitches("F c _B", key) == expected


def test_an_accidental_lasts_to_the_end_of_its_bar_in_all_octaves():
    assert pitches("^F F f =f F|F", "C") == [66, 66, 78, 77, 65, 65]


def test_bars_and_lines_are_counted():
    [tune] = read_tunes(HEAD.format(key="C") + "CD|E\n% only a comment\nF|G|]\n\nno tune")
    assert [(note.bar, note.line) for note in tune.notes()] == [(0, 0), (0, 0), (1, 0), (1, 1), (2, 1)]
    assert tune.tonic == 0


def test_a_file_of_several_tunes():
    text = "% ours\nX:1\nT:One\nK:G\nGA\n\nremarks: none\nX:2\nK:\nAB\nX:3\r\nK:Bbm\r\nBc\r\n"
    first, second, third = read_tunes(text)
    assert (first.fields["T"], first.tonic, second.tonic, third.tonic) == ("One", 7, None, 10)
    assert [len(tune.notes()) for tune in (first, second, third)] == [2, 2, 2]


def test_control_characters_in_a_header_are_no_line_ends():
    [tune] = read_tunes("X:1\nN: one\x85DAB two\nno field\nK:C\nCD")
    assert [note.pitch for note in tune.notes()] == [60, 62]


@given(st.text(alphabet="CDEcde^_=,'/23<>-|:[](){}\"zx\\ \nKLVX%~.", max_size=60))
def test_whatever_stands_in_a_body_is_read_or_passed_over(body):
    for tune in read_tunes(HEAD.format(key="G") + body):
        for note in tune.notes():
            assert note.duration >= 0
            assert note.pitch is None or isinstance(note.pitch, int)


SYMBOLS = st.tuples(st.sampled_from("CDEFGABcdefgab"), st.sampled_from(["", "'", ","]), st.integers(1, 8))


@given(st.lists(SYMBOLS, min_size=1, max_size=20))
def test_notes_are_read_back(symbols):
    body = "".join(f"{step}{octave}{length}" for step, octave, length in symbols)
    found = notes(body)
    assert [length for _, length in found] == [length / 2 for *_, length in symbols]
    semitones = dict(zip("CDEFGABcdefgab", (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79, 81, 83), strict=True))
    assert [pitch for pitch, _ in found] == [semitones[s] + {"": 0, "'": 12, ",": -12}[o] for s, o, _ in symbols]


def plain(tune):
    """Without what music21 reads in another way: ties between different notes, decorations, fingerings, grace notes."""
    lines = []
    for line in tune.splitlines():
        if not re.match("[A-Za-z]:", line):
            line = re.sub(r'"[^"]*"|![^!]*!|\{[^}]*\}|[-.~uvkHLMOPSTI`\\]|\((?!\d)|\)', "", line)
        lines.append(line)
    return "\n".join(lines)


def single_tunes(pattern, step, part):
    folder = MUSIC21.folder() / "corpus"
    for path in sorted(folder.glob(pattern))[part::step]:
        yield from re.split(r"(?m)^(?=X:)", path.read_text(encoding="utf-8", errors="replace"))[1::step]


@pytest.mark.parametrize(
    ("pattern", "step"),
    [
        ("essenFolksong/altdeu10.abc", 40),
        pytest.param("essenFolksong/han1.abc", 60, marks=pytest.mark.slow),
        pytest.param("essenFolksong/kinder0.abc", 20, marks=pytest.mark.slow),
        pytest.param("airdsAirs/book1.abc", 25, marks=pytest.mark.slow),
        pytest.param("oneills1850/*.abc", 13, marks=pytest.mark.slow),
    ],
)
def test_notes_are_those_of_music21(pattern, step):
    music21 = pytest.importorskip("music21")
    compared = 0
    for text in single_tunes(pattern, step, 0):
        tune = plain(text)
        # Without a version, music21 forgets accidentals after their note, which no edition means.
        handler = music21.abcFormat.ABCHandler(abcVersion=(2, 0, 0))
        handler.process(tune)
        part = music21.abcFormat.translate.abcToStreamScore(handler).parts[0]
        theirs = [
            (-1 if one.isRest else max(pitch.midi for pitch in one.pitches), round(float(one.quarterLength), 3))
            for one in part.stripTies().flatten().notesAndRests  # music21 cuts notes at the ends of bars
            if one.quarterLength > 0
        ]
        [read] = read_tunes(tune)
        voice = Voice.of(read.notes())
        ours = [(int(p), round(float(d), 3)) for p, d in zip(voice.pitch, voice.duration, strict=True)]
        assert ours == theirs, read.fields.get("T")
        compared += 1
    assert compared >= 3
    assert Path(music21.__file__).parent == MUSIC21.folder()
