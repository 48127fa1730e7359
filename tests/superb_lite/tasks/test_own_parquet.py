"""`parquet:FILE`: tables with texts, images or recordings as tasks."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data
from superb_lite.tasks import own_parquet
from tests.superb_lite.tasks.media_files import LABELS, content, shown

SIZE = 30


def write(path: Path, columns: dict, *, group: int = 7) -> Path:
    parquet.write_table(pa.table(columns), path, row_group_size=group)
    return path


def labels() -> list[str]:
    return [LABELS[n % 2] for n in range(SIZE)]


def of(path: Path):
    (task,) = plugins.tasks(f"parquet:{path}")
    return task


@pytest.mark.parametrize("column", ["image", "audio", "text"])
@pytest.mark.parametrize("struct", [False, True])
def test_items_are_those_of_the_files(tmp_path: Path, column: str, struct: bool) -> None:
    found = [content(column, n) for n in range(SIZE)]
    cells: list = [c.decode() for c in found] if column == "text" else found
    if struct and column != "text":
        cells = [{"bytes": c, "path": f"{n}.x"} for n, c in enumerate(found)]
    task = of(write(tmp_path / f"{column}.parquet", {column: cells, "label": labels(), "other": range(SIZE)}))
    data = task.data()
    check_data(task, data)
    assert (len(data.train), len(data.test), task.labels) == (24, 6, LABELS)
    own = plugins.modality(task.modality).own_cells
    read = __import__(own.read.split(":")[0], fromlist=["x"]).read_bytes
    for n in (0, 6, 7, 29, 3):
        assert shown(data.items[f"row-{n + 1}"]) == shown(read("x", found[n]))
    assert all(LABELS.index(LABELS[(int(e.id.split("-")[1]) - 1) % 2]) == e.label for e in data.test)


def test_pairs_of_texts_and_a_given_split(tmp_path: Path) -> None:
    pairs = {"text_a": [f"a {n}" for n in range(SIZE)], "text_b": [f"b {n}" for n in range(SIZE)]}
    split = ["train"] * 20 + ["validation"] * 4 + ["test"] * 6
    task = of(write(tmp_path / "p.parquet", {**pairs, "label": [n % 3 for n in range(SIZE)], "split": split}))
    data = task.data()
    check_data(task, data)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [20, 4, 6]
    assert [data.items[key] for key in data.test[0].items] == ["a 24", "b 24"]
    assert task.labels == ("0", "1", "2")


def test_fractions_are_numbers_to_predict(tmp_path: Path) -> None:
    columns = {"text": [f"t {n}" for n in range(SIZE)], "label": [n / 7 for n in range(SIZE)]}
    assert of(write(tmp_path / "n.parquet", columns)).form == "regress"


def test_one_row_group_is_in_memory_and_no_item(tmp_path: Path) -> None:
    path = write(tmp_path / "i.parquet", {"image": [content("image", n) for n in range(SIZE)], "label": labels()})
    items = of(path).data().items
    assert items._kept == {}
    file = items._sources["row-1"]
    assert file == ("row-1", (0, 0, "image"))


GOOD = {"text": [f"t {n}" for n in range(10)], "label": ["a", "b"] * 5}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"words": ["x"], "label": ["a"]}, r"label and one of audio, image, text \(or text_a and text_b\); they"),
        ({"text": ["x"], "image": [b"x"], "label": ["a"]}, "they are text, image, label"),
        ({"text": ["x"]}, "they are text"),
        ({**GOOD, "text": [*GOOD["text"][:9], None]}, "row 10, column 'text': NoneType instead of text or bytes"),
        ({**GOOD, "text": [*GOOD["text"][:9], " "]}, "row 10, column 'text': it is empty"),
        ({**GOOD, "label": [*GOOD["label"][:9], None]}, "row 10, column 'label': 'None' is no label"),
        ({**GOOD, "split": [["train"]] * 10}, r"row 1, column 'split': '\['train'\]' is not one of train, val"),
        ({**GOOD, "split": ["train"] * 9 + ["x"]}, "row 10, column 'split': 'x' is not one of train, val, valid"),
        ({"image": [{"bytes": None, "path": "a.png"}], "label": ["a"]}, "row 1, column 'image': it holds the path of"),
        ({"text": pa.array([], pa.string()), "label": pa.array([], pa.string())}, "holds no records"),
        ({**GOOD, "label": ["a"] * 10}, "at least two are needed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(tmp_path: Path, columns: dict, words: str) -> None:
    path = write(tmp_path / "bad.parquet", columns)
    with pytest.raises(SuperbLiteError, match=words) as caught:
        of(path)
    assert f"'{path}'" in str(caught.value)
    assert len(str(caught.value)) <= 300


def test_a_file_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 is not enough")
    with pytest.raises(SuperbLiteError, match=r"cannot read '.*a.parquet' as Parquet"):
        of(tmp_path / "a.parquet")
    whole = write(tmp_path / "b.parquet", GOOD).read_bytes()
    (tmp_path / "c.parquet").write_bytes(whole[:40] + b"\xff" * 60 + whole[100:])
    with pytest.raises(SuperbLiteError):
        of(tmp_path / "c.parquet")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SuperbLiteError, match="it is a pipe"):
        of(tmp_path / "pipe")
    monkeypatch.setattr(own_parquet, "LARGEST_GROUP", 10)
    with pytest.raises(SuperbLiteError, match=r"row group 0 has .* write smaller"):
        own_parquet.parquet_task("parquet:x", tmp_path / "b.parquet")


def test_an_image_that_is_none_is_named_when_it_is_read(tmp_path: Path) -> None:
    cells = [content("image", n) for n in range(SIZE - 1)] + [b"no image"]
    task = of(write(tmp_path / "i.parquet", {"image": cells, "label": labels()}))
    with pytest.raises(SuperbLiteError, match=r"cannot read the image '.*i.parquet, row-30'"):
        check_data(task, task.data())
