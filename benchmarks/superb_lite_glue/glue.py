"""The nine tasks of GLUE (Wang et al. 2019) from their official tables, or from the hub.

The labels of the test sets are hidden, so the official development set is the test here and validation is drawn from
the training set. `superb_lite_glue.submission` predicts the test sets for GLUE's server.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue import official
from superb_lite_glue.official_data import Entry, hold_out, task_data
from superb_lite_glue.official_tables import Row, Rows, read_table
from superb_lite_glue.release import download, find_file, find_folder

HUB = "nyu-mll/glue"
ABOVE = ("glue/", "GLUE/", "glue_data/", "")
"""Where below --root the folders of the data sets may lie."""
LOWEST, HIGHEST = 0.0, 5.0
"""The scores of STS-B."""


@dataclass(frozen=True)
class Dataset:
    """One data set of GLUE.

    task: the name within the set. folder: in the release. texts: the columns of its one or two texts, label: that of
    the label. words: the labels as the files have them, in the order of the task's; none for numbers. config: its name
    on the hub. header: all columns of the training and development tables where these have no header. dev, test: names
    of files. hub_texts, hub_dev: what the columns and the development set are called on the hub.
    """

    task: str
    folder: str
    texts: tuple[str, ...]
    label: str
    words: tuple[str, ...]
    config: str
    header: tuple[str, ...] = ()
    dev: str = "dev.tsv"
    test: str = "test.tsv"
    hub_texts: tuple[str, ...] = ()
    hub_dev: str = "validation"

    @property
    def layout(self) -> str:
        """What --root DIR has to hold."""
        return f"DIR/glue/{self.folder}/train.tsv and {self.dev} (gluebenchmark.com/tasks)"


_BINARY = ("0", "1")
_TWO_SENTENCES = ("sentence1", "sentence2")
_ENTAILMENT = ("entailment", "not_entailment")


def _mnli(task: str, which: str) -> Dataset:
    return Dataset(
        task,
        "MNLI",
        _TWO_SENTENCES,
        "gold_label",
        official.NLI,
        "mnli",
        dev=f"dev_{which}.tsv",
        test=f"test_{which}.tsv",
        hub_texts=("premise", "hypothesis"),
        hub_dev=f"validation_{which}",
    )


DATASETS = {
    dataset.task: dataset
    for dataset in (
        Dataset("cola", "CoLA", ("sentence",), "label", _BINARY, "cola", ("source", "label", "mark", "sentence")),
        Dataset("sst-2", "SST-2", ("sentence",), "label", _BINARY, "sst2"),
        Dataset("mrpc", "MRPC", ("#1 String", "#2 String"), "Quality", _BINARY, "mrpc", hub_texts=_TWO_SENTENCES),
        Dataset("sts-b", "STS-B", _TWO_SENTENCES, "score", (), "stsb"),
        Dataset("qqp", "QQP", ("question1", "question2"), "is_duplicate", _BINARY, "qqp"),
        _mnli("mnli", "matched"),
        _mnli("mnli-mm", "mismatched"),
        Dataset("qnli", "QNLI", ("question", "sentence"), "label", _ENTAILMENT, "qnli"),
        Dataset("rte", "RTE", _TWO_SENTENCES, "label", _ENTAILMENT, "rte"),
        Dataset("wnli", "WNLI", _TWO_SENTENCES, "label", _BINARY, "wnli"),
    )
}


def load(task: str, root: Path | None) -> TaskData:
    """The data of a task; `root` holds DIR/glue/CoLA/train.tsv or DIR/CoLA/train.tsv, None downloads."""
    dataset = DATASETS[task]
    labelled = _training(dataset.folder, dataset.config, root)
    train, validation = hold_out(labelled, f"glue/{dataset.folder}")
    if root is None:
        test = _hub_entries(dataset, dataset.hub_dev)
    else:
        path = find_file(folder_of(dataset, root), [dataset.dev], dataset.layout)
        test = entries(dataset, read_table(path, [*dataset.texts, dataset.label], header=dataset.header), path.stem)
    return task_data(f"glue-{task}", train=train, validation=validation, test=test)


cola = functools.partial(load, "cola")
sst_2 = functools.partial(load, "sst-2")
mrpc = functools.partial(load, "mrpc")
sts_b = functools.partial(load, "sts-b")
qqp = functools.partial(load, "qqp")
mnli = functools.partial(load, "mnli")
mnli_mm = functools.partial(load, "mnli-mm")
qnli = functools.partial(load, "qnli")
rte = functools.partial(load, "rte")
wnli = functools.partial(load, "wnli")


def folder_of(dataset: Dataset, root: Path) -> Path:
    """The folder of a data set below --root."""
    return find_folder(root, [f"{above}{dataset.folder}" for above in ABOVE], dataset.layout)


@functools.lru_cache(maxsize=1)
def _training(folder: str, config: str, root: Path | None) -> tuple[Entry, ...]:
    """The training set; that of MNLI serves two tasks in a row."""
    dataset = next(d for d in DATASETS.values() if d.folder == folder)
    if root is None:
        return tuple(_hub_entries(dataset, "train"))
    path = find_file(folder_of(dataset, root), ["train.tsv"], dataset.layout)
    return tuple(entries(dataset, read_table(path, [*dataset.texts, dataset.label], header=dataset.header), path.stem))


def _hub_entries(dataset: Dataset, split: str) -> list[Entry]:
    texts = dataset.hub_texts or dataset.texts
    rows = download(HUB, dataset.config, split, [*texts, "label"], dataset.layout)
    words = official.GLUE_LABELS[dataset.task] if dataset.words else ()
    return _entries(rows, texts, "label", words, split)


def entries(dataset: Dataset, rows: Rows, part: str) -> list[Entry]:
    """The examples of a table of the release. part: what their ids begin with."""
    return _entries(rows, dataset.texts, dataset.label, dataset.words, part)


def _entries(rows: Rows, columns: Sequence[str], label: str, words: Sequence[str], part: str) -> list[Entry]:
    found = []
    for row in rows.rows:
        texts = texts_of(rows, row, columns)
        if texts is None:
            continue
        target = rows.label(row, label, words) if words else rows.number(row, label, LOWEST, HIGHEST)
        found.append(Entry(f"{part}-{row.number}", texts, target, group=texts[0]))
    rows.report(len(found))
    return found


def texts_of(rows: Rows, row: Row, columns: Sequence[str], *, broken: bool = True) -> tuple[str, ...] | None:
    """The texts of a row; None, and the row is counted as left out (as `broken` or not), where one of them is empty."""
    texts = tuple(rows.text(row, column) for column in columns)
    for column, text in zip(columns, texts, strict=True):
        if not text.strip():
            rows.leave_out(row.number, f"an empty '{column}'", broken=broken)
            return None
    return texts
