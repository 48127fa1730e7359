"""Keyword spotting on Speech Commands v1 (Warden 2018): ten words, any other word, and silence."""

from __future__ import annotations

from pathlib import Path

import soundfile

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_superb.corpora.files import Recording, lines, read_when_used, release
from superb_lite_superb.superb import COMMANDS, SILENCE, UNKNOWN

NOISE = "_background_noise_"
TRAINING, TEST = "speech_commands_v0.01", "speech_commands_test_set_v0.01"
SILENCE_SECONDS = 1
VALIDATED = 5
"""Every fifth second of noise is for validation."""


def ks(root: Path | None = None) -> TaskData:
    """The test part is the test set that was released on its own, with a folder for each of the twelve classes.

    Of the training release, the files in `validation_list.txt` validate and those in `testing_list.txt` are left out.
    Silence is cut from the background noise, a second at a time. A cluster is the speaker, the first part of a name.
    """
    task = "superb/ks"
    training = release(
        task,
        root,
        [TRAINING],
        f"a folder of wav files for each word, {NOISE}/, validation_list.txt and testing_list.txt",
        [NOISE, "validation_list.txt", "testing_list.txt"],
    )
    test = release(task, root, [TEST], "a folder of wav files for each of the twelve classes", COMMANDS)
    recordings: dict[str, Recording] = {}
    parts: dict[str, list[Example]] = {"train": [], "validation": [], "test": []}

    def add(part: str, key: str, recording: Recording, name: str) -> None:
        recordings[f"{part}/{key}"] = recording
        label = COMMANDS.index(name if name in COMMANDS else UNKNOWN)
        speaker = "" if name == SILENCE else recording.path.stem.partition("_nohash_")[0]
        parts[part].append(Example(f"{part}/{key}", (f"{part}/{key}",), label, speaker))

    validated, tested = (set(lines(training / name)) for name in ("validation_list.txt", "testing_list.txt"))
    for path in sorted(training.glob("*/*.wav")):
        key = path.relative_to(training).as_posix()
        if path.parent.name != NOISE and key not in tested:
            add("validation" if key in validated else "train", key, Recording(path), path.parent.name)
    for number, (key, recording) in enumerate(_silences(training / NOISE)):
        add("validation" if number % VALIDATED == 0 else "train", key, recording, SILENCE)
    for name in COMMANDS:
        for path in sorted((test / name).glob("*.wav")):
            add("test", path.relative_to(test).as_posix(), Recording(path), name)
    for part, examples in parts.items():
        if missing := set(range(len(COMMANDS))) - {e.label for e in examples}:
            where = test if part == "test" else training
            names = ", ".join(COMMANDS[n] for n in sorted(missing) if isinstance(n, int))
            raise SuperbLiteError(f"{task}: '{where}' has no {part} recording of {names}")
    return TaskData(
        items=read_when_used(recordings),
        train=tuple(parts["train"]),
        validation=tuple(parts["validation"]),
        test=tuple(parts["test"]),
    )


def _silences(folder: Path) -> list[tuple[str, Recording]]:
    """Consecutive seconds of each file of noise."""
    found = []
    for path in sorted(folder.glob("*.wav")):
        try:
            info = soundfile.info(path)
        except (soundfile.SoundFileError, OSError) as error:
            raise SuperbLiteError(f"cannot read the audio file '{path}': {error}") from None
        size = SILENCE_SECONDS * info.samplerate
        for start in range(0, info.frames - size + 1, size):
            found.append((f"{folder.name}/{path.name}@{start}", Recording(path, start, start + size)))
    return found
