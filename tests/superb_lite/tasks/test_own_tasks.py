"""A person's own files as a task: labels, splits, duplicates and what is refused, whatever the modality."""

from __future__ import annotations

import collections
import random
from pathlib import Path

import numpy as np
import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.tasks import own_tasks
from superb_lite.tasks.own_tasks import Row, folder_task, own_task

HERE = Path("here.txt")


def rows(labels="abc", *, each=20, copies=1) -> list[Row]:
    """`each` different contents a class, every one `copies` times."""
    names = [(label, i, copy) for label in labels for i in range(each) for copy in range(copies)]
    return [Row(f"{label}{i}.{copy}", (f"{label}{i}.{copy}",), f"{label}{i}", label) for label, i, copy in names]


def made(found: list[Row]):
    return own_task("x:here", HERE, modality="m", rows=found, items={}, noun="text")


def sides(task) -> dict[str, str]:
    """Example id -> part."""
    data = task.data()
    return {e.id: part for part in ("train", "validation", "test") for e in getattr(data, part)}


def test_a_fifth_of_every_class_is_tested() -> None:
    task = made(rows())
    counts = collections.Counter((key[0], part) for key, part in sides(task).items())
    assert counts == {(label, part): n for label in "abc" for part, n in (("train", 16), ("test", 4))}
    assert task.labels == ("a", "b", "c")
    assert "20% of the different items of each class" in task.description
    assert task.name == "x:here"


def test_the_split_is_a_matter_of_content_alone() -> None:
    found = rows()
    shuffled = random.Random(1).sample(found, len(found))
    assert sides(made(found)) == sides(made(shuffled))


def test_duplicates_stay_together_and_count_as_one() -> None:
    task = made(rows(copies=3))
    where = sides(task)
    for label in "abc":
        for i in range(20):
            assert len({where[f"{label}{i}.{copy}"] for copy in range(3)}) == 1
    assert len({e.cluster for e in task.data().test}) == 12
    for seed in range(3):
        train, validation = task.train(seed)
        assert {e.cluster for e in train}.isdisjoint(e.cluster for e in validation)


def test_a_content_with_two_labels_lies_on_one_side() -> None:
    found = [*rows(), *(Row(f"again{i}", (f"again{i}",), f"a{i}", "b") for i in range(20))]
    where = sides(made(found))
    assert all(where[f"a{i}.0"] == where[f"again{i}"] for i in range(20))


def test_the_version_changes_with_the_content_only() -> None:
    found = rows()
    assert made(found).version == made(list(found)).version
    assert made(found).version != made(rows(each=21)).version
    assert made(found).version != made([*found[:-1], Row("c19.0", ("c19.0",), "other", "c")]).version


def test_numbers_as_labels_are_sorted_as_numbers() -> None:
    found = [Row(f"{n}-{i}", ("k",), f"{n}-{i}", str(n)) for n in (10, 9, 1) for i in range(5)]
    assert made(found).labels == ("1", "9", "10")


def with_parts(*parts: tuple[str, str, str]) -> list[Row]:
    """(content, label, part) triples."""
    return [Row(f"row-{i}", (f"row-{i}",), content, label, part) for i, (content, label, part) in enumerate(parts)]


SPLIT = [("p", "a", "train"), ("q", "a", "train"), ("r", "b", "train"), ("s", "b", "train"), ("t", "a", "test")]


def test_a_given_split_is_used() -> None:
    task = made(with_parts(*SPLIT, ("u", "b", "val")))
    assert list(sides(task).values()) == ["train"] * 4 + ["validation", "test"]
    assert [e.id for e in task.data().validation] == ["row-5"]
    assert task.train(0)[1] == task.data().validation
    assert "the split is the given one" in task.description


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (rows("a"), "1 class.* found: at least two"),
        ([Row(str(i), (), str(i), str(i / 7)) for i in range(1200)], "1200 different labels, at most 1000 classes"),
        (rows(each=4), "class 'a' has 4 different text.*at least 5 are needed, or a split"),
        (rows(each=2, copies=5), "class 'a' has 2 different text"),
        (with_parts(*SPLIT[:4]), "nothing is in the part 'test'"),
        (with_parts(*SPLIT, ("u", "c", "test")), "class 'c' has 0 text.* in 'train': at least 2"),
        (with_parts(*SPLIT, ("p", "a", "test")), "'row-0' in 'train' and 'row-5' in 'test' are the same text"),
    ],
)
def test_what_makes_no_task(found: list[Row], words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        made(found)
    assert str(caught.value).startswith("'here.txt': ")


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
    own_tasks.folder_items(tmp_path / "cat", suffixes={".bin"}, read=read, noun="blob")
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


def test_schemes_are_task_names() -> None:
    assert {"tsv", "audio", "folder"} <= set(plugins.own_task_schemes())
    with pytest.raises(UnknownNameError, match="did you mean 'tsv:PATH'"):
        plugins.tasks("tsx:PATH")
    with pytest.raises(SuperbLiteError, match=r"cannot read '/no/such\.tsv'"):
        plugins.tasks("tsv:/no/such.tsv")
