"""The data of the task set sequence, from the official files below --root DIR."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_sequence_lite import release_files
from superb_lite_sequence_lite.official import LOCATIONS
from superb_lite_sequence_lite.release_files import Record
from superb_lite_sources.releases import find_file, find_folder
from superb_lite_sources.shares import rank

SPLICE = "DIR/splice.data (archive.ics.uci.edu, Molecular Biology, Splice-junction Gene Sequences)"
TAPE = "DIR/{0}/{0}_train.json, {0}_valid.json and {0}_test.json (github.com/songlab-cal/tape, Raw Data)"
DEEPLOC = "DIR/deeploc_data.fasta (services.healthtech.dtu.dk, DeepLoc 1.0)"
GUE = "DIR/GUE/EMP/{0}/train.csv, dev.csv and test.csv (github.com/MAGICS-LAB/DNABERT_2)"

SHARES = {"test": 0.2, "validation": 0.1}
"""Where a release has no such part, so large a share of the different sequences is drawn by their content."""


def splice(root: Path | None) -> TaskData:
    """UCI's splice junctions, which have no official split; repeats of a sequence are on one side."""
    folder = find_folder(_given(root, SPLICE), ("splice", "."), SPLICE)
    records = release_files.splice(find_file(folder, ["splice.data"], SPLICE))
    rest, test = _drawn(records, "test")
    return _task_data(*_drawn(rest, "validation"), test)


def localization(root: Path | None) -> TaskData:
    """DeepLoc's proteins with its test set; validation is drawn."""
    folder = find_folder(_given(root, DEEPLOC), ("deeploc", "."), DEEPLOC)
    train, test = release_files.deeploc(find_file(folder, ["deeploc_data.fasta"], DEEPLOC), LOCATIONS)
    return _task_data(*_drawn(train, "validation"), test)


def _tape(name: str, column: str, root: Path | None) -> TaskData:
    layout = TAPE.format(name)
    folder = find_folder(_given(root, layout), (name, "."), layout)
    parts = []
    for part in ("train", "valid", "test"):
        file, pickles = f"{name}_{part}.json", folder / f"{name}_{part}.lmdb"
        if not (folder / file).exists() and pickles.exists():
            raise SuperbLiteError(
                f"'{pickles}' holds pickles, which are never loaded: get the JSON release of the same data, "
                f"data_raw/{name}.tar.gz under Raw Data at github.com/songlab-cal/tape"
            )
        parts.append(release_files.tape(find_file(folder, [file], layout), column))
    return _task_data(*parts)


def _gue(name: str, root: Path | None) -> TaskData:
    layout = GUE.format(name)
    folder = find_folder(_given(root, layout), (f"GUE/EMP/{name}", f"EMP/{name}", name), layout)
    return _task_data(*(release_files.gue(find_file(folder, [f"{part}.csv"], layout)) for part in _GUE_PARTS))


_GUE_PARTS = ("train", "dev", "test")

Load = Callable[[Path | None], TaskData]
stability: Load = functools.partial(_tape, "stability", "stability_score")
fluorescence: Load = functools.partial(_tape, "fluorescence", "log_fluorescence")
h3: Load = functools.partial(_gue, "H3")
h4: Load = functools.partial(_gue, "H4")
h3k9ac: Load = functools.partial(_gue, "H3K9ac")


def _given(root: Path | None, layout: str) -> Path:
    if root is None:
        raise SuperbLiteError(f"this data is not downloaded: give --root DIR with the official release: {layout}")
    return root


def _drawn(records: Sequence[Record], part: str) -> tuple[list[Record], list[Record]]:
    """(the rest, the part), by the content of the sequence."""
    sides: tuple[list[Record], list[Record]] = ([], [])
    for record in records:
        sides[int(rank(record.sequence, part)[:13], 16) / 16**13 < SHARES[part]].append(record)
    return sides


def _name(record: Record) -> str:
    """A short name of its sequence, which repeats share."""
    return rank(record.sequence, "sequence")[:12]


def _task_data(train: Sequence[Record], validation: Sequence[Record], test: Sequence[Record]) -> TaskData:
    parts = {"train": train, "validation": validation, "test": test}
    for name, records in parts.items():
        if not records:
            raise SuperbLiteError(f"the release has no records in the part '{name}': is it complete?")
    items = {f"{name}-{record.id}": record.sequence for name, records in parts.items() for record in records}
    examples = {
        name: tuple(
            Example(f"{name}-{record.id}", (f"{name}-{record.id}",), record.label, record.cluster or _name(record))
            for record in records
        )
        for name, records in parts.items()
    }
    return TaskData(items, examples["train"], examples["test"], examples["validation"])
