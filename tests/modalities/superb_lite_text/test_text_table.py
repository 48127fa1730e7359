"""`tsv:FILE`: a table of labelled texts as a task."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite_text.table import table_task


def table(path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def reviews(count: int = 30) -> list[str]:
    return [f"第{i}次{'很好' if i % 2 else '不好'}。\t{'good' if i % 2 else 'bad'}" for i in range(count)]


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n")])
def test_single_texts(tmp_path: Path, encoding: str, end: str) -> None:
    task = table_task("tsv:x", table(tmp_path / "x.tsv", "text\tlabel", *reviews(), encoding=encoding, end=end))
    data = task.data()
    assert (task.modality, task.form, task.labels) == ("text", "classify", ("bad", "good"))
    assert data.items["row-2"] == "第0次不好。"
    assert {e.label for e in (*data.train, *data.test) if e.id == "row-3"} == {1}
    assert (len(data.train), len(data.test)) == (24, 6)


def test_pairs_columns_in_any_order_and_columns_that_are_not_used(tmp_path: Path) -> None:
    lines = [f"x\t{label}\tb{i}\ta{i}\t{part}" for i, (label, part) in enumerate(PARTS)]
    data = table_task("tsv:x", table(tmp_path / "x.tsv", "idx\tlabel\ttext_b\ttext_a\tsplit", *lines)).data()
    assert [e.items for e in data.test] == [("row-6-a", "row-6-b")]
    assert (data.items["row-6-a"], data.items["row-6-b"]) == ("a4", "b4")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [4, 1, 1]


PARTS = [("n", "train"), ("n", "train"), ("y", "train"), ("y", "train"), ("y", "test"), ("n", "val")]


def test_quotes_and_unusual_line_separators_are_characters(tmp_path: Path) -> None:
    odd = '"so\u2028said" he\u0085\tgood'
    data = table_task("tsv:x", table(tmp_path / "x.tsv", "text\tlabel", *reviews(), "", odd, "")).data()
    assert data.items["row-33"] == '"so\u2028said" he'


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["text", "a"], "row 1: the columns must be text and label"),
        (["text_a\tlabel", "a\tb"], "row 1: the columns must be text and label"),
        (["text\ttext_a\ttext_b\tlabel"], "row 1: the columns must be"),
        ([""], "row 1: the columns must be"),
        (["text\tlabel\tlabel"], "two columns 'label'"),
        (["text\tlabel", *reviews(), "only"], r"row 32: 1 column\(s\), but row 1 has 2"),
        (["text\tlabel", *reviews(), "a\tb\tc"], r"row 32: 3 column\(s\)"),
        (["text\tlabel", " \tgood"], "row 2, column 'text': it is empty"),
        (["text\tlabel", "a\t"], "row 2, column 'label': it is empty"),
        (["text\tlabel\tsplit", "a\tb\tdev"], "row 2, column 'split': 'dev' is not one of train, val, test"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        table_task("tsv:x", table(tmp_path / "x.tsv", *lines))
    assert "x.tsv'" in str(caught.value)


def test_files_that_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(SuperbLiteError, match=r"cannot read '.*none\.tsv': No such file"):
        table_task("tsv:x", tmp_path / "none.tsv")
    with pytest.raises(SuperbLiteError, match=r"is not UTF-8 \(byte 11\)"):
        table_task("tsv:x", table(tmp_path / "x.tsv", "text\tlabel", "é\ta", encoding="latin-1"))


def test_it_is_evaluated_with_an_interval_and_without_a_normalised_score(tmp_path: Path) -> None:
    path = table(tmp_path / "x.tsv", "text\tlabel", *reviews(60))
    name = f"tsv:{path}"
    (result,) = evaluate("raw:characters", name, seeds=3)
    assert result.task == name
    assert result.score > 0.9
    assert result.ci[0] <= result.score <= result.ci[1]
    assert result.normalised is None
    assert plugins.tasks(name)[0] is plugins.tasks(name)[0]
    with pytest.raises(SuperbLiteError, match=r"takes speech, but 'tsv:.*' is a task of modality text"):
        evaluate("raw:log-mel", name)
