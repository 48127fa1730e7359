"""Speaker identification and verification on VoxCeleb1 (Nagrani et al. 2017)."""

from __future__ import annotations

from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_superb.corpora.files import Recording, lines, read_when_used, release
from superb_lite_superb.superb import VERIFICATION_SPEAKERS, VOX_SPEAKERS

NAMES = ("VoxCeleb1", "Voxceleb1", "voxceleb1")
AUDIO = "dev/wav/ and test/wav/, in them idNNNNN/VIDEO/NNNNN.wav"
PARTS = {"1": "train", "2": "validation", "3": "test"}


def sid(root: Path | None = None) -> TaskData:
    """The official split of the utterances of all speakers. A cluster is a video."""
    folder = release(
        "superb/sid", root, NAMES, f"{AUDIO}, and iden_split.txt", ["dev/wav", "test/wav", "iden_split.txt"]
    )
    recordings: dict[str, Recording] = {}
    parts: dict[str, list[Example]] = {part: [] for part in PARTS.values()}
    for part, key in _split(folder / "iden_split.txt"):
        recordings[key] = _recording(folder, key, folder / "iden_split.txt")
        parts[part].append(Example(key, (key,), VOX_SPEAKERS.index(_speaker(key)), key.rpartition("/")[0]))
    return TaskData(
        items=read_when_used(recordings),
        train=tuple(parts["train"]),
        validation=tuple(parts["validation"]),
        test=tuple(parts["test"]),
    )


def asv(root: Path | None = None) -> TaskData:
    """The official trials, whose speakers are not trained on. Both speakers of a pair are its clusters.

    The release has no validation trials: utterances that `iden_split.txt` calls validation are paired here, each with
    the next one of its speaker and with one of the next speaker; all others of the training speakers are trained on.
    """
    needed = ["dev/wav", "test/wav", "iden_split.txt", "veri_test.txt"]
    folder = release("superb/asv", root, NAMES, f"{AUDIO}, iden_split.txt and veri_test.txt", needed)
    trials = _trials(folder / "veri_test.txt")
    recordings: dict[str, Recording] = {}
    train: list[Example] = []
    held_out: dict[str, list[str]] = {}
    for part, key in _split(folder / "iden_split.txt"):
        if (speaker := _speaker(key)) in VERIFICATION_SPEAKERS:
            recordings[key] = _recording(folder, key, folder / "iden_split.txt")
            if part == "validation":
                held_out.setdefault(speaker, []).append(key)
            else:
                train.append(Example(key, (key,), VERIFICATION_SPEAKERS.index(speaker), key.rpartition("/")[0]))
    for _, *pair in trials:
        for key in pair:
            if key not in recordings:
                recordings[key] = _recording(folder, key, folder / "veri_test.txt")
    return TaskData(
        items=read_when_used(recordings),
        train=tuple(train),
        validation=tuple(_pair("validation", *pair) for pair in _validation_trials(held_out)),
        test=tuple(_pair("test", *trial) for trial in trials),
    )


def _pair(part: str, match: int, first: str, second: str) -> Example:
    return Example(f"{part}:{first}:{second}", (first, second), match, (_speaker(first), _speaker(second)))


def _validation_trials(held_out: dict[str, list[str]]) -> list[tuple[int, str, str]]:
    """For each utterance one pair of its speaker, where there are two, and one of two speakers."""
    speakers = sorted(held_out)
    found: dict[tuple[str, str], int] = {}
    for number, speaker in enumerate(speakers):
        own, others = held_out[speaker], held_out[speakers[(number + 1) % len(speakers)]]
        for place, key in enumerate(own):
            for match, other in ((1, own[(place + 1) % len(own)]), (0, others[place % len(others)])):
                if key != other and (other, key) not in found:
                    found[key, other] = int(match and _speaker(other) == speaker)
    return [(match, first, second) for (first, second), match in found.items()]


def _split(path: Path) -> list[tuple[str, str]]:
    """(part, key) of each line "1 id10001/VIDEO/00001.wav"."""
    found = []
    for number, line in enumerate(lines(path), start=1):
        code, _, key = line.strip().partition(" ")
        if code not in PARTS or _speaker(key) not in VOX_SPEAKERS:
            raise SuperbLiteError(f"'{path}', line {number}: '{line}' is not '1 id10001/VIDEO/00001.wav'")
        found.append((PARTS[code], key))
    return found


def _trials(path: Path) -> list[tuple[int, str, str]]:
    """(match, first, second) of each line "1 id10270/VIDEO/00001.wav id10270/VIDEO/00002.wav", each pair once."""
    found: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines(path), start=1):
        code, *pair = line.split()
        if code not in ("0", "1") or len(pair) != 2:
            raise SuperbLiteError(f"'{path}', line {number}: '{line}' is not '1 FIRST.wav SECOND.wav'")
        if any(_speaker(key) in VERIFICATION_SPEAKERS for key in pair):
            raise SuperbLiteError(f"'{path}', line {number}: a speaker of '{line}' is one that is trained on")
        found[pair[0], pair[1]] = int(code)
    return [(match, first, second) for (first, second), match in found.items()]


def _speaker(key: str) -> str:
    return key.partition("/")[0]


def _recording(folder: Path, key: str, source: Path) -> Recording:
    """The file of a key, in one of the two parts of the release."""
    for part in ("dev", "test"):
        if (path := folder / part / "wav" / key).is_file():
            return Recording(path)
    raise SuperbLiteError(f"'{source}' names '{key}', which is neither in '{folder}/dev/wav' nor in test/wav")
