"""The data of the task set vtab, read by torchvision's data set classes.

The official files lie below `--root DIR`, or else below the cache directory, in the folders that torchvision makes for
them. Where they do not, they are downloaded to there, but only if $SUPERB_LITE_DOWNLOAD is set: no command fetches
gigabytes unasked. CIFAR's files are Python pickles; torchvision compares them with their official MD5 before it opens
them.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torchvision import datasets

from superb_lite.errors import SuperbLiteError
from superb_lite.imports import optional
from superb_lite.paths import cache_dir
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.lazy_items import LazyItems

DOWNLOAD = "SUPERB_LITE_DOWNLOAD"

TRAIN, VALIDATION = 800, 200

Place = tuple[str, int]
"""A split, and the index of an image in it."""


@dataclass(frozen=True)
class Release:
    """How torchvision reads a data set."""

    kind: str
    """The name of its class in `torchvision.datasets`."""

    splits: Mapping[str, Mapping[str, Any]]
    """For each of "train", "test" and perhaps "validation" the keyword arguments of that class. Only "all": there is no
    official test split, and `divide` draws one."""

    labels: Callable[[Any], Sequence[int] | np.ndarray]
    """The class of every image of a data set, from 0, without opening the images."""

    megabytes: int
    """What is downloaded, about."""

    divide: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None
    """(labels, generator) to a mask that is True for test images."""

    file: Callable[[Any, int], Path] | None = None
    """(dataset, index) to the file of an image, for messages; None: torchvision keeps all images in one file."""


def _attribute(name: str) -> Callable[[Any], Sequence[int]]:
    return lambda dataset: getattr(dataset, name)


def _listed(name: str) -> Callable[[Any, int], Path]:
    return lambda dataset, index: Path(getattr(dataset, name)[index])


def _eurosat_file(dataset: Any, index: int) -> Path:
    return Path(dataset.samples[index][0])


def _caltech_file(dataset: Any, index: int) -> Path:
    folder = Path(dataset.root, "101_ObjectCategories", dataset.categories[dataset.y[index]])
    return folder / f"image_{dataset.index[index]:04d}.jpg"


def _pcam_labels(dataset: Any) -> np.ndarray:
    with dataset.h5py.File(dataset._base_folder / dataset._FILES[dataset._split]["targets"][0]) as file:
        return np.asarray(file["y"]).reshape(-1)


def _fifth(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(rng.permutation(len(labels)) < len(labels) // 5)


def _all_but_thirty_a_class(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    test = np.ones(len(labels), dtype=bool)
    for label in np.unique(labels):
        test[rng.permutation(np.flatnonzero(labels == label))[:30]] = False
    return test


def _named(*parts: str) -> dict[str, dict[str, str]]:
    """Splits that torchvision calls by these names: train, test and perhaps validation."""
    return {ours: {"split": theirs} for ours, theirs in zip(("train", "test", "validation"), parts, strict=False)}


_CIFAR = {"train": {"train": True}, "test": {"train": False}}

RELEASES = {
    "cifar10": Release("CIFAR10", _CIFAR, _attribute("targets"), 170),
    "cifar100": Release("CIFAR100", _CIFAR, _attribute("targets"), 169),
    "stl10": Release("STL10", _named("train", "test"), _attribute("labels"), 2640),
    "svhn": Release("SVHN", _named("train", "test"), _attribute("labels"), 250),
    "flowers102": Release(
        "Flowers102", _named("train", "test", "val"), _attribute("_labels"), 345, file=_listed("_image_files")
    ),
    "pets": Release("OxfordIIITPet", _named("trainval", "test"), _attribute("_labels"), 811, file=_listed("_images")),
    "dtd": Release("DTD", _named("train", "test", "val"), _attribute("_labels"), 625, file=_listed("_image_files")),
    "eurosat": Release("EuroSAT", {"all": {}}, _attribute("targets"), 94, _fifth, _eurosat_file),
    "pcam": Release("PCAM", _named("train", "test", "val"), _pcam_labels, 7500),
    "caltech101": Release("Caltech101", {"all": {}}, _attribute("y"), 137, _all_but_thirty_a_class, _caltech_file),
}


def load(name: str, root: Path | None) -> TaskData:
    """One data set as VTAB-1k has it. Raises `SuperbLiteError` where it is neither on disk nor to be downloaded."""
    release = RELEASES[name]
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(f"vtab/{name}".encode()).digest()[:8], "little"))
    parts = {part: _open(name, release, arguments, root) for part, arguments in release.splits.items()}
    labels = {part: np.asarray(release.labels(dataset)).astype(np.int64) for part, dataset in parts.items()}
    places = {part: [(part, i) for i in rng.permutation(len(known))] for part, known in labels.items()}
    if release.divide is not None:
        test = release.divide(labels["all"], rng)
        places["train"] = [place for place in places["all"] if not test[place[1]]]
        places["test"] = [("all", int(i)) for i in np.flatnonzero(test)]
    train = places["train"][:TRAIN]
    validation = places.get("validation", places["train"][TRAIN:])[:VALIDATION]
    tested = sorted(places["test"])
    for what, found, needed in (("train", train, TRAIN), ("validate", validation, VALIDATION), ("test", tested, 1)):
        if len(found) < needed:
            raise SuperbLiteError(f"vtab/{name}: {len(found)} images to {what}, {needed} are needed: is it complete?")

    def examples(found: Sequence[Place]) -> tuple[Example, ...]:
        return tuple(Example(key, (key,), int(labels[part][i])) for part, i in found if (key := f"{part}-{i}"))

    sources = {f"{part}-{i}": (part, int(i)) for part, i in (*train, *validation, *tested)}
    items = LazyItems(sources, functools.partial(read_image, name, parts))
    return TaskData(items, examples(train), examples(tested), examples(validation))


cifar10, cifar100, stl10, svhn, flowers102, pets, dtd, eurosat, pcam, caltech101 = (
    functools.partial(load, name) for name in RELEASES
)


def _open(name: str, release: Release, arguments: Mapping[str, Any], root: Path | None) -> Any:
    """torchvision's data set; where it is missing, one line says what to do."""
    if release.kind == "PCAM":
        optional("h5py", package="h5py", extra="vtab", purpose=f"the task 'vtab/{name}'")
    folder = cache_dir() / "vtab" if root is None else root
    asked = bool(os.environ.get(DOWNLOAD))
    try:
        return getattr(datasets, release.kind)(folder, download=asked, **arguments)
    except (RuntimeError, OSError, ImportError, ValueError) as error:
        if asked:
            reason = " ".join(str(error).split())
            raise SuperbLiteError(f"vtab/{name}: it cannot be downloaded to '{folder}': {reason:.200}") from None
        raise SuperbLiteError(
            f"vtab/{name} is not complete in '{folder}': put the official files there as "
            f"torchvision.datasets.{release.kind} keeps them, or set {DOWNLOAD}=1 to download about "
            f"{release.megabytes} MB"
        ) from None


def read_image(name: str, parts: Mapping[str, Any], place: Place) -> np.ndarray:
    """(3, H, W) uint8. Raises `SuperbLiteError` where it cannot be read.

    Args:
        name: of the release, a key of `RELEASES`.
        parts: its splits.
    """
    part, index = place
    try:
        image, _ = parts[part][index]
        return np.ascontiguousarray(np.asarray(image.convert("RGB")).transpose(2, 0, 1))
    # Pillow raises any of these for a damaged file, depending on the format and on where the damage is.
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        file = RELEASES[name].file
        where = "" if file is None else f" ('{file(parts[part], index)}')"
        detail = " ".join(str(error).split())
        raise SuperbLiteError(
            f"vtab/{name}: cannot read image {index} of '{part}'{where}: {detail:.200}: "
            "put the official file there again"
        ) from None
