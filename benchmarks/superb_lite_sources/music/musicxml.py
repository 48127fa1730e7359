"""A light reader of MusicXML scores in parts (W3C, MusicXML 4.0), plain or in the zipped form .mxl.

Of each part it reads the first voice; of a chord the note that is written first. Grace notes, cue notes and all that is
not a note are left out, and repeats are not played twice.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree import ElementTree
from xml.parsers import expat

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.music.abc import STEPS
from superb_lite_sources.music.notes import Note

LARGEST = 64 * 2**20
"""Bytes of a score, unpacked: that of a symphony has a tenth of it."""


def read_parts(data: bytes, name: str) -> tuple[tuple[Note, ...], ...]:
    """The first voices of the parts of a score, from the top. Parts without a note are left out.

    Args:
        data: the content of a file.
        name: the file's, for messages.

    Raises `SuperbLiteError` where the file is damaged, is no score in parts, or declares entities: with those a few
    bytes describe gigabytes, and files of this machine could be read.
    """
    root = _parsed(_unzipped(data, name) if data[:2] == b"PK" else data, name)
    if root.tag != "score-partwise":
        raise SuperbLiteError(f"'{name}' is no MusicXML score in parts: its root element is <{root.tag}>")
    try:
        parts = [_notes(part) for part in root.findall("part")]
    except (ValueError, TypeError, KeyError, ZeroDivisionError, OverflowError) as error:
        raise SuperbLiteError(f"'{name}' holds a note that MusicXML does not allow ({type(error).__name__})") from None
    return tuple(part for part in parts if any(note.pitch is not None for note in part))


def _unzipped(data: bytes, name: str) -> bytes:
    """The score of a .mxl: the first root file that META-INF/container.xml names."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            container = _parsed(archive.read("META-INF/container.xml"), name)
            path = next(e.get("full-path", "") for e in container.iter() if e.tag.rpartition("}")[2] == "rootfile")
            if archive.getinfo(path).file_size > LARGEST:
                raise SuperbLiteError(f"'{name}' unpacks to more than {LARGEST // 2**20} MB, which no score has")
            return archive.read(path)
    except NotImplementedError:  # a RuntimeError, too
        raise SuperbLiteError(f"'{name}' is zipped in a way that Python does not read") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, StopIteration, EOFError, OSError, RuntimeError) as error:
        raise SuperbLiteError(f"'{name}' is no zipped MusicXML: {error or 'it names no score'}") from None


def _parsed(data: bytes, name: str) -> ElementTree.Element:
    def refuse(*declaration: object) -> None:
        raise SuperbLiteError(f"'{name}' declares XML entities, which no score needs: it is not read")

    # ElementTree's own parser expands entities; this is the same expat, told to refuse them.
    builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = builder.data, refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise SuperbLiteError(f"'{name}' is damaged XML: {error}") from None
    return builder.close()


def _notes(part: ElementTree.Element) -> tuple[Note, ...]:
    notes: list[Note] = []
    divisions = 1
    for bar, measure in enumerate(part.findall("measure")):
        for element in measure:
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions") or divisions)
            elif element.tag == "note" and _is_melody(element):
                _add(notes, element, divisions, bar)
    return tuple(notes)


def _is_melody(element: ElementTree.Element) -> bool:
    """Whether a note is in the first voice, sounds for itself, and is the first of its chord."""
    return element.findtext("voice", "1") in _FIRST and all(
        element.find(tag) is None for tag in ("grace", "cue", "chord")
    )


LONGEST = 10_000
"""Quarter notes; not even a rest of a whole movement has so many."""

_FIRST = ("1", "5")
"""Voices of the second staff of an instrument are counted from 5."""


def _add(notes: list[Note], element: ElementTree.Element, divisions: int, bar: int) -> None:
    duration = float(element.findtext("duration", "0")) / divisions
    if not 0 <= duration < LONGEST:
        raise ValueError("a duration is a positive number")
    pitch = None
    written = element.find("pitch")
    if written is not None:
        step = STEPS[written.findtext("step", "").strip()]
        pitch = 12 * (int(written.findtext("octave", "")) + 1) + step + round(float(written.findtext("alter", "0")))
        if not 0 <= pitch < 128:
            raise ValueError("a pitch is one of MIDI's")
        tied = any(tie.get("type") == "stop" for tie in element.findall("tie"))
        if tied and notes and notes[-1].pitch == pitch:
            notes[-1] = notes[-1]._replace(duration=notes[-1].duration + duration)
            return
    notes.append(Note(pitch, duration, bar))
