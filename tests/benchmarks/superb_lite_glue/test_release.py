"""Where releases come from when --root is not given: Hugging Face `datasets`, which stands here as a small double.

The double has the interface that the library documents: `load_dataset(path, name, split=...)` returns rows that are
dictionaries, with `features` by column, of which classes have `names` and are numbers in the rows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data
from superb_lite.tasks.task import Task, forget_data
from superb_lite_glue import dataset


class Split(list[dict[str, Any]]):
    """A split as the library gives it. features: by column."""

    def __init__(self, rows: list[dict[str, Any]], classes: dict[str, list[str]]) -> None:
        super().__init__(rows)
        self.features = {
            column: SimpleNamespace(names=classes[column]) if column in classes else SimpleNamespace(dtype="string")
            for column in rows[0]
        }


class Hub(ModuleType):
    """The module, with splits by (repository, config, split). asked: what was loaded."""

    def __init__(self, splits: dict[tuple[str, str | None, str], Split]) -> None:
        super().__init__("datasets")
        self.splits, self.asked = splits, list[tuple[str, str | None, str]]()

    def load_dataset(self, path: str, name: str | None = None, *, split: str) -> Split:
        self.asked.append((path, name, split))
        if (path, name, split) not in self.splits:
            raise ConnectionError(f"Couldn't reach '{path}' on the Hub\n(LocalEntryNotFoundError)")
        return self.splits[path, name, split]


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Data is loaded once a process; without --root each of these tests has another hub."""
    yield
    forget_data()
    dataset._TRAINING.clear()


def hub(monkeypatch: pytest.MonkeyPatch, splits: dict[tuple[str, str | None, str], Split]) -> Hub:
    module = Hub(splits)
    monkeypatch.setitem(sys.modules, "datasets", module)
    return module


def task(name: str) -> Task:
    return plugins.tasks(name)[0]


def pairs(first: str, second: str, size: int, classes: int, unlabelled: int = 0) -> list[dict[str, Any]]:
    rows = [{first: f"a {n}", second: f"b {n}", "label": n % classes, "idx": n} for n in range(size)]
    return [{**row, "label": -1} if row["idx"] < unlabelled else row for row in rows]


def test_glue_is_downloaded_by_its_names_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"label": ["entailment", "neutral", "contradiction"]}
    module = hub(
        monkeypatch,
        {
            ("nyu-mll/glue", "mnli", "train"): Split(pairs("premise", "hypothesis", 30, 3), names),
            ("nyu-mll/glue", "mnli", "validation_mismatched"): Split(pairs("premise", "hypothesis", 9, 3), names),
        },
    )
    data = task("glue/mnli-mm").data(None)
    check_data(task("glue/mnli-mm"), data)
    assert module.asked == [("nyu-mll/glue", "mnli", part) for part in ("train", "validation_mismatched")]
    assert (len(data.train) + len(data.validation), len(data.test)) == (30, 9)
    assert [data.items[key] for key in data.test[1].items] == ["a 1", "b 1"]
    assert data.test[1].label == 1


def test_classes_are_read_by_name_whatever_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"label": ["true", "false"]}  # as the hub has them for this set
    target = {"span1_text": "a", "span1_index": 0, "span2_text": "it", "span2_index": 2}
    rows = [{"text": f"a it {n}", "target": target, "label": 0, "idx": n} for n in range(10)]
    splits = {("clue/clue", "cluewsc2020", part): Split(rows, names) for part in ("train", "validation")}
    hub(monkeypatch, splits)
    data = task("clue/wsc").data(None)
    assert {task("clue/wsc").labels[e.label] for e in data.test} == {"true"}  # type: ignore[index]


def test_numbers_and_rows_without_a_label(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stsb = [{"sentence1": f"a {n}", "sentence2": "b", "label": n / 4, "idx": n} for n in range(20)]
    ocnli = Split(pairs("sentence1", "sentence2", 20, 3, unlabelled=2), {"label": ["neutral", "entailment", "contrad"]})
    ocnli.features["label"].names = ["neutral", "entailment", "contradiction"]
    splits = {("nyu-mll/glue", "stsb", part): Split(stsb, {}) for part in ("train", "validation")}
    hub(monkeypatch, {**splits, **{("clue/clue", "ocnli", part): ocnli for part in ("train", "validation")}})
    assert task("glue/sts-b").data(None).test[3].label == 0.75
    assert len(task("clue/ocnli").data(None).test) == 18
    assert "'clue/clue/ocnli', split 'train': 20 rows, 18 kept; left out: 2 with no gold" in capsys.readouterr().err


def test_squad_and_drcd(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"text": ["bc"], "answer_start": [1]}
    rows = [{"id": f"{n}-1-1", "context": "abcd", "question": f"q{n}?", "answers": answers} for n in range(20)]
    with_titles = [{**row, "title": f"t{n // 5}"} for n, row in enumerate(rows)]
    squad = {("rajpurkar/squad", None, part): Split(with_titles, {}) for part in ("train", "validation")}
    drcd = {("clue/clue", "drcd", part): Split(rows, {}) for part in ("train", "validation", "test")}
    hub(monkeypatch, {**squad, **drcd})
    for name, clusters in (("squad/qa", 4), ("drcd/qa", 20)):
        data = task(name).data(None)
        check_data(task(name), data)
        assert len({e.cluster for e in data.test}) == clusters


WHERE = "or give --root DIR with the official release: DIR/glue/CoLA/train.tsv and dev.tsv (gluebenchmark.com/tasks)"


def test_without_the_library_one_line_says_how_to_get_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)  # what makes an import fail
    with pytest.raises(SuperbLiteError) as caught:
        task("glue/cola").data(None)
    assert str(caught.value) == (
        "downloading 'nyu-mll/glue/cola', split 'train' needs the package 'datasets': pip install 'superb-lite[full]'; "
        f"{WHERE}"
    )


def test_without_a_network_too(monkeypatch: pytest.MonkeyPatch) -> None:
    hub(monkeypatch, {})
    with pytest.raises(SuperbLiteError) as caught:
        task("glue/cola").data(None)
    assert str(caught.value) == (
        "cannot download 'nyu-mll/glue/cola', split 'train': ConnectionError: Couldn't reach 'nyu-mll/glue' on the Hub "
        f"(LocalEntryNotFoundError); {WHERE}"
    )


def test_a_column_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hub(monkeypatch, {("nyu-mll/glue", "cola", "train"): Split([{"text": "a", "label": 0}], {"label": ["0", "1"]})})
    with pytest.raises(SuperbLiteError, match=r"split 'train' has no column 'sentence': its columns are text, label"):
        task("glue/cola").data(None)
