"""Folders of a person's own files as a task, whatever the modality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.own_folders import folder_items, folder_task


def read(path: Path) -> np.ndarray:
    return np.frombuffer(path.read_bytes(), np.uint8)


def fill(folder: Path, count: int, start: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(start, start + count):
        (folder / f"{i}.bin").write_text(f"{folder.name}{i}")


def from_folder(folder: Path):
    return folder_task("bin:x", folder, modality="m", suffixes={".bin"}, read=read, noun="blob")


def test_a_folder_of_class_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path / "cat", 10)
    fill(tmp_path / "dog" / "deeper", 10)
    fill(tmp_path / ".hidden", 1)
    (tmp_path / "cat" / ".DS_Store").write_text("x")
    (tmp_path / "cat" / "._1.bin").write_text("x")
    (tmp_path / "cat" / "readme.txt").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    task = from_folder(tmp_path)
    data = task.data()
    assert task.labels == ("cat", "dog")
    assert (len(data.train), len(data.test), len(data.items)) == (16, 4, 20)
    assert bytes(data.items["dog/deeper/3.bin"]) == b"deeper3"
    note = capsys.readouterr().err
    assert "2 files left out whose names are not those of a blob, such as 'cat/readme.txt'" in note
    assert note.count("\n") == 1
    folder_items(tmp_path / "cat", suffixes={".bin"}, read=read, noun="blob")
    assert "1 file left out" in capsys.readouterr().err
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "cat").rename(moved / "cat")
    (tmp_path / "dog").rename(moved / "dog")
    assert from_folder(moved).version == task.version
    assert sides(from_folder(moved)) == sides(task)


@pytest.mark.parametrize("names", [("Train", "Test"), ("training", "testing"), ("dev", "eval")])
def test_folders_that_look_like_parts_of_a_split_are_no_classes(tmp_path: Path, names: tuple[str, str]) -> None:
    for part in names:
        for label in "ab":
            fill(tmp_path / "split" / part / label, 10)
        fill(tmp_path / "flat" / part, 10)
    with pytest.raises(SuperbLiteError, match="look like parts of a split, not like classes: call them 'test'"):
        from_folder(tmp_path / "split")
    assert len(from_folder(tmp_path / "flat").labels) == 2  # without folders in them they are classes, if odd ones


def test_train_val_and_test_folders(tmp_path: Path) -> None:
    for number, part in enumerate(("train", "val", "test")):
        for label in ("cat", "dog"):
            fill(tmp_path / part / label, 3, start=10 * number)
    data = from_folder(tmp_path).data()
    assert (len(data.train), len(data.validation), len(data.test)) == (6, 6, 6)
    assert data.train[0].id == "train/cat/10.bin" or data.train[0].id == "train/cat/0.bin"


def test_what_makes_no_folder_task(tmp_path: Path) -> None:
    def refused(words: str) -> None:
        with pytest.raises(SuperbLiteError, match=words):
            from_folder(tmp_path)

    with pytest.raises(SuperbLiteError, match="nowhere' is not a directory"):
        from_folder(tmp_path / "nowhere")
    refused("holds no folders")
    fill(tmp_path / "cat", 10)
    fill(tmp_path / "dog", 3)
    refused("class 'dog' has 3 different blob")
    (tmp_path / "empty").mkdir()
    refused("class folder '.*empty' holds no blob")
    (tmp_path / "loose.BIN").write_text("x")
    refused("loose.BIN' lies in no class folder")
    (tmp_path / "loose.BIN").unlink()
    fill(tmp_path / "train" / "cat", 3)
    refused("holds 'cat' together with 'train'")
    for name in ("cat", "dog", "empty"):
        (tmp_path / name).rename(tmp_path / f".{name}")
    refused("holds 'train' but no 'test'")


def sides(task) -> dict[str, str]:
    """Example id -> part."""
    data = task.data()
    return {e.id: part for part in ("train", "validation", "test") for e in getattr(data, part)}
