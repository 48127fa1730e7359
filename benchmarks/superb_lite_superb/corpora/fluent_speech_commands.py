"""Intent classification on Fluent Speech Commands (Lugosch et al. 2019)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_superb.corpora.files import Recording, existing, lines, read_when_used, release
from superb_lite_superb.superb import FLUENT_INTENTS

FOLDER = "fluent_speech_commands_dataset"
TABLES = {"train": "train_data.csv", "validation": "valid_data.csv", "test": "test_data.csv"}
COLUMNS = ("path", "speakerId", "action", "object", "location")


def ic(root: Path | None = None) -> TaskData:
    """The official split, in which speakers are disjoint. A cluster is a speaker."""
    folder = release(
        "superb/ic",
        root,
        [FOLDER],
        "data/train_data.csv, data/valid_data.csv, data/test_data.csv and wavs/speakers/",
        [*(f"data/{name}" for name in TABLES.values()), "wavs/speakers"],
    )
    recordings: dict[str, Recording] = {}
    parts = {part: _examples(folder, folder / "data" / name, recordings) for part, name in TABLES.items()}
    return TaskData(items=read_when_used(recordings), **parts)


def _examples(folder: Path, table: Path, recordings: dict[str, Recording]) -> tuple[Example, ...]:
    """The rows of a table as examples; their recordings are added to `recordings`."""
    rows = csv.DictReader(io.StringIO("\n".join(lines(table))))
    for column in COLUMNS:
        if column not in (rows.fieldnames or ()):
            raise SuperbLiteError(f"'{table}' has no column '{column}': it has {', '.join(rows.fieldnames or ())}")
    examples = []
    for number, row in enumerate(rows, start=2):
        intent = "|".join(str(row[column]) for column in COLUMNS[2:])
        if intent not in FLUENT_INTENTS:
            raise SuperbLiteError(f"'{table}', row {number}: '{intent}' is not one of the 31 intents of the release")
        key = str(row["path"])
        if key in recordings:
            raise SuperbLiteError(f"'{table}', row {number}: '{key}' stands in two rows")
        recordings[key] = existing(folder / key, table)
        examples.append(Example(key, (key,), FLUENT_INTENTS.index(intent), str(row["speakerId"])))
    return tuple(examples)
