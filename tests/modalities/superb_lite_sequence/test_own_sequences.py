"""A person's own sequences as a task, and as items."""

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite_sequence.own_items import read_sequences
from superb_lite_sequence.own_tasks import csv_task, fasta_task


def sequences(count, first="A"):
    """Different ones."""
    return [first + "".join("ACGT"[n >> shift & 3] for shift in (0, 2, 4, 6)) for n in range(count)]


@pytest.fixture
def task(tmp_path):
    def read(content, name="own.csv"):
        path = tmp_path / name
        path.write_text(content)
        return (csv_task if name.endswith("csv") else fasta_task)(name, path)

    return read


def test_classes(task):
    rows = [f"{s},{label}" for label, first in (("on", "A"), ("off", "C")) for s in sequences(20, first)]
    made = task("\n".join(["sequence,label", *rows]))
    data = made.data()
    assert (made.form, made.metrics, made.labels) == ("classify", ("accuracy",), ("off", "on"))
    assert (len(data.train), len(data.test)) == (32, 8)
    assert data.items["row-2"] == "AAAAA"


def test_numbers(task):
    made = task("\n".join(f">s{n} value={n / 7}\n{s}" for n, s in enumerate(sequences(20))), "own.fa")
    data = made.data()
    assert (made.form, made.metrics) == ("regress", ("spearman",))
    assert {example.id: example.label for example in data.train + data.test}["s7"] == 1.0
    assert (len(data.train), len(data.test)) == (16, 4)


def test_groups_never_cross_parts(task):
    rows = [f"{s},{n % 2},{n // 4}" for n, s in enumerate(sequences(80))]
    data = task("\n".join(["sequence,label,group", *rows])).data()
    sides = {example.id: side for side in ("train", "test") for example in getattr(data, side)}
    for group in range(20):
        assert len({sides[f"row-{2 + 4 * group + member}"] for member in range(4)}) == 1
    assert len({example.cluster for example in data.test}) == len(data.test) / 4 == 4


def test_a_given_split(task):
    rows = [f">s{n} label={n % 2} split={'test' if n > 7 else 'train'}\n{s}" for n, s in enumerate(sequences(12))]
    data = task("\n".join(rows), "own.fa").data()
    assert [example.id for example in data.test] == ["s8", "s9", "s10", "s11"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("sequence,value\nAC,1\nGG,\n", "row 3, column 'value': it is empty"),
        ("sequence,label\nAC,\n", "row 2, column 'label': it is empty"),
        ("sequence,value\nAC,high\n", "row 2, column 'value': 'high' is not a finite number"),
        ("sequence,value\nAC,NaN\n", "row 2, column 'value': 'NaN' is not a finite number"),
        ("sequence,value\nAC,1e999\n", "column 'value': '1e999' is not a finite number"),
        ("sequence,label,value\nAC,a,1\n", "row 2: a label and a value"),
        ("sequence,label,value\nAC,a,\nGG,,1\n", "row 3 has a value, but 'row-2' has a label"),
        ("sequence,label,split\nAC,a,dev\n", "row 2, column 'split': 'dev' is not one of train, val, test"),
        ("sequence,label,split\nAC,a,test\nGG,b,\n", "row 3: no split, but 'row-2' has one"),
        ("sequence,value\n" + "\n".join(f"{s},2" for s in sequences(9)), "all values are 2"),
        ("sequence,value\nAC,1\nGG,2\n", "it has 2 different sequences: at least 5"),
    ],
)
def test_what_is_refused(task, content, words):
    with pytest.raises(SuperbLiteError, match=words) as caught:
        task(content)
    assert "own.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (">a\nAC\n", r"record 'a' \(line 1\): it has no label= and no value="),
        (">a label=\nAC\n", "column 'label': it is empty"),
        (">a label=x label=y\nAC\n", "a field stands in its header twice"),
    ],
)
def test_headers_that_are_refused(task, content, words):
    with pytest.raises(SuperbLiteError, match=words):
        task(content, "own.fa")


def test_groups_in_two_parts_are_refused(task):
    rows = [f"{s},{n % 2},{n // 2},{'test' if n > 6 else 'train'}" for n, s in enumerate(sequences(12))]
    with pytest.raises(SuperbLiteError, match="'row-8' in 'train' and 'row-9' in 'test' are of one group"):
        task("\n".join(["sequence,label,group,split", *rows]))


def test_items(tmp_path):
    (tmp_path / "a.fa").write_text(">x\nAC\n")
    (tmp_path / "a.tsv").write_text("id\tsequence\ny\tGG\n")
    assert read_sequences(tmp_path / "a.fa") == {"x": "AC"}
    assert read_sequences(tmp_path / "a.tsv") == {"y": "GG"}


def test_items_of_a_folder(tmp_path):
    (tmp_path / "deeper").mkdir()
    (tmp_path / "a.fa").write_text(">x\nAC\n")
    (tmp_path / "deeper" / "b.FASTA").write_text(">x\nGG\n")
    (tmp_path / "readme.txt").write_text("no sequences")
    assert read_sequences(tmp_path) == {"a.fa:x": "AC", "deeper/b.FASTA:x": "GG"}
    (tmp_path / "empty").mkdir()
    with pytest.raises(SuperbLiteError, match=r"empty' holds no file that ends in \.fasta"):
        read_sequences(tmp_path / "empty")


def test_schemes_are_registered():
    assert {"csv", "fasta"} <= set(plugins.own_task_schemes())
