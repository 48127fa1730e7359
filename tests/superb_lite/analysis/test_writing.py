"""The files of an analysis."""

from __future__ import annotations

import csv
import dataclasses
import json

import pytest

from superb_lite.analysis.writing import read_drawings, read_sections, write_report, write_section
from superb_lite.errors import SuperbLiteError
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
    other = dataclasses.replace(section.pictures[0], name="bars", draw=draw)
    write_section(a_section(pictures=(other,)), tmp_path)
    assert files(tmp_path) == {
        "report.html",
        "layers.json",
        "layers.scores.csv",
        "layers.bars.svg",
        "layers.mine.csv",
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
