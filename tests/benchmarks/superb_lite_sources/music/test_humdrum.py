"""The reader of **kern, on scores of our own and against music21."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.music.humdrum import read_kern
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.tunes import MUSIC21

OURS = """!!!COM: Nobody
!!!OPR: Missa nostra
**kern\t**text\t**kern
*clefF4\t*\t*clefG2
=1\t=1\t=1
4C\tla\t8cc#LL
.\t.\t8dd-J
2.r\t.\t[4ee
=2\t=2\t=2
0BB\tla\t4ee]
*\t*\t*^
4D\tla\t4f\t4a
*\t*\t*v\t*v
4E 4G\tla\tqg
4F;\tla\t3%2g
*-\t*-\t*-
"""


def test_a_score():
    score = read_kern(OURS, "ours.krn")
    assert score.records == {"COM": "Nobody", "OPR": "Missa nostra"}
    bass, top = ([(note.pitch, note.duration, note.bar) for note in voice] for voice in score.voices)
    assert bass == [(48, 1.0, 1), (None, 3.0, 1), (47, 8.0, 2), (50, 1.0, 2), (52, 1.0, 2), (53, 1.0, 2)]
    assert top == [(73, 0.5, 1), (73, 0.5, 1), (76, 2.0, 1), (65, 1.0, 2), (67, pytest.approx(8 / 3), 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**kern\t**kern\n4c\n", "'ours', line 2: 1 columns, where 2 spines"),
        ("4c\t4d\n", "line 1: 2 columns, where 0 spines"),
        ("**kern\n4c\n*-\n4d\n", "line 4"),
        ("**kern\n*^\n4c\n", "line 3: 1 columns, where 2 spines"),
        ("**text\nla\n", "no \\*\\*kern spine"),
        ("", "no \\*\\*kern spine"),
        (f"**kern\n{'9' * 400}c\n", "is no duration"),
        (f"**kern\n4{'.' * 400}c\n", "is no duration"),
        (f"**kern\n{'0' * 5000}c\n", "is no duration"),
    ],
)
def test_bad_tables_are_named_in_one_line(text, said):
    with pytest.raises(SuperbLiteError, match=said) as caught:
        read_kern(text, "ours")
    assert len(str(caught.value)) <= 300


@given(st.text(alphabet="*kern\t\n=.4cC#-[]_rq^v+!0%", max_size=80))
def test_other_texts_are_read_or_refused(rest):
    try:
        score = read_kern("**kern\t**kern\n" + rest, "ours")
    except SuperbLiteError:
        return
    assert len(score.voices) >= 2


TOKENS = st.tuples(
    st.sampled_from("cdefgab"), st.integers(-3, 2), st.sampled_from([1, 2, 4, 8, 16]), st.sampled_from(["", "#", "-"])
)


@given(st.lists(TOKENS, min_size=1, max_size=20))
def test_notes_are_read_back(tokens):
    written = [
        f"{length}{step * (octave + 1) if octave >= 0 else step.upper() * -octave}{sign}"
        for step, octave, length, sign in tokens
    ]
    [voice] = read_kern("\n".join(["**kern", *written, "*-"]), "ours").voices
    semitones = dict(zip("cdefgab", (60, 62, 64, 65, 67, 69, 71), strict=True))
    expected = [(semitones[s] + 12 * o + {"": 0, "#": 1, "-": -1}[a], 4 / n) for s, o, n, a in tokens]
    assert [(note.pitch, note.duration) for note in voice] == expected


@pytest.mark.parametrize("step", [500, pytest.param(130, marks=pytest.mark.slow)])
def test_notes_are_those_of_music21(step):
    music21 = pytest.importorskip("music21")
    paths = sorted((MUSIC21.folder() / "corpus" / "palestrina").glob("*.krn"))[3::step]
    assert len(paths) >= 3
    for path in paths:
        score = music21.converter.parseFile(path, forceSource=True, storePickle=False)
        ours = read_kern(path.read_text(encoding="latin-1"), path.name).voices
        for part, read in zip(score.parts, reversed(ours), strict=True):
            voice = Voice.of(read)
            theirs = [(one.pitches[0].midi, float(one.quarterLength)) for one in part.stripTies().flatten().notes]
            sounding = voice.sounding
            assert [(int(p), float(d)) for p, d in zip(sounding.pitch, sounding.duration, strict=True)] == theirs
