"""The classification tasks of CLUE (Xu et al. 2020) from their official files of JSON lines, or from the hub.

The official development set is the test, as in `superb_lite_glue.glue`. Rows whose annotators did not agree have the
label "-" (CMNLI, OCNLI); they are left out, as the benchmark does, and counted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import TaskData
from superb_lite_glue import official
from superb_lite_glue.official_data import Entry, hold_out, task_data
from superb_lite_glue.official_tables import Row, Rows, read_json_lines
from superb_lite_glue.release import download, find_file, find_folder

HUB = "clue/clue"
ABOVE = ("clue/", "CLUE/", "CLUEdataset/", "")
NO_GOLD = "-"


@dataclass(frozen=True)
class Dataset:
    """One data set of CLUE. folder: its name in the benchmark and on the hub; train: names of the training file.

    fields: what a row must have beside "label". texts: rows, row -> the texts of the row.
    """

    folder: str
    fields: tuple[str, ...]
    texts: Callable[[Rows, Row], tuple[str, ...]]
    train: tuple[str, ...] = ("train.json",)

    @property
    def layout(self) -> str:
        """What --root DIR has to hold."""
        return f"DIR/clue/{self.folder}/{self.train[0]} and dev.json (github.com/CLUEbenchmark/CLUE)"


def _sentence(rows: Rows, row: Row) -> tuple[str, ...]:
    return (rows.text(row, "sentence"),)


def _two_sentences(rows: Rows, row: Row) -> tuple[str, ...]:
    return rows.text(row, "sentence1"), rows.text(row, "sentence2")


def _abstract_and_keywords(rows: Rows, row: Row) -> tuple[str, ...]:
    keywords = row.cells["keyword"]
    if not isinstance(keywords, list) or not all(isinstance(keyword, str) for keyword in keywords):
        raise SuperbLiteError(f"{rows.name}, row {row.number}, column 'keyword': it is no list of words")
    joined = Row(row.number, {**row.cells, "keyword": "；".join(keywords)})
    return rows.text(row, "abst"), rows.text(joined, "keyword")


def _marked_text(rows: Rows, row: Row) -> tuple[str, ...]:
    """The text with _the noun_ and [the pronoun] marked, as in the baselines of CLUE."""
    text, target = rows.text(row, "text"), row.cells["target"]
    marks: list[tuple[int, str]] = []
    for span, signs in (("span1", "__"), ("span2", "[]")):
        try:
            start, word = int(target[f"{span}_index"]), str(target[f"{span}_text"])
        except (TypeError, KeyError, ValueError):
            raise SuperbLiteError(
                f"{rows.name}, row {row.number}, column 'target': it needs {span}_index and {span}_text"
            ) from None
        if start < 0 or text[start : start + len(word)] != word:
            raise SuperbLiteError(
                f"{rows.name}, row {row.number}, column 'target': '{word:.20}' does not stand at {start} of the text"
            )
        marks += [(start, signs[0]), (start + len(word), signs[1])]
    for position, sign in sorted(marks, key=lambda mark: mark[0], reverse=True):
        text = text[:position] + sign + text[position:]
    return (text,)


_PAIR = ("sentence1", "sentence2")
DATASETS = {
    "tnews": Dataset("tnews", ("sentence",), _sentence),
    "iflytek": Dataset("iflytek", ("sentence",), _sentence),
    "afqmc": Dataset("afqmc", _PAIR, _two_sentences),
    "cmnli": Dataset("cmnli", _PAIR, _two_sentences),
    "ocnli": Dataset("ocnli", _PAIR, _two_sentences, ("train.50k.json", "train.json")),
    "csl": Dataset("csl", ("abst", "keyword"), _abstract_and_keywords),
    "wsc": Dataset("cluewsc2020", ("text", "target"), _marked_text),
}


def load(task: str, root: Path | None) -> TaskData:
    """The data of a task; `root` holds DIR/clue/tnews/train.json or DIR/tnews_public/train.json, None downloads."""
    dataset = DATASETS[task]
    fields = (*dataset.fields, "label")
    if root is None:
        parts = [download(HUB, dataset.folder, split, fields, dataset.layout) for split in ("train", "validation")]
    else:
        names = (dataset.folder, f"{dataset.folder}_public", task)
        folder = find_folder(root, [f"{above}{name}" for above in ABOVE for name in names], dataset.layout)
        paths = [find_file(folder, files, dataset.layout) for files in (dataset.train, ("dev.json",))]
        parts = [read_json_lines(path, fields) for path in paths]
    labelled, test = (_entries(task, rows, part) for rows, part in zip(parts, ("train", "dev"), strict=True))
    train, validation = hold_out(labelled, f"clue/{task}")
    return task_data(f"clue-{task}", train=train, validation=validation, test=test)


tnews = functools.partial(load, "tnews")
iflytek = functools.partial(load, "iflytek")
afqmc = functools.partial(load, "afqmc")
cmnli = functools.partial(load, "cmnli")
ocnli = functools.partial(load, "ocnli")
csl = functools.partial(load, "csl")
wsc = functools.partial(load, "wsc")


def _entries(task: str, rows: Rows, part: str) -> list[Entry]:
    found = []
    for row in rows.rows:
        texts = DATASETS[task].texts(rows, row)
        if not all(text.strip() for text in texts):
            rows.leave_out(row.number, "an empty text", broken=True)
        elif row.cells["label"] == NO_GOLD:
            rows.leave_out(row.number, f"no gold label ('{NO_GOLD}')")
        else:
            label = rows.label(row, "label", official.CLUE_LABELS[task])
            found.append(Entry(f"{part}-{row.number}", texts, label, group=texts[0]))
    rows.report(len(found))
    return found
