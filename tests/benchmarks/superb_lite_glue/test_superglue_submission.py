"""The files for SuperGLUE's server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tiny_superglue import write_superglue, write_tests

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite_glue import superglue_submission
from superb_lite_glue.superglue_submission import WORDS, write_submission
from superb_lite_glue.superglue_submission import main as run

FILES = {
    "BoolQ": "boolq",
    "CB": "cb",
    "COPA": "copa",
    "RTE": "rte",
    "WiC": "wic",
    "WSC": "wsc",
    "AX-b": "ax-b",
    "AX-g": "ax-g",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_tests(write_superglue(folder, train=16, dev=4))
    return folder


@pytest.fixture(scope="module")
def written(root: Path) -> dict[str, list[dict[str, Any]]]:
    paths = write_submission(load_encoder("random:text-gpt"), root, root / "out", name="x", protocol_name="knn")
    return {path.stem: [json.loads(line) for line in path.read_text().splitlines()] for path in paths}


def test_there_is_a_file_for_each_task(written: dict[str, list[dict[str, Any]]]) -> None:
    assert set(written) == {*FILES, "MultiRC", "ReCoRD"}


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_its_answer(written: dict[str, list[dict[str, Any]]], name: str) -> None:
    numbers = range(4) if name.startswith("AX") else range(2000, 2005)
    assert [line["idx"] for line in written[name]] == list(numbers)
    assert {line["label"] for line in written[name]} <= set(WORDS[FILES[name]])
    assert all(line.keys() == {"idx", "label"} for line in written[name])


def test_answers_are_nested_as_the_questions_are(written: dict[str, list[dict[str, Any]]]) -> None:
    assert [line["idx"] for line in written["MultiRC"]] == list(range(2000, 2005))
    first = written["MultiRC"][0]["passage"]["questions"]
    assert [question["idx"] for question in first] == [4000, 4001]
    assert [answer["idx"] for answer in first[1]["answers"]] == [12003, 12004, 12005]
    assert {answer["label"] for question in first for answer in question["answers"]} <= {0, 1}


def test_queries_are_answered_with_words_of_their_articles(written: dict[str, list[dict[str, Any]]]) -> None:
    assert [line["idx"] for line in written["ReCoRD"]] == list(range(2000, 2005))
    for line in written["ReCoRD"]:
        assert line["label"]
        assert line["label"] in "Anna Boris Clara Dmitri went to town no. 1000 1001 1002."


def test_the_command(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(["raw:characters", "--root", str(tmp_path), "--out", str(tmp_path / "out")])
    assert capsys.readouterr().err.startswith(
        f"superb-lite: --root '{tmp_path}': expected DIR/superglue/BoolQ/test.jsonl"
    )
    (root / "superglue" / "CB" / "test.jsonl").write_text('{"premise": "a", "hypothesis": "b"}\n')
    with pytest.raises(SuperbLiteError, match=r"test.jsonl', row 1: the field 'idx' is missing"):
        write_submission(load_encoder("raw:characters"), root, tmp_path / "out", name="x", protocol_name="knn")
    assert not (tmp_path / "out").exists()


def test_copa_asks_for_a_language_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tests(write_superglue(tmp_path, train=16, dev=4))
    monkeypatch.setattr(superglue_submission, "TASKS", {"copa": superglue_submission.TASKS["copa"]})
    write_submission(load_encoder("raw:characters"), tmp_path, tmp_path / "out", name="x")
    lines = (tmp_path / "out" / "COPA.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"idx": n, "label": 0} for n in range(2000, 2005)]
    assert "superglue/copa: the encoder is no language model: the first choice is answered" in capsys.readouterr().err
