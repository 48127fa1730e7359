"""Dataset: a table of sentences or pairs with a label, as GLUE and CLUE release them or as the hub has it.

The labels of the test sets are hidden, so the official development set is the test here and validation is drawn from
the training set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.official_data import Entry, by_shared_text, hold_out, task_data
from superb_lite_glue.official_tables import Row, Rows, read_rows
from superb_lite_glue.release import download
from superb_lite_sources.releases import find_file, find_folder

NO_GOLD = "-"
"""The label of a row whose annotators did not agree (SNLI, MultiNLI and what follows them)."""

TextsOf = Callable[[Rows, Row, Sequence[str]], tuple[str, ...]]
"""The texts of a row, out of some of its columns."""


def columns_as_texts(rows: Rows, row: Row, columns: Sequence[str]) -> tuple[str, ...]:
    """Each column is a text."""
    return tuple(rows.text(row, column) for column in columns)


@dataclass(frozen=True)
class Columns:
    """Where the rows of a table have their texts and their label."""

    texts: tuple[str, ...]
    """The columns that the texts are made of."""

    label: str
    """The column of the label."""

    labels: tuple[str, ...] = ()
    """The words of the classes that it holds, in the order of the task's. Empty: it holds a number."""

    bounds: tuple[float, float] = (0.0, 0.0)
    """The lowest and the highest number, where it holds numbers."""

    header: tuple[str, ...] = ()
    """The names of all columns where the file's first row does not give them."""


@dataclass(frozen=True)
class Hub:
    """Where the Hugging Face hub has a data set."""

    repository: str

    config: str

    columns: Columns

    dev: str = "validation"
    """What it calls the development set."""


@dataclass(frozen=True)
class Dataset:
    """One data set of a benchmark."""

    task: str
    """"glue/mnli-mm"."""

    train_name: str
    """"glue/MNLI", the seed of the draw of validation: the same for data sets that share a training set."""

    folders: tuple[str, ...]
    """Where below --root its folder may lie; the first that exists is used."""

    layout: str
    """What --root has to hold, in words."""

    train: tuple[str, ...]
    """Names that the training table may have in the folder."""

    dev: tuple[str, ...]
    """Names that the development table may have."""

    columns: Columns
    """Of the tables in the folder."""

    hub: Hub

    texts: TextsOf = columns_as_texts

    paraphrases: bool = False
    """Two texts of a row mean the same or not, in either order, and each recurs in other rows: rows that share a text,
    directly or by way of others, are one cluster. Otherwise those with the same first text are."""

    test: str = ""
    """The name of the table without labels, for a benchmark whose server takes predictions."""

    def folder(self, root: Path) -> Path:
        """The folder below --root."""
        return find_folder(root, self.folders, self.layout)

    def file(self, root: Path, names: Sequence[str]) -> Path:
        """A file in the folder."""
        return find_file(self.folder(root), names, self.layout)


def load(dataset: Dataset, root: Path | None) -> TaskData:
    """The data of a task. root: what --root names; None downloads."""
    train, validation = hold_out(_training(dataset, root), dataset.train_name)
    test = _entries(dataset, root, dataset.dev, split=dataset.hub.dev)
    return task_data(dataset.task.replace("/", "-"), train=train, validation=validation, test=test)


_TRAINING: dict[str, tuple[Path | None, list[Entry]]] = {}


def _training(dataset: Dataset, root: Path | None) -> list[Entry]:
    """The training set. That which was read last is kept: the two tasks of MNLI share theirs."""
    key = dataset.train_name
    if key not in _TRAINING or _TRAINING[key][0] != root:
        entries = _entries(dataset, root, dataset.train, split="train")
        _TRAINING.clear()
        _TRAINING[key] = (root, entries)
    return _TRAINING[key][1]


def _entries(dataset: Dataset, root: Path | None, files: Sequence[str], *, split: str) -> list[Entry]:
    """The labelled rows of one of `files`, or of a split of the hub. Ids begin with the first name of the file."""
    part = files[0].partition(".")[0]
    if root is None:
        hub, columns = dataset.hub, dataset.hub.columns
        rows = download(hub.repository, hub.config, split, [*columns.texts, columns.label], dataset.layout)
    else:
        columns = dataset.columns
        rows = read_rows(dataset.file(root, files), [*columns.texts, columns.label], header=columns.header)
    found = []
    for row in rows.rows:
        texts = texts_of(rows, row, columns.texts, dataset.texts)
        if texts is None:
            continue
        if row.cells[columns.label] == NO_GOLD:
            rows.leave_out(row.number, f"no gold label ('{NO_GOLD}')")
        else:
            found.append(Entry(f"{part}-{row.number}", texts, _label(rows, row, columns), group=texts[0]))
    rows.report(len(found))
    return by_shared_text(found) if dataset.paraphrases else found


def _label(rows: Rows, row: Row, columns: Columns) -> int | float:
    if columns.labels:
        return rows.label(row, columns.label, columns.labels)
    return rows.number(row, columns.label, *columns.bounds)


def texts_of(
    rows: Rows, row: Row, columns: Sequence[str], read: TextsOf = columns_as_texts, *, broken: bool = True
) -> tuple[str, ...] | None:
    """The texts of a row; None, and the row is counted as left out (as `broken` or not), where one of them is empty."""
    texts = read(rows, row, columns)
    for number, text in enumerate(texts):
        if not text.strip():
            which = f"an empty '{columns[number]}'" if len(texts) == len(columns) else "an empty text"
            rows.leave_out(row.number, which, broken=broken)
            return None
    return texts
