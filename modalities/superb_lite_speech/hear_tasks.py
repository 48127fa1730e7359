"""`hear:DIR`, a task: a folder of HEAR as its preprocessing writes it (Turian et al. 2022, hearpreprocess).

DIR                 task_metadata.json; train.json, valid.json and test.json; 16000/ or another rate, in it a folder for
                    each part
DIR/foldNN.json     of tasks in folds, the one that is tested; the next fold validates, as in HEAR, the others train
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import read_utf8
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite.tasks.own_split import Row
from superb_lite.tasks.own_tasks import own_task
from superb_lite.tasks.task import Task
from superb_lite_speech.audio_files import AudioReader
from superb_lite_speech.items import SAMPLE_RATE

METADATA, LIMIT = "task_metadata.json", 256 * 2**20
PARTS = {"train": "train", "valid": "val", "test": "test"}
"""What HEAR calls the parts, and what they are called here."""

_FOLD = re.compile(r"fold\d+")


def hear_task(name: str, path: Path) -> Task:
    """The task of a folder, or of a fold of it: one class for each sound.

    Raises `SuperbLiteError`, in one line, for files that are damaged or missing, and for tasks that no form fits: of
    several labels a sound, and of events in time.
    """
    folder, fold = (path.parent, path.stem) if path.suffix == ".json" else (path, "")
    said = _object(folder / METADATA)
    _check_kind(said, folder)
    audio = _audio(folder)
    rows: list[Row] = []
    files: dict[str, Path] = {}
    for split, part in _parts(folder, fold).items():
        for file, label in _labels(folder / f"{split}.json").items():
            key = f"{split}/{file}"
            files[key] = audio / split / file
            rows.append(Row(key, (key,), _content(files[key]), label, part))
    items = LazyItems(files, AudioReader())
    return own_task(name, folder, modality="speech", rows=rows, items=items, noun="recording")


def _check_kind(said: Mapping[str, Any], folder: Path) -> None:
    embedding, prediction = said.get("embedding_type"), said.get("prediction_type")
    if embedding == "event":
        raise SuperbLiteError(
            f"'{folder}' asks for events in time, several at once: no form fits (tag has one label a unit, the "
            "speakers of diarize have no names)"
        )
    if (embedding, prediction) != ("scene", "multiclass"):
        kind = one_line(f"{embedding}, {prediction}", 60)
        raise SuperbLiteError(f"'{folder}' is a task of another kind ({kind}): scene, multiclass is read")


def _audio(folder: Path) -> Path:
    """The folder of the rate that encoders take, or else of the highest one, which is resampled."""
    rates = sorted(int(inside.name) for inside in folder.iterdir() if inside.is_dir() and inside.name.isdecimal())
    if not rates:
        raise SuperbLiteError(f"'{folder}' has no folder of audio, such as {SAMPLE_RATE}/ or 48000/")
    return folder / str(SAMPLE_RATE if SAMPLE_RATE in rates else rates[-1])


def _parts(folder: Path, fold: str) -> dict[str, str]:
    """The name of each JSON file of labels, and the part that it is of."""
    folds = sorted(file.stem for file in folder.glob("fold*.json") if _FOLD.fullmatch(file.stem))
    if not folds:
        if fold or not all((folder / f"{split}.json").is_file() for split in PARTS):
            raise SuperbLiteError(f"'{folder}' needs {', '.join(f'{split}.json' for split in PARTS)}, or foldNN.json")
        return PARTS
    if fold not in folds or len(folds) < 3:
        raise SuperbLiteError(
            f"'{folder}' is in {len(folds)} folds: name the one to test, hear:{folder}/{folds[0]}.json"
        )
    place = folds.index(fold)
    others = dict.fromkeys(folds, "train")
    return {**others, folds[(place + 1) % len(folds)]: "val", fold: "test"}


def _labels(file: Path) -> dict[str, str]:
    """The label of each file of audio."""
    found = {}
    for name, labels in _object(file).items():
        if not isinstance(labels, list) or len(labels) != 1 or not isinstance(labels[0], str | int):
            raise SuperbLiteError(f"'{file}': '{one_line(name, 60)}' has not one label, but {one_line(labels, 60)}")
        if name != Path(name).name or name in (".", ".."):
            raise SuperbLiteError(f"'{file}': '{one_line(name, 60)}' is no name of a file")
        found[name] = str(labels[0])
    return found


def _content(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise SuperbLiteError(f"cannot read '{file}': {error.strerror}") from None


def _object(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_utf8(file, limit=LIMIT))
    except (ValueError, RecursionError):
        raise SuperbLiteError(f"'{file}' is not JSON") from None
    if not isinstance(content, dict):
        raise SuperbLiteError(f"'{file}' is not a JSON object")
    return content
