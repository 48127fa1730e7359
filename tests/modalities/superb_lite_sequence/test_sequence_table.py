"""Tables of sequences, as people have them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_sequence.table import read_table


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "own.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("between", [",", "\t"])
def test_rows(file, end, mark, between):
    lines = [["Seq", "note", "label"], ["ACgt", "x", " yes"], [""], ["GG", "", "no"]]
    content = end.join(between.join(line) for line in lines)
    first, second = read_table(file(mark + content.encode()))
    assert (first.id, first.row, dict(first.cells)) == ("row-2", 2, {"sequence": "ACGT", "label": "yes"})
    assert (second.id, second.row, dict(second.cells)) == ("row-4", 4, {"sequence": "GG", "label": "no"})


def test_quotation_marks_and_ids(file):
    [row] = read_table(file('id,sequence,value\n"a, b",AC,"1.5"\n'))
    assert (row.id, row.cells["value"]) == ("a, b", "1.5")


def test_a_megabyte_in_a_cell_and_the_limit_of_others_stays(file):
    before = csv.field_size_limit()
    [row] = read_table(file("sequence,label\n" + "ACGT" * 250_000 + ",x\n"))
    assert len(row.cells["sequence"]) == 1_000_000
    assert csv.field_size_limit() == before


def test_sequences_without_labels(file):
    assert [row.cells["sequence"] for row in read_table(file("sequence\nAC\nGG\n"), labelled=False)] == ["AC", "GG"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("sequence,label\n", "has a header and no rows"),
        ("ACGT,1\nGGTT,0\n", "row 1: the header must name the columns sequence and label .*; it is acgt, 1"),
        ("sequence,class\nAC,1\n", "row 1: the header must name"),
        ("sequence,seq,label\nAC,AC,1\n", "row 1: two columns 'sequence'"),
        ("sequence,label\nAC,1,2\n", r"row 2: 3 column\(s\), but the first has 2"),
        ("sequence,label\nAC,1\n,0\n", "row 3, column 'sequence': it is empty"),
        ("sequence,label\n*,0\n", "row 2: the sequence is empty"),
        ("sequence,label,group\nAC,1,\n", "row 2, column 'group': it is empty"),
        ("id,sequence,label\na,AC,1\na,GG,0\n", "row 3, column 'id': 'a' stands in row 2 already"),
        ("sequence,label\nAC GT,1\n", r"row 2, 'sequence', column 3: a blank \(' '\)"),
        ("sequence,label\nAC-GT,1\n", "row 2, 'sequence', column 3: a gap"),
        ('sequence,label\n"AC\nGT",1\n', r"row 2, 'sequence', column 3: a blank \('\\n'\)"),
        ('sequence,label\n"AC,1\n', "no CSV"),
    ],
)
def test_what_is_refused(file, content, words):
    path = file(content)
    with pytest.raises(SuperbLiteError, match=words) as caught:
        read_table(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


cells = st.tuples(st.text("ACGT", min_size=1, max_size=9), st.text("xyz,\"' ", min_size=1, max_size=5).map(str.strip))


@given(rows=st.lists(cells, min_size=1, max_size=6), delimiter=st.sampled_from([",", "\t"]))
def test_what_was_written_is_read(tmp_path_factory, rows, delimiter):
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerows([("sequence", "label"), *rows])
    path = tmp_path_factory.mktemp("table") / "own.csv"
    path.write_text(written.getvalue(), newline="")
    assert [(row.cells["sequence"], row.cells["label"]) for row in read_table(path)] == rows
