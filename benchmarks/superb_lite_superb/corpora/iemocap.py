"""Emotion recognition on IEMOCAP (Busso et al. 2008): four classes, five folds, a session of two speakers each."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_superb.corpora.files import existing, lines, read_when_used, release
from superb_lite_superb.superb import IEMOCAP_EMOTIONS

NAMES = ("IEMOCAP_full_release", "IEMOCAP")
SESSIONS = tuple(f"Session{number}" for number in range(1, 6))
LABELS, AUDIO = "dialog/EmoEvaluation", "sentences/wav"
CLASSES = {"neu": "neutral", "hap": "happy", "exc": "happy", "ang": "angry", "sad": "sad"}
"""Of the categories of the release; excitement counts as happiness, all others are left out (Yang et al. 2021)."""

_LINE = re.compile(r"\[[\d.]+ - [\d.]+\]\t(\S+)\t(\w+)\t")


def fold(test: str, root: Path | None = None) -> TaskData:
    """One session is the test part, four are trained on. A cluster is a dialogue, since a fold has two speakers only.

    Validation is drawn from the four sessions by dialogue, a fifth of them.
    """
    layout = f"Session1/ to Session5/, in each {LABELS}/DIALOGUE.txt and {AUDIO}/DIALOGUE/DIALOGUE_NNN.wav"
    needed = [f"{session}/{path}" for session in SESSIONS for path in (LABELS, AUDIO)]
    folder = release(f"superb/er{SESSIONS.index(test) + 1}", root, NAMES, layout, needed)
    recordings = {}
    parts: dict[bool, list[Example]] = {True: [], False: []}
    for session in SESSIONS:
        for file in sorted((folder / session / LABELS).glob("Ses*.txt")):
            for line in lines(file):
                found = _LINE.match(line)
                if found is None or found[2] not in CLASSES:
                    continue
                key = found[1]
                recordings[key] = existing(folder / session / AUDIO / file.stem / f"{key}.wav", file)
                label = IEMOCAP_EMOTIONS.index(CLASSES[found[2]])
                parts[session == test].append(Example(key, (key,), label, file.stem))
    for is_test, examples in parts.items():
        if len({e.label for e in examples}) < len(IEMOCAP_EMOTIONS):
            where = test if is_test else f"the sessions other than {test}"
            raise SuperbLiteError(f"'{folder}': {where} lack one of {', '.join(IEMOCAP_EMOTIONS)} in {LABELS}/*.txt")
    return TaskData(items=read_when_used(recordings), train=tuple(parts[False]), test=tuple(parts[True]))


def _fold(test: str) -> Callable[[Path | None], TaskData]:
    return functools.partial(fold, test)


er1, er2, er3, er4, er5 = map(_fold, SESSIONS)
