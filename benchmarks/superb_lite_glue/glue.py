"""The nine tasks of GLUE (Wang et al. 2019): where the official tables and the hub have their texts and labels.

`superb_lite_glue.submission` predicts the test sets, whose labels are hidden, for GLUE's server.
"""

from __future__ import annotations

import functools

from superb_lite_glue import official
from superb_lite_glue.dataset import Columns, Dataset, Hub, load

ABOVE = ("glue/", "GLUE/", "glue_data/", "")
"""Where below --root the folders of the data sets may lie."""


def _dataset(
    task: str,
    folder: str,
    columns: Columns,
    config: str,
    *,
    dev: str = "dev.tsv",
    test: str = "test.tsv",
    hub_texts: tuple[str, ...] = (),
    hub_dev: str = "validation",
    paraphrases: bool = False,
) -> Dataset:
    """One data set of GLUE.

    Args:
        folder: in the release.
        config: its name on the hub.
        hub_texts: what the hub calls the columns of the texts, where it is not what the files do.
    """
    hub_labels = official.GLUE_LABELS[task] if columns.labels else ()
    hub_columns = Columns(hub_texts or columns.texts, "label", hub_labels, columns.bounds)
    return Dataset(
        task=f"glue/{task}",
        train_name=f"glue/{folder}",
        folders=tuple(f"{above}{folder}" for above in ABOVE),
        layout=f"DIR/glue/{folder}/train.tsv and {dev} (gluebenchmark.com/tasks)",
        train=("train.tsv",),
        dev=(dev,),
        test=test,
        columns=columns,
        hub=Hub("nyu-mll/glue", config, hub_columns, hub_dev),
        paraphrases=paraphrases,
    )


def _mnli(task: str, genres: str) -> Dataset:
    return _dataset(
        task,
        "MNLI",
        Columns(_PAIR, "gold_label", official.NLI),
        "mnli",
        dev=f"dev_{genres}.tsv",
        test=f"test_{genres}.tsv",
        hub_texts=("premise", "hypothesis"),
        hub_dev=f"validation_{genres}",
    )


_BINARY = ("0", "1")
_PAIR = ("sentence1", "sentence2")
_ENTAILMENT = ("entailment", "not_entailment")
_COLA = Columns(("sentence",), "label", _BINARY, header=("source", "label", "mark", "sentence"))
_MRPC = Columns(("#1 String", "#2 String"), "Quality", _BINARY)
_STS_B = Columns(_PAIR, "score", bounds=(0.0, 5.0))
_QQP = Columns(("question1", "question2"), "is_duplicate", _BINARY)

_ALL = (
    _dataset("cola", "CoLA", _COLA, "cola"),
    _dataset("sst-2", "SST-2", Columns(("sentence",), "label", _BINARY), "sst2"),
    _dataset("mrpc", "MRPC", _MRPC, "mrpc", hub_texts=_PAIR, paraphrases=True),
    _dataset("sts-b", "STS-B", _STS_B, "stsb", paraphrases=True),
    _dataset("qqp", "QQP", _QQP, "qqp", paraphrases=True),
    _mnli("mnli", "matched"),
    _mnli("mnli-mm", "mismatched"),
    _dataset("qnli", "QNLI", Columns(("question", "sentence"), "label", _ENTAILMENT), "qnli"),
    _dataset("rte", "RTE", Columns(_PAIR, "label", _ENTAILMENT), "rte"),
    _dataset("wnli", "WNLI", Columns(_PAIR, "label", _BINARY), "wnli"),
)
DATASETS = {dataset.task.removeprefix("glue/"): dataset for dataset in _ALL}

cola, sst_2, mrpc, sts_b, qqp, mnli, mnli_mm, qnli, rte, wnli = (functools.partial(load, dataset) for dataset in _ALL)
