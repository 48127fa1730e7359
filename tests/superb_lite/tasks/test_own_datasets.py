"""`datasets:PATH_OR_ID`: data sets of the Hugging Face library as tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data
from superb_lite.tasks.own_datasets import Asked, dataset_task
from tests.superb_lite.tasks.media_files import LABELS, content, shown

datasets = pytest.importorskip("datasets")


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def of(reference: object):
    (task,) = plugins.tasks(f"datasets:{reference}")
    check_data(task, task.data())
    return task


def texts(numbers: range) -> dict[str, list]:
    return {"text": [content("text", n).decode() for n in numbers], "label": [n % 2 for n in numbers]}


@pytest.mark.parametrize("column", ["image", "audio"])
def test_saved_on_disk(tmp_path: Path, column: str) -> None:
    """Files by the type of their column, under any name, beside captions, with named classes."""
    kind = datasets.Image() if column == "image" else datasets.Audio()
    rows = [{"bytes": content(column, n), "path": None} for n in range(30)]
    raw = {"it": rows, "caption": ["x"] * 30, "label": [n % 2 for n in range(30)]}
    made = datasets.Dataset.from_dict(raw).cast_column("it", kind)  # made with its type, recordings ask for torchcodec
    made.cast_column("label", datasets.ClassLabel(names=LABELS)).save_to_disk(tmp_path / "saved")
    task = of(tmp_path / "saved")
    data = task.data()
    own = plugins.modality(task.modality).own_cells
    assert (own.column, task.labels, len(data.train), len(data.test)) == (column, LABELS, 24, 6)
    read = __import__(own.read.split(":")[0], fromlist=["x"]).read_bytes
    for n in (29, 0):
        assert shown(data.items[f"train-{n + 1}"]) == shown(read("x", content(column, n)))


def test_a_dictionary_of_splits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = {"train": range(20), "validation": range(20, 24), "test": range(24, 30), "extra": range(3)}
    made = {name: datasets.Dataset.from_dict(texts(numbers)) for name, numbers in parts.items()}
    datasets.DatasetDict(made).save_to_disk(tmp_path / "all")
    data = of(tmp_path / "all").data()
    assert [len(part) for part in (data.train, data.validation, data.test)] == [20, 4, 6]
    assert "left out are the splits extra" in capsys.readouterr().err
    one = of(f"{tmp_path / 'all'},split=train").data()
    assert (len(one.train), len(one.test)) == (16, 4)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "json"])
def test_files(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "d").mkdir()
    for name, numbers in (("train-0", range(20)), ("train-1", range(20, 24)), ("test", range(24, 30))):
        made = datasets.Dataset.from_dict(texts(numbers))
        getattr(made, f"to_{suffix}")(tmp_path / "d" / f"{name}.{suffix}")
    task = of(tmp_path / "d")
    assert (len(task.data().train), len(task.data().test), task.labels) == (24, 6, ("0", "1"))
    alone = of(tmp_path / "d" / f"train-0.{suffix}")
    assert (len(alone.data().train), len(alone.data().test)) == (16, 4)
    assert alone.version != task.version


def test_columns_by_name(tmp_path: Path) -> None:
    rows = {
        "q": [f"q {n}" for n in range(20)],
        "a": [f"a {n}" for n in range(20)],
        "id": ["x"] * 20,
        "y": ["n", "p"] * 10,
    }
    datasets.Dataset.from_dict(rows).save_to_disk(tmp_path / "s")
    task = of(f"{tmp_path / 's'},text=q+a,label=y")
    (first, second) = task.data().test[0].items
    assert task.data().items[first].replace("q", "a") == task.data().items[second]
    for reference, words in (
        ("", "has no column 'label' for labels: the columns are q, a, id, y; name one by label="),
        (
            ",label=y",
            "which column, or two columns of texts, holds the items. Name it by text=: the columns are q, a, id, y",
        ),
        (",label=y,text=z", "has no column 'z': the columns are q, a, id, y"),
        (",label=y,split=dev", "has no split 'dev': it has train"),
    ):
        refused(f"{tmp_path / 's'}{reference}", words)


def refused(reference: object, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        dataset_task(f"datasets:{reference}", Path(str(reference)))
    assert len(str(caught.value)) <= 300
    assert "\n" not in str(caught.value)


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.json").write_text("{")
    hidden = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=LABELS)})
    datasets.Dataset.from_dict({"text": ["x", "y"], "label": [-1, 1]}, features=hidden).save_to_disk(
        tmp_path / "hidden"
    )
    refused(tmp_path / "empty", "holds no file: needed is what save_to_disk writes, or one of .parquet, .csv")
    refused(tmp_path / "bad.json", "cannot be read as json")
    refused(tmp_path / "hidden", "row 1, column 'label': '-1' is no class: are the labels of this split hidden")
    refused(tmp_path / "none" / "x", "does not exist: give a folder, a file, or the name of a data set of the hub")
    for mistyped in ("./imdb", "imdb/"):
        refused(mistyped, f"^'{mistyped}' does not exist: give a folder")
    refused("nobody/nothing-at-all", "not on this disk, and not loaded from the hub")


def test_the_hub_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network the library's own cache is looked at, and the setting is as it was."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    asked = []

    def unreachable(self, name, timeout):
        asked.append(name)
        raise failure

    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(HfApi, "dataset_info", unreachable)
    failure: Exception = OSError("no network")
    refused("nobody/nothing-at-all", "not on this disk, and not loaded from the hub")
    failure = RepositoryNotFoundError.__new__(RepositoryNotFoundError)
    refused("nobody/nothing-at-all", "is neither on this disk nor a data set of the hub that you may read")
    assert asked == ["nobody/nothing-at-all"] * 2
    assert datasets.config.HF_HUB_OFFLINE is False


def test_no_code_of_a_data_set_is_run(tmp_path: Path) -> None:
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    datasets.Dataset.from_dict(texts(range(20))).to_csv(folder / "train.csv")
    of(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("written", ["a,b", "a,text=", "a,trust=1", "a,text=x,text=y"])
def test_options_that_are_none(written: str) -> None:
    with pytest.raises(SuperbLiteError, match="is none of config=, text=, label=, split=, each once"):
        Asked.of(written)
