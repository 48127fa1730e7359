"""Speaker diarisation on Libri2Mix (Cosentino et al. 2020), in the folders of Kaldi that s3prl prepares of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import soundfile

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Diarization, Example, TaskData, Turn
from superb_lite_sources.acoustics import SAMPLE_RATE
from superb_lite_superb.corpora.files import Recording, existing, lines, read_when_used, release

SPLITS = {"train": "train", "validation": "dev", "test": "test"}
FILES = ("wav.scp", "segments", "utt2spk")
LAYOUT = "train/, dev/ and test/, in each wav.scp, segments and utt2spk"

FRAME = 320
"""Samples in a unit: 20 ms, the stride of most upstreams, which s3prl gives its labels, too."""

SPEAKERS = 2


class Segment(NamedTuple):
    """A stretch of a recording, in seconds, in which one speaker talks."""

    start: float
    end: float
    speaker: str


def sd(root: Path | None = None) -> TaskData:
    """Who of two talks when. A mixture depends on every other one with a speaker of it."""
    needed = [f"{split}/{file}" for split in SPLITS.values() for file in FILES]
    folder = release("superb/sd", root, ["Libri2Mix"], LAYOUT, needed)
    recordings: dict[str, Recording] = {}
    parts: dict[str, tuple[Example, ...]] = {}
    for part, split in SPLITS.items():
        found = _audio(folder / split)
        said = _segments(folder / split, found)
        examples = []
        for name, recording in found.items():
            key = f"{split}/{name}"
            recordings[key] = recording
            label, who = _label(recording, said.get(name, []), folder / split / "segments", name)
            examples.append(Example(key, (key,), label, who))
        parts[part] = tuple(examples)
    return TaskData(items=read_when_used(recordings), **parts)


def _audio(folder: Path) -> dict[str, Recording]:
    """The recordings of wav.scp; their paths are absolute, or begin in the folder or in the one above it."""
    source, found = folder / "wav.scp", {}
    for number, line in enumerate(lines(source), start=1):
        name, _, path = line.strip().partition(" ")
        path = path.strip()
        if not path or path.endswith("|"):
            what = "asks for a command, and none is run: give the path of a file" if path else "names no file"
            raise SuperbLiteError(f"'{source}', line {number}: '{name}' {what}")
        places = [base / Path(path) for base in (folder, folder.parent)]
        found[name] = existing(next((place for place in places if place.is_file()), places[-1]), source)
    if not found:
        raise SuperbLiteError(f"'{source}' names no recording")
    return found


def _segments(folder: Path, known: dict[str, Recording]) -> dict[str, list[Segment]]:
    """By recording, who talks when, of lines "utterance recording start end" and "utterance speaker"."""
    source, speakers = folder / "segments", {}
    for number, line in enumerate(lines(folder / "utt2spk"), start=1):
        fields = line.split()
        if len(fields) != 2:
            raise SuperbLiteError(f"'{folder / 'utt2spk'}', line {number}: '{line}' is not 'utterance speaker'")
        speakers[fields[0]] = fields[1]
    found: dict[str, list[Segment]] = {}
    for number, line in enumerate(lines(source), start=1):
        where = f"'{source}', line {number}: '{line}'"
        try:
            utterance, recording, *times = line.split()
            start, end = map(float, times)
        except ValueError:
            raise SuperbLiteError(f"{where} is not 'utterance recording start end'") from None
        if recording not in known or utterance not in speakers:
            missing = f"the recording '{recording}'" if recording not in known else f"the speaker of '{utterance}'"
            raise SuperbLiteError(f"{where}: {missing} is nowhere in wav.scp and utt2spk")
        if not 0 <= start < end < math.inf:
            raise SuperbLiteError(f"{where} ends before it starts")
        found.setdefault(recording, []).append(Segment(start, end, speakers[utterance]))
    return found


def _label(
    recording: Recording, said: list[Segment], source: Path, name: str
) -> tuple[Diarization, str | tuple[str, ...]]:
    """The label of a recording and its speakers. What goes on after the end of the audio ends there."""
    who = tuple(sorted({segment.speaker for segment in said}))
    if len(who) > SPEAKERS:
        raise SuperbLiteError(f"'{source}': '{name}' has {len(who)} speakers, where mixtures have {SPEAKERS}")
    try:
        audio = soundfile.info(recording.path)
    except (soundfile.SoundFileError, OSError) as error:
        raise SuperbLiteError(f"cannot read the audio file '{recording.path}': {error}") from None
    length = audio.frames * SAMPLE_RATE // audio.samplerate
    turns = []
    for start, end, speaker in said:
        first, last = round(start * SAMPLE_RATE), min(round(end * SAMPLE_RATE), length)
        if first < last:
            turns.append(Turn(first, last, who.index(speaker)))
    return Diarization(FRAME, length, tuple(turns)), who if len(who) > 1 else "".join(who)
