"""The files of an analysis."""

from __future__ import annotations

import csv
import dataclasses
import json

import pytest

from superb_lite.analysis import writing
from superb_lite.analysis.writing import (
    FORMAT,
    check_directory,
    read_drawings,
    read_sections,
    write_report,
    write_section,
)
from superb_lite.errors import SuperbLiteError
from superb_lite.paths import write_text
from tests.superb_lite.analysis.sections import a_section, draw


def files(directory):
    return {path.name for path in directory.iterdir()}


def test_a_section_is_written_and_read_back(tmp_path):
    section = a_section()
    written = write_section(section, tmp_path, ("pdf",))
    assert [path.name for path in written] == [
        "report.html",
        "layers.json",
        "layers.scores.csv",
        "layers.curve.svg",
        "layers.curve.pdf",
    ]
    assert files(tmp_path) == {path.name for path in written}
    assert read_sections(tmp_path) == [section]
    assert list(csv.reader((tmp_path / "layers.scores.csv").open())) == [
        ["layer", "score", "score_low", "score_high"],
        ["0", "0.5", "0.25", ""],
        ["1", "0.75", "0.7", "0.8"],
    ]
    drawn = read_drawings([section], tmp_path)
    assert drawn["layers", "curve"].lstrip().startswith(b"<?xml")


def test_the_report_has_all_sections_of_the_directory_and_is_the_same_again(tmp_path):
    write_section(a_section(), tmp_path)
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "other.json").write_text("not JSON")
    write_section(a_section(analysis="context", title="Words in context"), tmp_path)
    report = (tmp_path / "report.html").read_bytes()
    assert report.count(b"<section id=") == 3
    write_section(a_section(), tmp_path)
    assert (tmp_path / "report.html").read_bytes() == report


def test_what_an_earlier_section_left_is_taken_away_and_nothing_else(tmp_path):
    section = a_section()
    write_section(section, tmp_path, ("png",))
    write_section(a_section(variant="speech"), tmp_path)
    (tmp_path / "layers.mine.csv").write_text("")
    (tmp_path / "layers.scores.xlsx").write_text("")
    (tmp_path / "layers.scores.mine.csv").write_text("")
    other = dataclasses.replace(section.pictures[0], name="bars", draw=draw)
    write_section(a_section(pictures=(other,)), tmp_path)
    assert files(tmp_path) == {
        "report.html",
        "layers.json",
        "layers.scores.csv",
        "layers.bars.svg",
        "layers.mine.csv",
        "layers.scores.mine.csv",
        "layers.scores.xlsx",
        "layers-speech.json",
        "layers-speech.scores.csv",
        "layers-speech.curve.svg",
    }


def test_a_picture_without_a_drawing_cannot_be_written(tmp_path):
    picture = dataclasses.replace(a_section().pictures[0], draw=None)
    with pytest.raises(ValueError, match="cannot be drawn"):
        write_section(a_section(pictures=(picture,)), tmp_path)


def test_a_damaged_section_is_one_line(tmp_path):
    write_section(a_section(), tmp_path)
    path = tmp_path / "layers.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "tables": 3}))
    with pytest.raises(SuperbLiteError, match=r"layers.json' is damaged, delete it: this is no section"):
        write_report(tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 100_000, b"[1]"])
def test_json_of_somebody_else_is_left_alone(content, tmp_path):
    (tmp_path / "mine.json").write_bytes(content)
    (tmp_path / "folder.json").mkdir()
    check_directory(tmp_path, "layers")
    write_section(a_section(), tmp_path)
    check_directory(tmp_path, "layers")
    assert (tmp_path / "mine.json").read_bytes() == content


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("layers.json", "no section"),
        ("layers-text.json", "no section"),
        ("report.html", "no report"),
    ],
)
def test_files_of_somebody_else_are_not_written_over(name, message, tmp_path):
    (tmp_path / name).write_text("{}")
    with pytest.raises(SuperbLiteError, match=message):
        check_directory(tmp_path, "layers")
    with pytest.raises(SuperbLiteError, match=message):
        write_section(a_section(variant="text" if "text" in name else ""), tmp_path)
    assert files(tmp_path) == {name}
    assert (tmp_path / name).read_text() == "{}"


@pytest.mark.parametrize(
    "name", ["layers.scores.csv", "layers.curve.svg", "layers.curve.pdf", "layers-text.scores.csv"]
)
def test_tables_and_pictures_of_somebody_else_are_not_written_over(name, tmp_path):
    (tmp_path / name).write_text("mine")
    with pytest.raises(SuperbLiteError, match="move it, or name another directory"):
        check_directory(tmp_path, "layers")
    with pytest.raises(SuperbLiteError, match="move it, or name another directory"):
        write_section(a_section(variant="text" if "text" in name else ""), tmp_path, ("svg", "pdf"))
    assert files(tmp_path) == {name}
    check_directory(tmp_path, "layer")  # of another analysis


def test_beside_a_section_of_ours_only_what_it_wrote_is_written_over(tmp_path):
    write_section(a_section(), tmp_path)
    (tmp_path / "layers.bars.svg").write_text("mine")
    check_directory(tmp_path, "layers")
    write_section(a_section(), tmp_path)
    other = dataclasses.replace(a_section().pictures[0], name="bars", draw=draw)
    with pytest.raises(SuperbLiteError, match=r"layers.bars.svg' is no file of an analysis here"):
        write_section(a_section(pictures=(other,)), tmp_path)
    assert (tmp_path / "layers.bars.svg").read_text() == "mine"
    assert read_sections(tmp_path) == [a_section()]


def test_one_that_was_interrupted_is_written_again(tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(writing, "save_figure", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_section(a_section(), tmp_path)
    check_directory(tmp_path, "layers")
    write_section(a_section(), tmp_path)
    assert read_sections(tmp_path) == [a_section()]


def test_a_section_of_ours_that_cannot_be_read_is_not_passed_over(tmp_path):
    (tmp_path / "context.json").write_text(f'{{"format": "{FORMAT}", "tables": [')
    with pytest.raises(SuperbLiteError, match=r"context.json' is damaged"):
        check_directory(tmp_path, "layers")


def test_a_file_that_is_too_large_is_no_section_unless_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_LIMIT", 100)
    (tmp_path / "mine.json").write_text("[" + "1, " * 100 + "1]")
    check_directory(tmp_path, "layers")
    write_text(tmp_path / "layers.json", json.dumps({"format": FORMAT, **a_section().to_dict()}))
    with pytest.raises(SuperbLiteError, match=r"is damaged, delete it: .* at most 100 are read"):
        check_directory(tmp_path, "layers")
