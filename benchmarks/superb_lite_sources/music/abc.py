"""A light reader of ABC, the notation of folk tunes in text (abc standard 2.1, abcnotation.com).

What it reads is one voice: notes, rests, ties, tuplets, broken rhythm, keys and their modes, accidentals that last to
the end of their bar in all octaves (2.1, section 11.3). Of a chord it takes the top note; grace notes, chord symbols,
decorations, words and further voices are left out, and repeats are not played twice. What is not understood is passed
over, as players of ABC do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from superb_lite_sources.music.notes import Note

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""Semitones above C."""

_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_MODES = {
    "": 0,
    "maj": 0,
    "ion": 0,
    "m": -3,
    "min": -3,
    "aeo": -3,
    "dor": -2,
    "mix": -1,
    "phr": -4,
    "lyd": 1,
    "loc": -5,
}
"""Sharps of a mode against the major key on the same tonic (2.1, section 3.1.14)."""

_TUPLETS = {2: 3 / 2, 3: 2 / 3, 4: 3 / 4, 5: 2 / 5, 6: 1 / 3, 7: 2 / 7, 8: 3 / 8, 9: 2 / 9}
"""By how much the notes of (p are longer; (5, (7 and (9 in simple time (2.1, section 4.13)."""

_LINE_END = re.compile("\r\n|\r|\n")  # str.splitlines also parts at control characters that stand in comments
_FIELD = re.compile(r"([A-Za-z+]):(.*)")
_KEY = re.compile(r"([A-G])([#b]?)\s*([A-Za-z]*)")
_FRACTION = re.compile(r"\s*(\d{1,3})/(\d{1,3})")
_LENGTH = r"\d{0,4}/{0,8}\d{0,4}"
_NOTE = r"(?P<accidental>[\^=_]*)(?P<step>[A-Ga-g])(?P<octave>[,']{0,6})"
_TOKEN = re.compile(
    r"\"[^\"]*\"|![^!]*!|\{[^}]*\}"  # annotations, decorations, grace notes
    r"|\[(?P<inline>[A-Za-z]:[^\]]*)\]"
    rf"|\[(?P<chord>(?:[^\]|:\"]|\"[^\"]*\")*)\](?P<chord_length>{_LENGTH})"
    r"|\((?P<tuplet>\d)(?::(?P<times>\d?)(?::(?P<notes>\d?))?)?"
    rf"|{_NOTE}(?P<length>{_LENGTH})"
    rf"|(?P<rest>[zx])(?P<rest_length>{_LENGTH})"
    r"|(?P<broken>[<>]+)|(?P<tie>-)|(?P<bar>[:|\]\[]+\d?)"
)
_PARTS = re.compile(rf"\"[^\"]*\"|{_NOTE}({_LENGTH})")


@dataclass
class AbcTune:
    """One tune of a file: its fields, and the lines of its body."""

    fields: dict[str, str]
    """The first value of each letter in the header, which its key ends: "T" title, "M" metre, "K" key, "X" number."""

    body: list[str] = field(default_factory=list)
    """Lines of music, and fields between them, without comments."""

    @property
    def tonic(self) -> int | None:
        """Semitones of the key's tonic above C; None where no key is given."""
        found = _KEY.match(self.fields.get("K", "").strip())
        return (STEPS[found[1]] + _alteration(found[2])) % 12 if found else None

    def notes(self) -> tuple[Note, ...]:
        """The notes and rests of the tune; `Note.line` counts its lines of music."""
        return tuple(_Reader(self).notes)


def read_tunes(text: str) -> Iterator[AbcTune]:
    """The tunes of a file: each begins with its X: field and ends at a blank line below its music, or at the next."""
    tune: AbcTune | None = None
    for line in _LINE_END.split(text):
        if line.startswith("%"):
            continue
        line = line.split("%", 1)[0].rstrip()
        found = _FIELD.match(line)
        if found and found[1] == "X":
            if tune is not None:
                yield tune
            tune = AbcTune({"X": found[2].strip()})
        elif tune is None or not line:
            if tune is not None and tune.body:
                yield tune
                tune = None
        elif found and "K" not in tune.fields:
            tune.fields.setdefault(found[1], found[2].strip())
        elif "K" in tune.fields and (not found or found[1] in ("K", "L", "V")):
            tune.body.append(line)
    if tune is not None:
        yield tune


class _Reader:
    """The state of reading one tune, from its first token to its last."""

    def __init__(self, tune: AbcTune) -> None:
        self.notes: list[Note] = []
        self.altered: dict[str, int] = {}  # the accidentals of this bar
        self.bar = self.line = 0
        self.tuplet, self.left = 1.0, 0  # what lengthens notes, and for how many more
        self.broken = ""
        self.tied = False
        self.key(tune.fields.get("K", ""))
        self.unit = 0.5
        self.unit_of(tune.fields.get("L", ""))
        first_voice, voice = None, None
        for line in tune.body:
            found = _FIELD.match(line)
            if found:
                if found[1] == "V":
                    voice = found[2].split()[:1]
                    first_voice = first_voice or voice
                elif voice == first_voice:
                    self.field(found[1], found[2])
            elif voice == first_voice:
                self.read(line)
                self.line += 1

    def field(self, letter: str, value: str) -> None:
        if letter == "K":
            self.key(value)
        elif letter == "L":
            self.unit_of(value)

    def key(self, value: str) -> None:
        found = _KEY.match(value.strip())
        fifths = 0
        if found:
            # In any case (2.1, section 3.1.14): the "EM" that some transcribers write is E minor.
            fifths = _FIFTHS[found[1]] + 7 * _alteration(found[2]) + _MODES.get(found[3].lower()[:3], 0)
        order, sign = ("FCGDAEB", 1) if fifths > 0 else ("BEADGCF", -1)
        self.signature = dict.fromkeys("ABCDEFG", 0)
        for number in range(abs(fifths)):
            self.signature[order[number % 7]] += sign

    def unit_of(self, value: str) -> None:
        found = _FRACTION.match(value)
        if found and int(found[2]):
            self.unit = 4 * int(found[1]) / int(found[2])

    def read(self, line: str) -> None:
        for token in _TOKEN.finditer(line):
            kind = token.lastgroup
            if kind in ("length", "octave", "step", "accidental"):
                pitch = self.pitch(token["accidental"], token["step"], token["octave"])
                self.add(pitch, _length(token["length"]))
            elif kind == "bar":
                self.bar += 1
                self.altered.clear()
            elif kind == "rest_length" or kind == "rest":
                self.add(None, _length(token["rest_length"]))
            elif kind == "broken":
                self.broken = token["broken"]
            elif kind == "tie":
                self.tied = True
            elif token["tuplet"]:
                self.start_tuplet(int(token["tuplet"]), token["times"] or "", token["notes"] or "")
            elif token["inline"]:
                self.field(token["inline"][0], token["inline"][2:])
            elif token["chord"]:
                notes = [(self.pitch(*note[:3]), note[3]) for note in _PARTS.findall(token["chord"]) if note[1]]
                if notes:
                    pitch, length = max(notes)
                    self.add(pitch, _length(length) * _length(token["chord_length"]))

    def start_tuplet(self, many: int, times: str, notes: str) -> None:
        """(p:q:r: p notes in the time of q, for r notes."""
        if many and (times or many in _TUPLETS):
            self.tuplet = int(times) / many if times and int(times) else _TUPLETS.get(many, 1.0)
            self.left = int(notes) if notes else many

    def pitch(self, accidental: str, step: str, octave: str) -> int:
        letter = step.upper()
        if accidental:
            self.altered[letter] = accidental.count("^") - accidental.count("_")
        height = (5 if step == letter else 6) + octave.count("'") - octave.count(",")
        return 12 * height + STEPS[letter] + self.altered.get(letter, self.signature[letter])

    def add(self, pitch: int | None, length: float) -> None:
        duration = length * self.unit
        if self.left:
            duration *= self.tuplet
            self.left -= 1
        if self.broken:
            # a>b: the first is dotted and the second halved; a>>b: doubly dotted and quartered (2.1, section 4.4).
            part = 0.5 ** len(self.broken)
            before, after = (2 - part, part) if self.broken[0] == ">" else (part, 2 - part)
            if self.notes:
                self.notes[-1] = self.notes[-1]._replace(duration=self.notes[-1].duration * before)
            duration *= after
            self.broken = ""
        if self.tied and pitch is not None and self.notes and self.notes[-1].pitch == pitch:
            self.notes[-1] = self.notes[-1]._replace(duration=self.notes[-1].duration + duration)
        else:
            self.notes.append(Note(pitch, duration, self.bar, self.line))
        self.tied = False


def _alteration(sign: str) -> int:
    return {"": 0, "#": 1, "b": -1}[sign]


def _length(text: str) -> float:
    """ "3" is three units, "/2" and "/" half of one, "3//" three quarters."""
    if not text:
        return 1.0
    whole, slashes, by = text.partition("/")[0], text.count("/"), text.rpartition("/")[2]
    if not slashes:
        return float(whole)
    part = int(by) if by else 2**slashes
    return float(whole or 1) / part if part else 1.0
