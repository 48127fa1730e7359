"""Every fault of a release file is one line that names file, record and column."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_sequence_lite import release_files
from superb_lite_sequence_lite.official import LOCATIONS

SIXTY = "ACGT" * 15


def read(kind, path):
    if kind == "tape":
        return release_files.tape(path, "stability_score")
    return release_files.deeploc(path, LOCATIONS) if kind == "deeploc" else getattr(release_files, kind)(path)


def row(**changed):
    return json.dumps([{"primary": "MK", "stability_score": [1.0]}, {"primary": "MK", "stability_score": 1, **changed}])


FAULTS = [
    ("splice", f"EI,name,{SIXTY}\nEI,{SIXTY}\n", r"line 2: 2 columns instead of class, name and sequence"),
    ("splice", f"XY,name,{SIXTY}\n", r"line 1, column 1: 'XY' is none of the classes EI, IE, N"),
    ("splice", f"EI,name,{SIXTY}A\n", r"line 1, column 3: 61 letters instead of 60"),
    ("splice", f"EI,name,{SIXTY[:-1]}-\n", r"line 1, column 3: '-' at position 60 is none of the letters"),
    ("splice", "EI,name, \n", r"line 1, column 3: the sequence is empty"),
    ("tape", "{", r"is no JSON"),
    ("tape", '{"primary": "MK"}', r"a JSON dict instead of a list"),
    ("tape", "[1]", r"record 1: a JSON int instead of an object"),
    ("tape", '[{"primary": "MK"}]', r"record 1: the field 'stability_score' is missing; the fields are primary"),
    ("tape", row(primary=3), r"record 2, field 'primary': int instead of text"),
    ("tape", row(primary="M K"), r"record 2, field 'primary': ' ' at position 2 is none of the letters"),
    ("tape", row(stability_score=[]), r"record 2, field 'stability_score': '\[\]' is not a number"),
    ("tape", row(stability_score=[float("nan")]), r"record 2, field 'stability_score': 'nan' is not a number"),
    ("tape", row(stability_score=True), r"record 2, field 'stability_score': 'True' is not a number"),
    ("gue", "ACGT,1\n", r"line 1: the column 'sequence' is missing"),
    ("gue", "", r"line 1: the column 'sequence' is missing"),
    ("gue", "sequence,label,label\nACGT,1,1\n", r"line 1: the column 'label' occurs twice"),
    ("gue", "sequence,label\nACGT,1\nACGT\n", r"line 3: 1 column instead of 2"),
    ("gue", "sequence,label\nACGT,2\n", r"line 2, column 'label': '2' is neither 0 nor 1"),
    ("gue", "sequence,label\nAC.T,1\n", r"line 2, column 'sequence': '.' at position 3"),
    ("gue", 'sequence,label\n"ACGT,1\n', r"no CSV"),
    ("deeploc", "MKV\n", r"line 1: no FASTA file"),
    ("deeploc", ">P1 Nucleus\nMKV\n", r"line 1: '>P1 Nucleus' is no header such as '>ID Nucleus-U'"),
    ("deeploc", ">\nMKV\n", r"line 1: '>' is no header"),
    ("deeploc", ">P1 Moon-U\nMKV\n", r"line 1: 'Moon' is none of the locations"),
    ("deeploc", ">P1 Nucleus-U\n>P2 Nucleus-U\nMKV\n", r"line 1, record 'P1': the sequence is empty"),
    ("deeploc", ">P1 Nucleus-U\nMK1\n", r"line 1, record 'P1': '1' at position 3"),
]


@pytest.mark.parametrize(("kind", "content", "message"), FAULTS)
def test_a_fault_is_named(tmp_path, kind, content, message):
    path = tmp_path / "file"
    path.write_text(content)
    with pytest.raises(SuperbLiteError, match=message) as error:
        read(kind, path)
    assert str(path)[:40] in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_utf8_or_missing_is_named(tmp_path):
    (tmp_path / "latin").write_bytes(b"sequence,label\n\xe9,1\n")
    with pytest.raises(SuperbLiteError, match="not UTF-8"):
        release_files.gue(tmp_path / "latin")
    with pytest.raises(SuperbLiteError, match="gone"):
        release_files.gue(tmp_path / "gone")


def test_lower_case_a_byte_order_mark_and_a_stop_are_read(tmp_path):
    path = tmp_path / "file"
    path.write_text('\ufeff[{"primary": "mkv*", "stability_score": [1]}]', encoding="utf-8")
    [record] = release_files.tape(path, "stability_score")
    assert (record.sequence, record.label) == ("MKV", 1.0)


@given(st.sampled_from(["splice", "tape", "gue", "deeploc"]), st.text(string.printable + "é\x00", max_size=60))
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_one_line(tmp_path_factory, kind, content):
    path = tmp_path_factory.mktemp("file") / "file"
    path.write_text(content, encoding="utf-8")
    refusal = ""
    try:
        read(kind, path)
    except SuperbLiteError as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert len(refusal) <= 300
