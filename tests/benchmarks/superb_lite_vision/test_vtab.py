"""vtab reads the official file formats: tiny releases are written in each of them."""

import hashlib
import re
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat
from torchvision import datasets

from superb_lite.errors import SuperbLiteError
from superb_lite_vision import vtab_data
from superb_lite_vision.vtab import VTAB
from superb_lite_vision.vtab_data import RELEASES, load

TRAIN, VALIDATION = 12, 4
"""Instead of 800 and 200, so that a release may be tiny."""


@pytest.fixture(autouse=True)
def few(monkeypatch, tmp_path):
    monkeypatch.setattr(vtab_data, "TRAIN", TRAIN)
    monkeypatch.setattr(vtab_data, "VALIDATION", VALIDATION)
    monkeypatch.delenv("SUPERB_LITE_DOWNLOAD", raising=False)
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))


def picture(label, number, size=8):
    """(size, size, 3): the red channel tells the class, the green one the number of the image."""
    pixels = np.full((size, size, 3), 7, dtype=np.uint8)
    pixels[..., 0], pixels[..., 1] = 2 * label, number
    return pixels


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, quality=95)


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


def labels_of(count, classes):
    return [i % classes for i in range(count)]


def write_cifar(root, monkeypatch, kind, folder, key, classes, train, test):
    """Python's own serialisation, which the official files have; torchvision checks their MD5 first."""
    import pickle

    def dump(name, content):
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(content))
        return [name, md5(path)]

    def batch(name, count):
        labels = labels_of(count, classes)
        data = np.stack([picture(k, i, 32).transpose(2, 0, 1).reshape(-1) for i, k in enumerate(labels)])
        return dump(name, {"data": data, key: labels})

    monkeypatch.setattr(kind, "train_list", [batch(name, 24 // len(train)) for name in train])
    monkeypatch.setattr(kind, "test_list", [batch(name, 10) for name in test])
    names = "label_names" if key == "labels" else "fine_label_names"
    meta_name, meta_md5 = dump(kind.meta["filename"], {names: [str(i) for i in range(classes)]})
    monkeypatch.setattr(kind, "meta", {"filename": meta_name, "key": names, "md5": meta_md5})


def write_cifar10(root, monkeypatch):
    train = [f"data_batch_{i}" for i in (1, 2)]
    write_cifar(root, monkeypatch, datasets.CIFAR10, "cifar-10-batches-py", "labels", 10, train, ["test_batch"])


def write_cifar100(root, monkeypatch):
    write_cifar(root, monkeypatch, datasets.CIFAR100, "cifar-100-python", "fine_labels", 100, ["train"], ["test"])


def write_stl10(root, monkeypatch):
    folder = root / "stl10_binary"
    folder.mkdir(parents=True)
    (folder / "class_names.txt").write_text("\n".join(map(str, range(10))))
    lists = {}
    for part, count in (("train", 24), ("test", 10)):
        labels = labels_of(count, 10)
        # Column-major, channels first, classes from 1.
        data = np.stack([picture(k, i, 96).transpose(2, 1, 0) for i, k in enumerate(labels)])
        (folder / f"{part}_X.bin").write_bytes(data.tobytes())
        (folder / f"{part}_y.bin").write_bytes((np.array(labels, dtype=np.uint8) + 1).tobytes())
        lists[part] = [[f"{part}_{x}.bin", md5(folder / f"{part}_{x}.bin")] for x in "Xy"]
    unlabelled = [["unlabeled_X.bin", ""]]
    monkeypatch.setattr(datasets.STL10, "train_list", [*lists["train"], *unlabelled])
    monkeypatch.setattr(datasets.STL10, "test_list", lists["test"])
    (folder / "unlabeled_X.bin").write_bytes(b"")
    unlabelled[0][1] = md5(folder / "unlabeled_X.bin")


def write_svhn(root, monkeypatch):
    known = dict(datasets.SVHN.split_list)
    for part, count in (("train", 24), ("test", 10)):
        labels = labels_of(count, 10)
        data = np.stack([picture(k, i, 32) for i, k in enumerate(labels)], axis=-1)
        official = np.array([k or 10 for k in labels], dtype=np.uint8)[:, None]  # a zero is class 10
        savemat(root / f"{part}_32x32.mat", {"X": data, "y": official})
        url, name, _ = known[part]
        known[part] = [url, name, md5(root / name)]
    monkeypatch.setattr(datasets.SVHN, "split_list", known)


def write_flowers102(root, monkeypatch):
    folder = root / "flowers-102"
    count = 24 + 8 + 10
    labels = labels_of(count, 102)
    for i, label in enumerate(labels):
        save(folder / "jpg" / f"image_{i + 1:05d}.jpg", picture(label, i))
    ids = np.arange(1, count + 1)
    savemat(folder / "imagelabels.mat", {"labels": np.array(labels)[None] + 1})
    savemat(folder / "setid.mat", {"trnid": ids[None, :24], "valid": ids[None, 24:32], "tstid": ids[None, 32:]})
    known = {key: (name, md5(folder / name)) for key, name in (("label", "imagelabels.mat"), ("setid", "setid.mat"))}
    monkeypatch.setattr(datasets.Flowers102, "_file_dict", {**datasets.Flowers102._file_dict, **known})


def write_pets(root, monkeypatch):
    folder = root / "oxford-iiit-pet"
    for part, count in (("trainval", 24), ("test", 10)):
        lines = []
        for i, label in enumerate(labels_of(count, 37)):
            name = f"Breed{label}_{part}{i}"
            save(folder / "images" / f"{name}.jpg", picture(label, i))
            lines.append(f"{name} {label + 1} 1 1")
        (folder / "annotations").mkdir(exist_ok=True)
        (folder / "annotations" / f"{part}.txt").write_text("\n".join(lines) + "\n")


def write_dtd(root, monkeypatch):
    folder = root / "dtd" / "dtd"
    (folder / "labels").mkdir(parents=True)
    for part, count in (("train", 47), ("val", 47), ("test", 47)):
        lines = []
        for i, label in enumerate(labels_of(count, 47)):
            name = f"texture{label:02d}/{part}_{i}.jpg"
            save(folder / "images" / name, picture(label, i))
            lines.append(name)
        (folder / "labels" / f"{part}1.txt").write_text("\n".join(lines) + "\n")


def write_eurosat(root, monkeypatch):
    for i, label in enumerate(labels_of(40, 10)):
        save(root / "eurosat" / "2750" / f"Class{label}" / f"{i}.jpg", picture(label, i))


def write_caltech101(root, monkeypatch):
    for label in range(101):
        for i in range(31 if label < 3 else 1):
            path = root / "caltech101" / "101_ObjectCategories" / f"thing{label:03d}" / f"image_{i + 1:04d}.jpg"
            save(path, picture(label, i))
    (root / "caltech101" / "101_ObjectCategories" / "BACKGROUND_Google").mkdir()
    (root / "caltech101" / "Annotations").mkdir()


def write_pcam(root, monkeypatch):
    (root / "pcam").mkdir(parents=True)
    for part, count in (("train", 24), ("val", 8), ("test", 10)):
        labels = labels_of(count, 2)
        files = datasets.PCAM._FILES[part]
        images = np.stack([picture(k, i) for i, k in enumerate(labels)])
        for key, name, array in (("x", "images", images), ("y", "targets", np.array(labels).reshape(-1, 1, 1, 1))):
            with h5py.File(root / "pcam" / files[name][0], "w") as file:
                file[key] = array


WRITERS = {name: globals()[f"write_{name}"] for name in RELEASES}


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_is_read_as_vtab_1k(name, tmp_path, monkeypatch):
    root = tmp_path / "root"
    root.mkdir()
    WRITERS[name](root, monkeypatch)
    data = load(name, root)
    (task,) = VTAB.matching(f"vtab/{name}")
    assert (len(data.train), len(data.validation)) == (TRAIN, VALIDATION)
    assert len(data.test) == {"dtd": 47, "eurosat": 8, "caltech101": 3}.get(name, 10)
    ids = [example.id for example in (*data.train, *data.validation, *data.test)]
    assert len(set(ids)) == len(ids) == len(data.items)
    for example in (*data.train, *data.validation, *data.test):
        item = data.items[example.items[0]]
        assert item.dtype == np.uint8
        assert item.shape[0] == 3
        assert abs(float(item[0].mean()) - 2 * example.label) < 5  # the class that was written, through JPEG too
        assert example.label < len(task.labels)
    assert load(name, root).content_hash() == data.content_hash()


@pytest.mark.parametrize("task", VTAB.tasks, ids=lambda task: task.name)
def test_what_is_not_there_is_one_line(task, tmp_path, monkeypatch):
    if task.name == "vtab/pcam":
        monkeypatch.setitem(sys.modules, "h5py", None)  # as if it were not installed
        with pytest.raises(SuperbLiteError, match=r"'vtab/pcam' needs the package 'h5py': pip install"):
            task.data(tmp_path)
        return
    with pytest.raises(SuperbLiteError, match=rf"{task.name} is not complete in '{tmp_path}': put") as caught:
        task.data(tmp_path)
    assert "SUPERB_LITE_DOWNLOAD=1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_is_downloaded_unasked_and_a_failure_is_one_line(tmp_path, monkeypatch):
    asked = []

    def offline(*arguments, **options):
        asked.append(arguments)
        raise OSError("no route\nto host")

    monkeypatch.setattr("torchvision.datasets.cifar.download_and_extract_archive", offline)
    with pytest.raises(SuperbLiteError, match=r"not complete in '.*cache/vtab'"):
        load("cifar10", None)
    assert not asked
    monkeypatch.setenv("SUPERB_LITE_DOWNLOAD", "1")
    with pytest.raises(SuperbLiteError, match=r"vtab/cifar10: it cannot be downloaded to '.*vtab': no route to host"):
        load("cifar10", None)
    assert len(asked) == 1


def test_a_release_that_is_too_small_is_named(tmp_path, monkeypatch):
    write_svhn(tmp_path, monkeypatch)
    monkeypatch.setattr(vtab_data, "TRAIN", 800)
    with pytest.raises(SuperbLiteError, match="vtab/svhn: 24 images to train, 800 are needed"):
        load("svhn", tmp_path)


def test_a_cifar_file_that_is_not_the_official_one_is_never_opened(tmp_path, monkeypatch):
    write_cifar10(tmp_path, monkeypatch)
    (tmp_path / "cifar-10-batches-py" / "test_batch").write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")
    with pytest.raises(SuperbLiteError, match="vtab/cifar10 is not complete"):
        load("cifar10", tmp_path)


@pytest.mark.parametrize("name", ["flowers102", "pets", "dtd", "eurosat", "caltech101"])
def test_a_truncated_image_is_named(name, tmp_path, monkeypatch):
    WRITERS[name](tmp_path, monkeypatch)
    data = load(name, tmp_path)
    whole = {path: path.read_bytes() for path in tmp_path.rglob("*.jpg")}
    for path, content in whole.items():
        path.write_bytes(content[:-100])
    (key,) = data.train[0].items
    part, _, index = key.rpartition("-")
    with pytest.raises(SuperbLiteError, match=rf"vtab/{name}: cannot read image {index} of '{part}'") as caught:
        data.items[key]
    assert "\n" not in str(caught.value)
    # The named file is the one that was read: with it alone made whole again, the image is there.
    named = Path(re.search(r"\('(.*\.jpg)'\): ", str(caught.value))[1])
    named.write_bytes(whole[named])
    assert data.items[key].shape == (3, 8, 8)


def test_every_task_has_its_loader_and_caltech_keeps_thirty_a_class():
    assert [task.name.partition("/")[2] for task in VTAB] == list(RELEASES)
    labels = np.repeat([0, 1], [31, 500])
    test = vtab_data._all_but_thirty_a_class(labels, np.random.default_rng(0))
    assert np.bincount(labels[~test]).tolist() == [30, 30]
    fifth = vtab_data._fifth(np.zeros(50), np.random.default_rng(0))
    assert fifth.sum() == 10
