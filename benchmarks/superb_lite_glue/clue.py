"""The classification tasks of CLUE (Xu et al. 2020): where files and the hub have their texts.

Rows whose annotators did not agree (CMNLI, OCNLI) are left out, as the benchmark does, and counted.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from superb_lite.errors import SuperbLiteError
from superb_lite_glue import official
from superb_lite_glue.dataset import Columns, Dataset, Hub, TextsOf, columns_as_texts, load
from superb_lite_glue.official_tables import Row, Rows

ABOVE = ("clue/", "CLUE/", "CLUEdataset/", "")
"""Where below --root the folders of the data sets may lie."""


def _abstract_and_keywords(rows: Rows, row: Row, columns: Sequence[str]) -> tuple[str, ...]:
    keywords = row.cells["keyword"]
    if not isinstance(keywords, list) or not all(isinstance(keyword, str) for keyword in keywords):
        raise SuperbLiteError(f"{rows.name}, row {row.number}, column 'keyword': it is not a list of words")
    joined = Row(row.number, {**row.cells, "keyword": "；".join(keywords)})
    return rows.text(row, "abst"), rows.text(joined, "keyword")


def _marked_text(rows: Rows, row: Row, columns: Sequence[str]) -> tuple[str, ...]:
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
                f"{rows.name}, row {row.number}, column 'target': '{word:.20}' is not at position {start} of the text"
            )
        marks += [(start, signs[0]), (start + len(word), signs[1])]
    for position, sign in sorted(marks, key=lambda mark: mark[0], reverse=True):
        text = text[:position] + sign + text[position:]
    return (text,)


def _dataset(
    task: str,
    folder: str,
    columns: tuple[str, ...],
    *,
    texts: TextsOf = columns_as_texts,
    train: tuple[str, ...] = ("train.json",),
    paraphrases: bool = False,
) -> Dataset:
    """One data set of CLUE.

    Args:
        folder: in the release and on the hub.
        columns: what a row must have besides its label.
        train: names of the training file.
    """
    found = Columns(columns, "label", official.CLUE_LABELS[task])
    return Dataset(
        task=f"clue/{task}",
        train_name=f"clue/{task}",
        folders=tuple(f"{above}{name}" for above in ABOVE for name in (folder, f"{folder}_public", task)),
        layout=f"DIR/clue/{folder}/{train[0]} and dev.json (github.com/CLUEbenchmark/CLUE)",
        train=train,
        dev=("dev.json",),
        columns=found,
        hub=Hub("clue/clue", folder, found),
        texts=texts,
        paraphrases=paraphrases,
    )


_PAIR = ("sentence1", "sentence2")

_ALL = (
    _dataset("tnews", "tnews", ("sentence",)),
    _dataset("iflytek", "iflytek", ("sentence",)),
    _dataset("afqmc", "afqmc", _PAIR, paraphrases=True),
    _dataset("cmnli", "cmnli", _PAIR),
    _dataset("ocnli", "ocnli", _PAIR, train=("train.50k.json", "train.json")),
    _dataset("csl", "csl", ("abst", "keyword"), texts=_abstract_and_keywords),
    _dataset("wsc", "cluewsc2020", ("text", "target"), texts=_marked_text),
)

tnews, iflytek, afqmc, cmnli, ocnli, csl, wsc = (functools.partial(load, dataset) for dataset in _ALL)
