"""FASTA files as people have them."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_sequence.fasta import read_fasta


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "own.fasta"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_records(file):
    found = read_fasta(file(">a one two\nACGT\nAC\n\n>b\tlabel=x \nGG\n"))
    assert [(r.id, r.line, r.description, r.sequence) for r in found] == [
        ("a", 1, "one two", "ACGTAC"),
        ("b", 5, "label=x", "GG"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_marks_and_comments(file, end, mark):
    content = end.join(["# made by hand", "; old style", ">a", "ACGT  ", "; between", "", "AC", ">b", "TT"])
    assert [r.sequence for r in read_fasta(file(mark + content.encode()))] == ["ACGTAC", "TT"]


def test_a_stop_codon_at_the_end_is_cut_off_and_one_inside_stays(file):
    assert [r.sequence for r in read_fasta(file(">a\nMK*\n>b\nMK*L\n*\n"))] == ["MK", "MK*L"]


def test_lower_case_is_soft_masking(file, capsys):
    assert [r.sequence for r in read_fasta(file(">a\nACgt\n>b\nAC\n"))] == ["ACGT", "AC"]
    assert "lower case in 1 sequence is read as upper case" in capsys.readouterr().err


def test_lower_case_among_other_symbols_is_another_symbol(file, capsys):
    assert [r.sequence for r in read_fasta(file(">a\nA4b2\n"))] == ["A4b2"]
    assert not capsys.readouterr().err


def test_rna_is_read_as_dna(file, capsys):
    assert [r.sequence for r in read_fasta(file(">a\nACGU\n"))] == ["ACGT"]
    assert "U as T" in capsys.readouterr().err
    assert [r.sequence for r in read_fasta(file(">a\nMKU\n"))] == ["MKU"]  # selenocysteine


def test_a_structure_has_no_gaps(file):
    assert [r.sequence for r in read_fasta(file(">a\n((..))\n"))] == ["((..))"]


def test_a_megabyte(file):
    content = ">a\n" + "ACGT" * 250_000 + "\n"
    assert len(read_fasta(file(content))[0].sequence) == 1_000_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "holds no record"),
        ("ACGT\n", "line 1: no FASTA file: it must begin with a header"),
        (">a\nAC\n>\nAC\n", "line 3: a record without an id"),
        (">a\nAC\n>b\nAC\n>a\nGG\n", "line 5: record 'a' stands in line 1 already"),
        (">a\nAC\n>b\n>c\nAC\n", r"record 'b' \(line 3\): the sequence is empty"),
        (">a\n*\n", r"record 'a' \(line 1\): the sequence is empty"),
        (">a\nAC\nA CG\n", r"record 'a' \(line 3\), column 2: a blank \(' '\) inside"),
        (">a\nAC\x00G\n", r"record 'a' \(line 2\), column 3: a control character \('\\x00'\)"),
        (">a\nACG--T\n", r"record 'a' \(line 2\), column 4: a gap \('-'\), as in an alignment"),
        (">a\nac.g*\n", r"record 'a' \(line 2\), column 3: a gap"),
        (b">a\nAC\xff\n", "is not UTF-8"),
    ],
)
def test_what_is_refused(file, content, words):
    path = file(content)
    with pytest.raises(SuperbLiteError, match=words) as caught:
        read_fasta(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


letters = st.text("ACGTN", min_size=1, max_size=50)


@given(
    sequences=st.lists(letters, min_size=1, max_size=6), width=st.integers(1, 60), end=st.sampled_from(["\n", "\r\n"])
)
def test_what_was_written_is_read(tmp_path_factory, sequences, width, end):
    path = tmp_path_factory.mktemp("fasta") / "own.fa"
    text = "".join(f">s{n}\n{textwrap.fill(s, width, break_on_hyphens=False)}\n\n" for n, s in enumerate(sequences))
    path.write_bytes(text.replace("\n", end).encode())
    assert [(r.id, r.sequence) for r in read_fasta(path)] == [(f"s{n}", s) for n, s in enumerate(sequences)]


@given(content=st.binary(max_size=200))
def test_anything_is_read_or_refused_in_one_line(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fasta") / "own.fa"
    path.write_bytes(content)
    said = []
    try:
        said = [record.sequence for record in read_fasta(path)]
    except SuperbLiteError as error:
        said = [str(error)]
    assert all(len(one.splitlines()) == 1 for one in said)
