"""`squad` and `drcd`: one JSON format, questions with their answers in raw characters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tiny_releases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_releases import write_drcd, write_json, write_squad

from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data
from superb_lite.tasks.labels import Answer
from superb_lite.tasks.task import Task
from superb_lite_glue import DRCD, SQUAD
from superb_lite_glue.squad import read

(SQUAD_TASK,), (DRCD_TASK,) = SQUAD.tasks, DRCD.tasks


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_squad(tmp_path)
    write_drcd(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("task", "sizes"), [(SQUAD_TASK, [54, 6, 12]), (DRCD_TASK, [60, 9, 12])])
def test_both_are_read_and_sound(root: Path, task: Task, sizes: list[int]) -> None:
    data = task.data(root)
    check_data(task, data)
    assert [len(part) for part in (data.train, data.validation, data.test)] == sizes


@pytest.mark.parametrize("task", [SQUAD_TASK, DRCD_TASK])
def test_an_item_is_a_question_and_its_paragraph_and_the_answer_stands_there(root: Path, task: Task) -> None:
    data = task.data(root)
    example = data.test[1]
    question, document = data.items[example.items[0]]
    assert question == "第1个问题是什么？"
    (answer,) = example.label  # type: ignore[misc] # the same answer twice is one
    assert isinstance(answer, Answer)
    assert document[answer.start : answer.end] == answer.text
    assert "  " in document  # as it stands in the release, since answers are counted in its characters


def test_no_article_of_squad_is_on_both_sides_and_an_article_is_a_cluster(root: Path) -> None:
    data = SQUAD_TASK.data(root)
    train, validation, test = ({e.cluster for e in part} for part in (data.train, data.validation, data.test))
    assert train.isdisjoint(validation)
    assert (len(train), len(validation), len(test)) == (18, 2, 4)


def test_drcd_has_a_validation_part_of_its_own(root: Path) -> None:
    data = DRCD_TASK.data(root)
    assert {e.id.split("-")[2] for e in data.validation} == {"100", "101", "102"}
    assert {e.id.split("-")[2] for e in data.test} == {"200", "201", "202", "203"}


def test_the_files_may_lie_in_the_directory_itself(tmp_path: Path) -> None:
    write_squad(tmp_path)
    assert len(SQUAD_TASK.data(tmp_path / "squad").test) == 12


def question(**changes: Any) -> dict[str, Any]:
    return {"id": "q1", "question": "谁？", "answers": [{"text": "北京", "answer_start": 3}], **changes}


def one(*questions: Any) -> dict[str, Any]:
    return {"data": [{"title": "t", "paragraphs": [{"context": "他住在北京。", "qas": list(questions)}]}]}


def test_questions_that_cannot_be_used_are_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [{"text": "北京", "answer_start": 2}]
    unanswerable = question(id="q3", is_impossible=True, plausible_answers=[])
    path = root / "squad" / "dev-v1.1.json"
    content = one(
        question(),
        question(id="q2", answers=wrong),
        unanswerable,
        question(id="q4", question=" "),
        question(id="q5", answers=[*wrong, {"text": "北京。", "answer_start": 3}]),
    )
    write_json(path, content)
    data = SQUAD_TASK.data(root)
    assert [e.id for e in data.test] == ["squad-dev-q1", "squad-dev-q5"]
    assert data.test[1].label == (Answer(3, 6, "北京。"),)
    assert capsys.readouterr().err == (
        f"superb-lite: '{path}': 5 rows, 2 kept; left out: 1 with an answer that is not where it is said to be "
        "(first in row 2), 1 with no answer (first in row 3), 1 with an empty question or paragraph (first in row 4)\n"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "'data' is missing: is this a file of SQuAD 1.1 or DRCD"),
        ({"data": {}}, "'data' is a dict"),
        ({"data": [{"title": "t"}]}, "article 1: 'paragraphs' is missing"),
        ({"data": [{"paragraphs": [{"qas": []}]}]}, "article 1, paragraph 1: 'context' is missing"),
        (one(question(), 3), "article 1, paragraph 1, question 2: 'answers' is missing"),
        (one(question(question=None)), "paragraph 1, question 1: 'question' is a NoneType"),
        (one(question(answers=[{"text": "北京"}])), "question 1: 'answer_start' is missing"),
        (one(question(answers=[{"text": "北京", "answer_start": "3"}])), "question 1: 'answer_start' is a str"),
        (one(question(answers=[{"text": "北京", "answer_start": True}])), "question 1: 'answer_start' is a bool"),
        (one(question(question="\ud800")), "row 1, column 'question': half a surrogate pair"),
        (one(question(), question()), "question 2 has the id 'q1' of another one"),
    ],
)
def test_what_is_wrong_is_named(root: Path, content: Any, words: str) -> None:
    path = root / "squad" / "dev-v1.1.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SuperbLiteError, match=words) as caught:
        SQUAD_TASK.data(root)
    assert str(path) in str(caught.value)


def test_files_that_are_no_json(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for content, words in ((b"{", "not JSON: "), (b"[" * 200_000, "not JSON: "), (b"\xff", r"row 1: it is not UTF-8")):
        path.write_bytes(content)
        with pytest.raises(SuperbLiteError, match=words):
            read(path)
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(tiny_releases.squad(2)).encode())
    assert read(path).total == 6


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contexts=st.lists(TEXT, min_size=1, max_size=4), cut=st.tuples(st.integers(0, 29), st.integers(1, 29)))
def test_any_text_is_read_back_with_its_answer(tmp_path: Path, contexts: list[str], cut: tuple[int, int]) -> None:
    data = []
    for n, context in enumerate(contexts):
        start = cut[0] % len(context)
        text = context[start : start + cut[1]]
        qas = [{"id": str(n), "question": "?", "answers": [{"text": text, "answer_start": start}]}]
        data.append({"title": "t", "paragraphs": [{"context": context, "qas": qas}]})
    path = tmp_path / "x.json"
    write_json(path, {"data": data})
    for row, context in zip(read(path).rows, contexts, strict=True):
        assert row.cells["context"] == context
        (text,), (start,) = row.cells["answers"].values()
        assert context[start : start + len(text)] == text


def test_a_missing_release_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SuperbLiteError, match=r"' holds no 'train-v1.1.json'; found: nothing; expected: DIR/squad/tra"):
        SQUAD_TASK.data(tmp_path)
    (tmp_path / "drcd").mkdir()
    with pytest.raises(SuperbLiteError, match=r"drcd' holds no 'DRCD_training.json'; found: nothing"):
        DRCD_TASK.data(tmp_path)
