"""`clue`: files of JSON lines become tasks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tiny_releases import clue_row, write_clue

from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data
from superb_lite_glue import CLUE

TASKS = {task.name.removeprefix("clue/"): task for task in CLUE}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_clue(tmp_path / "clue")
    return tmp_path


@pytest.mark.parametrize("name", TASKS)
def test_each_task_is_read_and_sound(root: Path, name: str) -> None:
    data = TASKS[name].data(root)
    check_data(TASKS[name], data)
    # A quarter of the rows of the two inference sets has no gold label.
    expected = [27, 3, 9] if name in ("cmnli", "ocnli") else [36, 4, 12]
    assert [len(part) for part in (data.train, data.validation, data.test)] == expected


def second(name: str, root: Path) -> tuple[list[str], str]:
    """The texts and the class of row 2 of the development set, number 1001."""
    data = TASKS[name].data(root)
    (example,) = (e for e in data.test if e.id == f"clue-{name}-dev-2")
    assert isinstance(example.label, int)
    return [data.items[key] for key in example.items], TASKS[name].labels[example.label]


def test_the_right_fields_are_read(root: Path) -> None:
    text = clue_row("tnews", 1001)["sentence"]
    assert second("tnews", root) == ([text], "116")
    assert second("iflytek", root) == ([text], "118")
    assert second("afqmc", root) == ([text, "例子1001"], "1")
    assert second("cmnli", root) == ([text, "例子1001"], "entailment")
    assert second("ocnli", root) == ([text, "例子1001"], "entailment")
    assert second("csl", root) == ([text, "例子；词1001"], "1")
    marked = text.replace("例子", "_例子_").replace("它", "[它]")
    assert second("wsc", root) == ([marked], "true")


def test_pairs_of_afqmc_that_share_a_sentence_are_on_one_side_of_the_split(root: Path) -> None:
    path = root / "clue" / "afqmc_public" / "train.json"
    pairs = [(f"句{n // 8}之{n % 8}", f"句{n // 8}之{n % 8 + 1}") for n in range(160) if n % 8 < 7]
    rows = [{"sentence1": one, "sentence2": two, "label": str(n % 2)} for n, (one, two) in enumerate(pairs)]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    data = TASKS["afqmc"].data(root)
    texts = [{data.items[key] for e in part for key in e.items} for part in (data.train, data.validation)]
    assert texts[0].isdisjoint(texts[1])
    assert len(data.validation) == 14


def test_the_example_that_the_authors_give_for_wsc(root: Path) -> None:
    """From the description of CLUEWSC2020: does 它 mean the bed?"""
    row = {
        "target": {"span2_index": 37, "span1_index": 5, "span1_text": "床", "span2_text": "它"},
        "idx": 261,
        "label": "false",
        "text": "这时候放在床上枕头旁边的手机响了，我感到奇怪，因为欠费已被停机两个月，现在它突然响了。",
    }
    write_rows(root, "cluewsc2020", "dev", [row])
    data = TASKS["wsc"].data(root)
    assert data.items[data.test[0].items[0]] == (
        "这时候放在_床_上枕头旁边的手机响了，我感到奇怪，因为欠费已被停机两个月，现在[它]突然响了。"
    )


def write_rows(root: Path, name: str, part: str, rows: list[dict[str, Any]]) -> None:
    path = root / "clue" / f"{name}_public" / f"{part}.json"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_rows_without_a_gold_label_are_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TASKS["cmnli"].data(root)
    lines = capsys.readouterr().err.splitlines()
    path = root / "clue" / "cmnli_public"
    assert lines == [
        f"superb-lite: '{path / 'train.json'}': 40 rows, 30 kept; left out: 10 with no gold label ('-') "
        "(first in row 4)",
        f"superb-lite: '{path / 'dev.json'}': 12 rows, 9 kept; left out: 3 with no gold label ('-') (first in row 4)",
    ]


@pytest.mark.parametrize(("above", "suffix"), [("", ""), ("CLUE", "_public"), ("CLUEdataset", "")])
def test_other_names_of_the_folders(tmp_path: Path, above: str, suffix: str) -> None:
    write_clue(tmp_path / above, suffix=suffix)
    assert len(TASKS["wsc"].data(tmp_path).test) == 12


WSC = clue_row("cluewsc2020", 1)


@pytest.mark.parametrize(
    ("name", "row", "words"),
    [
        ("tnews", {"label": "105", "sentence": "x"}, "row 1, column 'label': '105' is not one of the labels 100, 101"),
        ("tnews", {"label": "100", "text": "x"}, "row 1: the field 'sentence' is missing; the fields are label, text"),
        ("tnews", {"label": "100", "sentence": 3}, "row 1, column 'sentence': int instead of text"),
        ("tnews", {"label": "100", "sentence": "\ud83d"}, r"row 1, column 'sentence': half a surrogate pair \(U\+D83D"),
        ("tnews", {"label": "100", "sentence": " "}, "row 1: an empty 'sentence'"),
        ("csl", {"abst": "a", "keyword": "b", "label": "1"}, "row 1, column 'keyword': it is not a list of words"),
        ("csl", {"abst": "a", "keyword": [], "label": "1"}, "row 1: an empty 'keyword'"),
        ("cluewsc2020", {**WSC, "target": {"span1_index": 1}}, "column 'target': it needs span1_index and span1_text"),
        ("cluewsc2020", {**WSC, "target": "它"}, "column 'target': it needs span1_index"),
        (
            "cluewsc2020",
            {**WSC, "target": {**WSC["target"], "span1_index": 9}},
            "row 1, column 'target': '例子' is not at position 9 of the text",
        ),
    ],
)
def test_a_bad_row_is_one_line_with_file_row_and_field(root: Path, name: str, row: dict[str, Any], words: str) -> None:
    write_rows(root, name, "dev", [row])
    with pytest.raises(SuperbLiteError, match=words) as caught:
        TASKS[{"cluewsc2020": "wsc"}.get(name, name)].data(root)
    assert f"{name}_public/dev.json'" in str(caught.value)


def test_a_missing_folder_is_named_with_its_layout(tmp_path: Path) -> None:
    with pytest.raises(SuperbLiteError) as caught:
        TASKS["ocnli"].data(tmp_path)
    assert str(caught.value) == (
        f"--root '{tmp_path}': expected DIR/clue/ocnli/train.50k.json and dev.json (github.com/CLUEbenchmark/CLUE); "
        "found: nothing"
    )
