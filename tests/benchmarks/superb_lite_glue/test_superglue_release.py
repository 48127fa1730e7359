"""`superglue`: official JSON lines become tasks."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from tiny_superglue import row, write_lines, write_superglue

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.data_checks import check_data
from superb_lite.tasks.labels import TaskData
from superb_lite_glue import superglue
from superb_lite_glue.official_tables import Row, Rows
from superb_lite_glue.superglue_entries import words_at
from superb_lite_glue.superglue_tasks import SUPERGLUE

TASKS = {task.name.removeprefix("superglue/"): task for task in SUPERGLUE}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_superglue(tmp_path)
    return tmp_path


def texts(data: TaskData, number: int) -> list[Any]:
    return [data.items[key] for key in data.test[number].items]


@pytest.mark.parametrize("name", TASKS)
def test_each_task_is_read_and_sound(root: Path, name: str) -> None:
    data = TASKS[name].data(root)
    check_data(TASKS[name], data)
    each = 6 if name == "multirc" else 1
    assert len(data.train) + len(data.validation) == 40 * each
    assert len(data.test) == 12 * each
    clusters = [{e.cluster for e in part} for part in (data.train, data.validation)]
    assert clusters[0].isdisjoint(clusters[1])


def test_the_right_fields_are_read(root: Path) -> None:
    data = {name: task.data(root) for name, task in TASKS.items()}
    label = {
        name: TASKS[name].labels[data[name].test[1].label] for name in ("boolq", "cb", "rte", "wic", "wsc", "ax-b")
    }
    assert label == {
        "boolq": "false",
        "cb": "neutral",
        "rte": "not_entailment",
        "wic": "false",
        "wsc": "false",
        "ax-b": "not_entailment",
    }
    assert texts(data["boolq"], 1) == ["Boris went to town no. 500.", "did Boris go"]
    assert texts(data["cb"], 1) == ["Boris went to town no. 500.", "Clara went"]
    assert texts(data["copa"], 0) == ["The glass no. 1000 broke because", "I dropped it.", "it was full."]
    assert texts(data["copa"], 1)[0] == "The glass no. 1001 broke so"
    assert texts(data["multirc"], 4) == ["Anna went to town no. 500.", "Who went, 1? Boris"]
    assert texts(data["record"], 1) == [("It was @placeholder who went.", "Boris went to town no. 500.")]
    assert data["record"].test[1].label == ((0, 5, "Boris"),)


def test_words_are_stretches_of_their_sentences(root: Path) -> None:
    for name, expected in (("wic", ["bank", "banks"]), ("wsc", ["Anna", "She"])):
        data = TASKS[name].data(root)
        example = data.test[0]
        assert [data.items[key][slice(*at)] for key, at in zip(example.items, example.places, strict=True)] == expected


def test_questions_and_pairs_are_counted_together(root: Path) -> None:
    multirc, ax_g = TASKS["multirc"].data(root), TASKS["ax-g"].data(root)
    assert [e.group for e in multirc.test[:4]] == [f"superglue-multirc-val-1000-{q}" for q in (2000, 2000, 2000, 2001)]
    assert len({e.group for e in multirc.test}) == 24
    assert [e.group for e in ax_g.test[:3]] == [f"superglue-ax-g-test-{pair}" for pair in (0, 0, 1)]


def test_what_is_learnt_on_rte_is_tested_on_the_diagnostic_sets(root: Path) -> None:
    labelled = [texts_of(TASKS[name].data(root)) for name in ("rte", "ax-b", "ax-g")]
    assert labelled[0] == labelled[1] == labelled[2]


def texts_of(data: TaskData) -> list[list[str]]:
    return [[data.items[key] for key in e.items] for e in (*data.train, *data.validation)]


@pytest.mark.parametrize(
    ("words", "index", "found"),
    [
        ("the cat", 0, "The cat"),
        ("it", 5, "it"),
        ("it", 9, "it"),
        ("cat.", 6, "cat"),
        ("at", 1, None),
        ("dog", 1, None),
        (" ", 1, None),
    ],
)
def test_words_are_found_where_the_release_is_off_by_one(words: str, index: int, found: str | None) -> None:
    text = "The cat sat where it was; cat, it said."
    at = words_at(text, words, index)
    assert (at and text[slice(*at)]) == found
    if (words, index) == ("it", 9):
        assert at == (31, 33)


def test_the_hub_has_the_same_under_other_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows as the hub has them, by the library's documented columns, give the examples that the files give."""
    asked = []

    def hub(repository: str, config: str, split: str, columns: tuple[str, ...], layout: str) -> Rows:
        folder = next(
            s.folder for s in (*superglue.SOURCES.values(), *superglue.DIAGNOSTIC.values()) if s.config == config
        )
        numbers = range(40) if split == "train" else range(1000, 1012) if split == "validation" else range(12)
        cells = [each for n in numbers for each in hub_rows(folder, row(folder, n))]
        asked.append((repository, config, split))
        assert all(set(columns) <= set(each) for each in cells)
        return Rows(config, [Row(n, each) for n, each in enumerate(cells, start=1)], len(cells))

    monkeypatch.setattr(superglue, "download", hub)
    for name in TASKS:
        here, there = TASKS[name].data(root), TASKS[name].data(None)
        for mine, other in ((here.train, there.train), (here.test, there.test)):
            assert [e.label for e in mine] == [e.label for e in other], name
            assert [[here.items[k] for k in e.items] for e in mine] == [
                [there.items[k] for k in e.items] for e in other
            ]
            assert len({e.group for e in mine}) == len({e.group for e in other})
    assert ("aps/super_glue", "wsc.fixed", "validation") in asked


def hub_rows(folder: str, line: dict[str, Any]) -> list[dict[str, Any]]:
    line = copy.deepcopy(line)
    if folder == "MultiRC":
        return [
            {
                "paragraph": line["passage"]["text"],
                "question": q["question"],
                "answer": a["text"],
                "label": ("False", "True")[a["label"]],
                "idx": {"paragraph": line["idx"], "question": q["idx"], "answer": a["idx"]},
            }
            for q in line["passage"]["questions"]
            for a in q["answers"]
        ]
    if folder == "ReCoRD":
        (query,) = line["qas"]
        found = query["answers"][0]
        spans = {"text": ["town", found["text"]], "start": [8, found["start"]], "end": [12, found["end"] + 1]}
        idx = {"passage": line["idx"], "query": query["idx"]}
        passage = line["passage"]["text"]
        return [
            {"passage": passage, "query": query["query"], "answers": [found["text"]], "entity_spans": spans, "idx": idx}
        ]
    if folder == "WSC":
        line |= line.pop("target")
    if folder == "COPA":
        line["label"] = ("choice1", "choice2")[line["label"]]
    if folder == "AX-g":
        del line["pair_id"]
    return [line | ({"label": str(line["label"])} if isinstance(line["label"], bool) else {})]


@pytest.mark.parametrize("above", ["SuperGLUE", "combined", ""])
def test_other_names_of_the_folder(tmp_path: Path, above: str) -> None:
    write_superglue(tmp_path, above=above)
    assert len(TASKS["cb"].data(tmp_path).test) == 12


def without(folder: str, field: str) -> dict[str, Any]:
    return {name: value for name, value in row(folder, 1).items() if name != field}


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        (
            "BoolQ",
            {**row("BoolQ", 1), "label": "maybe"},
            "row 1, column 'label': 'maybe' is not one of the labels False, True",
        ),
        (
            "BoolQ",
            without("BoolQ", "passage"),
            "row 1: the field 'passage' is missing; the fields are question, idx, label",
        ),
        ("CB", {**row("CB", 1), "premise": 3}, "row 1, column 'premise': int instead of text"),
        (
            "COPA",
            {**row("COPA", 1), "question": "why"},
            "column 'question': 'why' is not one of the labels cause, effect",
        ),
        ("COPA", {**row("COPA", 1), "label": 2}, "column 'label': '2' is not one of the labels 0, 1"),
        (
            "MultiRC",
            {**row("MultiRC", 1), "passage": {"text": "x"}},
            "row 1, 'passage': the field 'questions' is missing; the",
        ),
        ("MultiRC", {**row("MultiRC", 1), "passage": {"text": "x", "questions": [{"answers": 3}]}}, "list"),
        ("ReCoRD", {**row("ReCoRD", 1), "passage": "x"}, "row 1, 'passage': the field 'text' is missing"),
        ("WiC", {**row("WiC", 1), "end1": 99}, "row 1, column 'end1': '99' is not a number from 0 to 25"),
        ("WiC", {**row("WiC", 1), "end1": 4}, "row 1: a word that is nowhere"),
        ("WSC", {**row("WSC", 1), "target": {}}, "row 1, 'target': the field 'span1_text' is missing"),
        ("AX-g", without("AX-g", "pair_id"), "row 1: the field 'pair_id' is missing"),
    ],
)
def test_a_bad_row_is_one_line_with_file_row_and_field(root: Path, name: str, line: dict[str, Any], words: str) -> None:
    file = root / "superglue" / name / ("AX-g.jsonl" if name == "AX-g" else "val.jsonl")
    write_lines(file, [line])
    with pytest.raises(SuperbLiteError, match=words) as caught:
        TASKS[name.lower()].data(root)
    assert f"{file}'" in str(caught.value)
    assert len(str(caught.value).replace(str(root), "")) <= 300


def test_answers_that_are_elsewhere_are_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [row("ReCoRD", n) for n in range(1000, 1012)]
    lines[2]["qas"][0]["answers"][0]["start"] = 5
    write_lines(root / "superglue" / "ReCoRD" / "val.jsonl", lines)
    assert len(TASKS["record"].data(root).test) == 11
    assert (
        "12 rows, 11 kept; left out: 1 with an answer that is not where it is said to be (first in row 3)"
        in capsys.readouterr().err
    )


def test_a_query_that_is_a_number_is_named(root: Path) -> None:
    lines = [row("ReCoRD", n) for n in range(1000, 1012)]
    lines[2]["qas"] = [5]
    write_lines(root / "superglue" / "ReCoRD" / "val.jsonl", lines)
    with pytest.raises(SuperbLiteError, match="row 3, 'qas', 1: the field 'idx' is missing"):
        TASKS["record"].data(root)


def test_a_missing_folder_is_named_with_its_layout(tmp_path: Path) -> None:
    with pytest.raises(SuperbLiteError) as caught:
        TASKS["wic"].data(tmp_path)
    assert "expected DIR/superglue/WiC/train.jsonl (super.gluebenchmark.com/tasks); found: nothing" in str(caught.value)


def test_it_is_evaluated(root: Path) -> None:
    """Words in sentences, pairs, and two metrics that count examples together."""
    encoder = load_encoder("raw:bag-of-words")
    for name in ("wic", "multirc", "ax-g"):
        (result,) = evaluate(encoder, TASKS[name].name, seeds=1, root=root)
        assert set(result.metrics) == set(TASKS[name].metrics)
        assert 0.0 <= result.score <= 1.0
