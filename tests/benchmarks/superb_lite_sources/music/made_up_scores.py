"""Scores of our own, in the formats of music21's corpus."""

import io
import zipfile

SCORE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><part-list/>
<part id="P1"><measure number="1"><attributes><divisions>2</divisions></attributes>{notes}</measure></part>
<part id="P2"><measure number="1"><attributes><divisions>4</divisions></attributes>
<note><pitch><step>C</step><octave>3</octave></pitch><duration>16</duration></note></measure></part>
</score-partwise>"""


def note(step="C", octave=4, duration=2, *, alter=None, more=""):
    """One <note>; more: elements before its duration."""
    sign = "" if alter is None else f"<alter>{alter}</alter>"
    pitch = f"<pitch><step>{step}</step>{sign}<octave>{octave}</octave></pitch>"
    return f"<note>{more}{pitch}<duration>{duration}</duration></note>"


def musicxml(notes):
    return SCORE.format(notes=notes).encode()


def zipped(score, path="score.xml", container=None):
    """A .mxl file."""
    container = container or f"<container><rootfiles><rootfile full-path='{path}'/></rootfiles></container>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("score.xml", score)
    return buffer.getvalue()
