"""The tasks of SuperGLUE (Wang et al. 2019): where the official files and the hub have their texts and labels.

The labels of the test sets are hidden, so the official validation set is the test here and validation is drawn from the
training set. The two diagnostic sets are tested on what is learnt on RTE.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue import squad
from superb_lite_glue import superglue_entries as asked
from superb_lite_glue import superglue_rows as flat
from superb_lite_glue.official_data import hold_out, task_data
from superb_lite_glue.official_tables import Row, Rows, read_json_lines
from superb_lite_glue.release import download
from superb_lite_glue.superglue_entries import TRUTH, Entries
from superb_lite_glue.superglue_tasks import CB, ENTAILMENT, HUB
from superb_lite_sources.releases import find_file, find_folder

ABOVE = ("superglue/", "SuperGLUE/", "super_glue/", "combined/", "")
"""Where below --root the folders of the tasks may lie; the official archive unpacks to `combined`."""


@dataclass(frozen=True)
class Source:
    """Where the rows of a task are."""

    folder: str
    """In the release."""

    config: str
    """On the hub."""

    columns: tuple[str, ...]
    """What a row of the hub must have, and a line of a file, unless `nested` says otherwise."""

    entries: Entries

    nested: tuple[tuple[str, ...], Callable[[flat.Nested], Iterator[flat.Cells]]] | None = None
    """The fields of a line and what makes rows of it, where files have another shape than the hub."""

    of_hub: Callable[[Rows], Rows] = lambda rows: rows
    """What makes rows like those of the files of the hub's."""

    hub_columns: tuple[str, ...] = ()
    """What a row of the hub must have, where it is not `columns`."""

    def rows(self, root: Path | None, part: str, *, names: Sequence[str] = (), labelled: bool = True) -> Rows:
        """The rows of "train", "val" or "test". names: what the file may be called. labelled: they have to have labels;
        otherwise they have to have an `idx`."""
        files = names or [f"{part}.jsonl"]
        layout = f"DIR/superglue/{self.folder}/{files[0]} (super.gluebenchmark.com/tasks)"
        if root is None:
            split = "validation" if part == "val" else part
            return self.of_hub(download(HUB, self.config, split, self.hub_columns or self.columns, layout))
        path = find_file(find_folder(root, [f"{above}{self.folder}" for above in ABOVE], layout), files, layout)
        if self.nested is None:
            return read_json_lines(path, self.columns if labelled else (*set(self.columns) - {"label"}, "idx"))
        fields, rows_of = self.nested
        return flat.read_nested(path, fields, rows_of)


def _with_pairs(rows: Rows) -> Rows:
    """The rows of AX-g on the hub, which do not say which are a pair: those that are alike but for a pronoun."""
    found = Rows(rows.name, total=rows.total)
    for row in rows.rows:
        blank = re.sub(r"\b(he|she|him|her|his|hers)\b", "_", rows.text(row, "premise"), flags=re.IGNORECASE)
        pair = f"{blank} {rows.text(row, 'hypothesis')}"
        found.rows.append(Row(row.number, {**row.cells, "pair_id": pair}))
    return found


_RTE = ("premise", "hypothesis", "label")
SOURCES = {
    "boolq": Source("BoolQ", "boolq", ("passage", "question", "label"), asked.pairs("passage", "question", TRUTH)),
    "cb": Source("CB", "cb", _RTE, asked.pairs("premise", "hypothesis", CB)),
    "copa": Source("COPA", "copa", ("premise", "choice1", "choice2", "question", "label"), asked.copa),
    "multirc": Source(
        "MultiRC",
        "multirc",
        ("paragraph", "question", "answer", "label", "idx"),
        asked.multirc,
        nested=(("idx", "passage"), flat.multirc),
    ),
    "record": Source(
        "ReCoRD",
        "record",
        ("passage", "query", "entity_spans", "answers", "idx"),
        squad.entries,
        nested=(("idx", "passage", "qas"), flat.record),
        of_hub=flat.record_of_hub,
    ),
    "rte": Source("RTE", "rte", _RTE, asked.pairs("premise", "hypothesis", ENTAILMENT)),
    "wic": Source(
        "WiC",
        "wic",
        ("word", "sentence1", "sentence2", "start1", "start2", "end1", "end2", "label"),
        asked.wic,
    ),
    "wsc": Source(
        "WSC",
        "wsc.fixed",
        ("text", "span1_index", "span1_text", "span2_index", "span2_text", "label"),
        asked.wsc,
        nested=(("idx", "text", "target"), flat.wsc),
    ),
}
DIAGNOSTIC = {
    "ax-b": Source(
        "AX-b", "axb", ("sentence1", "sentence2", "label"), asked.pairs("sentence1", "sentence2", ENTAILMENT)
    ),
    "ax-g": Source(
        "AX-g",
        "axg",
        (*_RTE, "pair_id"),
        asked.pairs("premise", "hypothesis", ENTAILMENT, pair="pair_id"),
        of_hub=_with_pairs,
        hub_columns=_RTE,
    ),
}


def load(name: str, root: Path | None) -> TaskData:
    """The data of a task, by its name without the set's. root: what --root names; None downloads."""
    source = SOURCES["rte" if name in DIAGNOSTIC else name]
    train, validation = hold_out(source.entries(source.rows(root, "train"), "train"), f"superglue/{source.folder}")
    if name in DIAGNOSTIC:
        test = DIAGNOSTIC[name].entries(diagnostic_rows(name, root), "test")
    else:
        test = source.entries(source.rows(root, "val"), "val")
    return task_data(f"superglue-{name}", train=train, validation=validation, test=test)


def diagnostic_rows(name: str, root: Path | None) -> Rows:
    """The rows of a diagnostic set, whose labels are public."""
    source = DIAGNOSTIC[name]
    return source.rows(root, "test", names=(f"{source.folder}.jsonl",))


boolq, cb, copa, multirc, record, rte, wic, wsc, ax_b, ax_g = (
    functools.partial(load, name) for name in (*SOURCES, *DIAGNOSTIC)
)
