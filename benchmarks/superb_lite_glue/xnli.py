"""XNLI (Conneau et al. 2018): trained and chosen in one language, tested in one.

MultiNLI and the development part of XNLI are in English, so that nothing of another language is seen before the test; a
task on translations has both in its own. The tests of all languages are translations of the same pairs: a premise is
one cluster in all of them, so that intervals over languages do not take its translations for independent.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import TaskData
from superb_lite_glue.dataset import texts_of
from superb_lite_glue.official import NLI
from superb_lite_glue.official_data import Entry, task_data
from superb_lite_glue.official_tables import Row, Rows, read_table
from superb_lite_glue.release import download
from superb_lite_glue.xnli_tasks import LANGUAGES, TRANSLATED
from superb_lite_sources.releases import find_file, find_folder

HUB = "facebook/xnli"
LAYOUT = "DIR/XNLI-1.0/xnli.dev.tsv and xnli.test.tsv (cims.nyu.edu/~sbowman/xnli)"
TRAIN_LAYOUT = "DIR/XNLI-MT-1.0/multinli/multinli.train.{}.tsv (cims.nyu.edu/~sbowman/xnli)"
_TRANSLATIONS = ("XNLI-MT-1.0/multinli", "xnli/XNLI-MT-1.0/multinli", "multinli", "XNLI-MT-1.0", "xnli", ".")
_TESTS = ("XNLI-1.0", "xnli/XNLI-1.0", "xnli", ".")
_IN_TRAINING = ("entailment", "neutral", "contradictory")
"""What the files of the training set call the classes."""


def load(name: str, root: Path | None) -> TaskData:
    """The data of a task of `xnli`, by its name without the set's. root: what --root names; None downloads."""
    language = name.removesuffix(TRANSLATED)
    learnt = language if name.endswith(TRANSLATED) else "en"
    train, dev, test = _train(learnt, root), _part("dev", learnt, root), _part("test", language, root)
    return task_data(f"xnli-{name}", train=train, validation=dev, test=test)


@functools.lru_cache(maxsize=1)
def _train(language: str, root: Path | None) -> tuple[Entry, ...]:
    """The training set. That which was read last is kept: fifteen tasks share the English one."""
    if root is None:
        rows = download(HUB, language, "train", ("premise", "hypothesis", "label"), TRAIN_LAYOUT.format(language))
        return _entries(rows, "train", ("premise", "hypothesis"), "label")
    layout = TRAIN_LAYOUT.format(language)
    folder = find_folder(root, _TRANSLATIONS, layout)
    rows = read_table(find_file(folder, [f"multinli.train.{language}.tsv"], layout), ("premise", "hypo", "label"))
    return _entries(rows, "train", ("premise", "hypo"), "label")


def _part(part: str, language: str, root: Path | None) -> tuple[Entry, ...]:
    """The development or the test part in a language."""
    if root is None:
        split = {"dev": "validation", "test": "test"}[part]
        rows = download(HUB, language, split, ("premise", "hypothesis", "label"), LAYOUT)
        # Which has no promptID: its rows are those of a language in the file's order, three for each premise.
        return _entries(rows, part, ("premise", "hypothesis"), "label", lambda row: f"hub-{(row.number - 1) // 3}")
    path = find_file(find_folder(root, _TESTS, LAYOUT), [f"xnli.{part}.tsv"], LAYOUT)
    columns = ("language", "gold_label", "sentence1", "sentence2", "promptID")
    table = _table(path, columns)
    mine = [row for row in table.rows if row.cells["language"] == language]
    if not mine:
        raise SuperbLiteError(f"'{path}' has no row whose column 'language' is '{language}': is it complete?")
    rows = Rows(table.name, mine, len(mine))
    return _entries(rows, part, ("sentence1", "sentence2"), "gold_label", lambda row: rows.text(row, "promptID"))


@functools.lru_cache(maxsize=2)
def _table(path: Path, columns: tuple[str, ...]) -> Rows:
    """The rows of all languages; those that were cut in two are refused or counted."""
    table = read_table(path, columns)
    table.report(len(table.rows))
    return table


def _entries(
    rows: Rows, part: str, texts: tuple[str, str], label: str, premise: Callable[[Row], str] | None = None
) -> tuple[Entry, ...]:
    """Pairs, those of one premise a group. Empty translations are left out and counted.

    premise: what names a row's premise in all languages.
    """
    found = []
    for row in rows.rows:
        pair = texts_of(rows, row, texts, broken=False)
        if pair is not None:
            words = _IN_TRAINING if row.cells[label] in _IN_TRAINING else NLI
            cluster = f"xnli-{part}-{premise(row)}" if premise else ""
            found.append(Entry(f"{part}-{row.number}", pair, rows.label(row, label, words), pair[0], cluster=cluster))
    rows.report(len(found))
    return tuple(found)


def __getattr__(name: str) -> functools.partial[TaskData]:
    """The loader of a task, by its name with "_" for "-"."""
    task = name.replace("_", "-")
    if task.removesuffix(TRANSLATED) not in LANGUAGES:
        raise AttributeError(name)
    return functools.partial(load, task)
