"""Rows of official releases: what is read, what is counted, what is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_glue.official_tables import Row, Rows, read_json_lines, read_lines, read_table

CELL = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), max_size=12)
"""What a cell of a table may hold: anything but what ends a cell or a row, and half surrogate pairs."""
FILES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def table(path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


@FILES
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=8), bom=st.booleans(), ends=st.lists(st.booleans(), min_size=9)
)
def test_a_table_is_read_back_whatever_its_cells_hold(
    tmp_path: Path, rows: list[tuple[str, str, str]], bom: bool, ends: list[bool]
) -> None:
    """Mixed newlines, with or without a byte order mark."""
    lines = ["a\tb\tc", *("\t".join(row) for row in rows)]
    text = "".join(line + ("\r\n" if end else "\n") for line, end in zip(lines, ends, strict=False))
    path = tmp_path / "x.tsv"
    path.write_bytes(text.encode("utf-8-sig" if bom else "utf-8"))
    found = read_table(path, ["a", "c"])
    assert [tuple(row.cells.values()) for row in found.rows] == rows
    assert [row.number for row in found.rows] == list(range(2, len(rows) + 2))
    assert found.total == len(rows)


@FILES
@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_it_agrees_with_the_csv_module_without_quotes(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    path = table(tmp_path / "x.tsv", "a\tb", *("\t".join(row) for row in rows))
    with path.open(encoding="utf-8", newline="\n") as file:
        expected = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [dict(row.cells) for row in read_table(path, ["a"]).rows] == expected


def attempt(read: Callable[[], Rows]) -> tuple[Rows | None, str]:
    try:
        return read(), ""
    except SuperbLiteError as error:
        return None, str(error)


@FILES
@given(text=st.text(max_size=200))
def test_any_file_is_read_or_refused_in_one_line_that_names_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for read in (lambda: read_table(path, ["a"]), lambda: read_json_lines(path, ["a"])):
        rows, error = attempt(read)
        if rows is None:
            assert str(path) in error
            assert "\n" not in error
        else:
            assert len(rows.rows) + sum(map(len, rows.left_out.values())) == rows.total


OBJECT = st.dictionaries(st.sampled_from(["text", "label", "more"]), st.text() | st.integers() | st.none())


@FILES
@given(objects=st.lists(OBJECT.map(lambda found: {"text": "x", **found}), max_size=6), ascii_only=st.booleans())
def test_json_lines_are_read_back(tmp_path: Path, objects: list[dict[str, object]], ascii_only: bool) -> None:
    path = tmp_path / "x.json"
    lines = [json.dumps(cells, ensure_ascii=ascii_only) for cells in objects]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
    rows, error = attempt(lambda: read_json_lines(path, ["text"]))
    if rows is None:
        assert "it is not UTF-8" in error  # half a surrogate pair that is not escaped
        assert not ascii_only
    else:
        assert [row.cells for row in rows.rows] == objects


def test_quotes_nul_and_unusual_separators_are_characters(tmp_path: Path) -> None:
    odd = '"so\u2028sa\x00id" he\x85'
    (row,) = read_table(table(tmp_path / "x.tsv", "a\tb", f"{odd}\t1"), ["a"]).rows
    assert row.cells["a"] == odd


def test_a_table_without_a_header(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path / "x.tsv", "gj04\t1\t\tHe left."), ["s"], header=["from", "label", "mark", "s"])
    assert rows.rows == [Row(1, {"from": "gj04", "label": "1", "mark": "", "s": "He left."})]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["sentence\tlabel"], "row 1: the column 'a' is missing; the columns are sentence, label"),
        ([""], "row 1: the column 'a' is missing"),
        (["a\tb\ta"], "row 1: the column 'a' occurs twice"),
    ],
)
def test_columns_that_are_missing_are_named(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        read_table(table(tmp_path / "x.tsv", *lines), ["a"])
    assert "x.tsv'" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "row 2: not a JSON object: "),
        ("[1]", "row 2: a JSON list instead of an object"),
        ('{"b": 1}', "row 2: the field 'a' is missing; the fields are b"),
        ("[" * 100_000, "row 2: not a JSON object: "),
    ],
)
def test_lines_that_are_no_json_object_are_named(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words):
        read_json_lines(table(tmp_path / "x.json", '{"a": 1}', line), ["a"])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SuperbLiteError, match=r"cannot read '.*none': No such file"):
        read_lines(tmp_path / "none")
    with pytest.raises(SuperbLiteError, match=r"x', row 3: it is not UTF-8 \(byte 4\): convert it first"):
        read_lines(table(tmp_path / "x", "a", "b", "é", encoding="latin-1"))


def short(path: Path, good: int, bad: int) -> Rows:
    lines = ["a\tb", *["x\t1"] * good, *["cut"] * bad]
    return read_table(table(path, *lines), ["a", "b"])


def test_a_cut_row_in_thousands_is_an_accident_that_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = short(tmp_path / "x.tsv", 2999, 2)
    rows.report(len(rows.rows))
    line = f"superb-lite: '{tmp_path}/x.tsv': 3001 rows, 2999 kept; left out: 2 with 1 column(s) instead of 2 (first"
    assert capsys.readouterr().err == f"{line} in row 3001)\n"


@pytest.mark.parametrize(("good", "bad", "more"), [(30, 1, ""), (1999, 3, " (and 2 more such rows)")])
def test_more_than_that_is_an_error_that_names_the_first(tmp_path: Path, good: int, bad: int, more: str) -> None:
    rows = short(tmp_path / "x.tsv", good, bad)
    with pytest.raises(SuperbLiteError) as caught:
        rows.report(len(rows.rows))
    expected = f"'{tmp_path}/x.tsv', row {good + 2}: 1 column(s) instead of 2{more}: mend it, or get the release again"
    assert str(caught.value) == expected


def test_nothing_is_said_of_a_whole_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short(tmp_path / "x.tsv", 5, 0).report(5)
    assert capsys.readouterr().err == ""


ROWS = Rows("'x'")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\udc00", r"'x', row 7, column 't': half a surrogate pair \(U\+DC00\): the file is damaged"),
        (3, "'x', row 7, column 't': int instead of text"),
        (None, "'x', row 7, column 't': NoneType instead of text"),
    ],
)
def test_cells_that_are_no_text(value: object, words: str) -> None:
    assert ROWS.text(Row(1, {"t": "a\x00"}), "t") == "a\x00"
    with pytest.raises(SuperbLiteError, match=words):
        ROWS.text(Row(7, {"t": value}), "t")


def test_labels_and_numbers() -> None:
    assert ROWS.label(Row(1, {"l": " b "}), "l", ("a", "b")) == 1
    assert ROWS.number(Row(1, {"l": "4.250"}), "l", 0, 5) == 4.25
    with pytest.raises(SuperbLiteError, match="'x', row 2, column 'l': 'c' is not one of the labels a, b"):
        ROWS.label(Row(2, {"l": "c"}), "l", ("a", "b"))
    for wrong in ("high", "5.1", "-1", "nan", "", None):
        with pytest.raises(SuperbLiteError, match=f"'x', row 2, column 'l': '{wrong}' is not a number from 0 to 5"):
            ROWS.number(Row(2, {"l": wrong}), "l", 0, 5)
