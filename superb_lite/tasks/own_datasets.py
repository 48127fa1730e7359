"""A data set of the Hugging Face library `datasets` as a task: saved on disk, files that it reads, or of the hub.

Only the library's own readers are used: no code of a data set is run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError, note, one_line, reason
from superb_lite.imports import optional
from superb_lite.tasks.own_records import SPLITS, Record, cells, content_of, label_of, records_task
from superb_lite.tasks.task import Task

READERS = {".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "json"}
OPTIONS = ("config", "text", "label", "split")


@dataclass(frozen=True)
class Asked:
    """PATH_OR_ID,config=...,text=...,label=...,split=..."""

    where: str
    config: str | None = None
    text: str = ""
    """Names of the one or two columns of the items, with + between them."""
    label: str = "label"
    split: str = ""

    @classmethod
    def of(cls, written: str) -> Asked:
        where, *options = written.split(",")
        given: dict[str, str] = {}
        for option in options:
            key, equals, value = option.partition("=")
            if key not in OPTIONS or not equals or not value or key in given:
                raise SuperbLiteError(
                    f"'datasets:{written}': '{one_line(option, 60)}' is none of {'=, '.join(OPTIONS)}=, each once"
                )
            given[key] = value
        return cls(os.path.expanduser(where), **given)  # not by Path, which would take the "./" off


def dataset_task(name: str, path: Path) -> Task:
    """The task of `datasets:PATH_OR_ID[,config=C][,text=A[+B]][,label=L][,split=S]`.

    A folder that `save_to_disk` wrote, a file or a folder of Parquet, CSV or JSON, or the name of a data set of the
    hub. Items are the column of images or recordings, if there is just one, else the column text, or the one or two
    columns of texts. The splits train, validation and test are the parts; of a single one a fifth is tested.

    Raises `SuperbLiteError` for what cannot be loaded and, listing those that are there, for missing columns.
    """
    asked = Asked.of(name.partition(":")[2])
    splits = _chosen(_loaded(asked), asked)
    first = next(iter(splits.values()))
    modality, columns = _columns(first.features, asked)
    decoded = {split: _undecoded(data, columns) for split, data in splits.items()}
    parts = {split: SPLITS[split] if len(splits) > 1 else "" for split in splits}
    names = getattr(first.features[asked.label], "names", None)

    def records() -> Iterator[Record]:
        for split, data in decoded.items():
            for number, row in enumerate(data.select_columns([*dict.fromkeys((*columns, asked.label))])):
                where = f"'{asked.where}', split '{split}', row {number + 1}"
                yield Record(
                    f"{split}-{number + 1}",
                    tuple(content_of(row[column], f"{where}, column '{column}'") for column in columns),
                    tuple((split, number, column) for column in columns),
                    _label(row[asked.label], names, f"{where}, column '{asked.label}'"),
                    parts[split],
                )

    def load(source: tuple[str, int, str]) -> bytes:
        split, number, column = source
        return content_of(decoded[split][number][column], f"'{asked.where}', split '{split}', row {number + 1}")

    return records_task(name, path, modality=modality, records=records(), load=load)


def _loaded(asked: Asked) -> Mapping[str, Any]:
    """The splits by name."""
    library = optional("datasets", package="datasets", extra="full", purpose=f"'datasets:{asked.where}'")
    library.disable_progress_bars()
    path = Path(asked.where)
    if not path.exists():
        if asked.where.count("/") > 1 or asked.where.startswith((".", "/", "~")) or asked.where.endswith("/"):
            raise SuperbLiteError(
                f"'{asked.where}' does not exist: give a folder, a file, or the name of a data set of the hub"
            )
        return _from_hub(library, asked)
    if any((path / file).is_file() for file in ("dataset_dict.json", "state.json")):
        return _splits(
            lambda: library.load_from_disk(asked.where), asked, "cannot be loaded as what save_to_disk writes"
        )
    reader, files = _files(path)
    options = {"delimiter": "\t"} if any(file.endswith(".tsv") for of in files.values() for file in of) else {}
    return _splits(
        lambda: library.load_dataset(reader, data_files=files, **options), asked, f"cannot be read as {reader}"
    )


def _from_hub(library: Any, asked: Asked) -> Mapping[str, Any]:
    """What the hub has, or the library has downloaded before. The hub is asked once; the library would ask for half a
    minute."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    offline = library.config.HF_HUB_OFFLINE
    try:
        if not offline:
            HfApi().dataset_info(asked.where, timeout=10)
    except (RepositoryNotFoundError, HFValidationError):
        raise SuperbLiteError(
            f"'{asked.where}' is neither on this disk nor a data set of the hub that you may read"
        ) from None
    except Exception:  # whatever the network raises
        library.config.HF_HUB_OFFLINE = True
    # Since version 4 the library runs no code of a data set, and takes no such option.
    options = {"trust_remote_code": False} if int(library.__version__.split(".")[0]) < 4 else {}
    try:
        return _splits(
            lambda: library.load_dataset(asked.where, asked.config, **options),
            asked,
            "not on this disk, and not loaded from the hub (which needs a network)",
        )
    finally:
        library.config.HF_HUB_OFFLINE = offline


def _splits(load: Callable[[], Any], asked: Asked, problem: str) -> Mapping[str, Any]:
    try:
        data = load()
    except Exception as error:  # of a library that raises whatever its own dependencies raise
        raise SuperbLiteError(f"'{asked.where}': {problem}: {reason(error, 160)}") from None
    return data if isinstance(data, Mapping) else {str(data.split or "train"): data}


def _files(path: Path) -> tuple[str, dict[str, list[str]]]:
    """The reader of the files, which are of one kind, and by split their paths: train-*.parquet, test.csv, ..."""
    found = (
        [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    )
    files = [file for file in found if file.suffix.lower() in READERS]
    readers = sorted({READERS[file.suffix.lower()] for file in files})
    if len(readers) != 1:
        what = f"files of {' and '.join(readers)}" if readers else "no file"
        raise SuperbLiteError(
            f"'{path}' holds {what}: needed is what save_to_disk writes, or one of {', '.join(READERS)}"
        )
    by_split: dict[str, list[str]] = {}
    for file in files:
        called = next(
            (split for split in SPLITS if file.stem == split or file.stem.startswith((f"{split}-", f"{split}."))), ""
        )
        by_split.setdefault(called or "train", []).append(str(file))
    return readers[0], by_split


def _chosen(splits: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The split that is asked for, or those that are parts."""
    if asked.split:
        if asked.split not in splits:
            raise SuperbLiteError(f"'{asked.where}' has no split '{asked.split}': it has {', '.join(splits)}")
        return {asked.split: splits[asked.split]}
    chosen = {split: data for split, data in splits.items() if split in SPLITS}
    if not chosen or (len(chosen) == 1 and len(splits) > 1):
        raise SuperbLiteError(
            f"'{asked.where}' has the splits {one_line(', '.join(splits), 100)}: choose one by split="
        )
    if left := sorted(set(splits) - set(chosen)):
        note(f"'{asked.where}': left out are the splits {', '.join(left)}")
    return chosen


def _columns(features: Mapping[str, Any], asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The modality of the items, and the columns they are in."""
    there = f"the columns are {one_line(', '.join(features), 120)}"
    if asked.label not in features:
        raise SuperbLiteError(f"'{asked.where}' has no column '{asked.label}' for labels: {there}; name one by label=")
    kinds = {column: type(feature).__name__ for column, feature in features.items()}
    named = tuple(asked.text.split("+")) if asked.text else ()
    for column in named:
        if column not in features:
            raise SuperbLiteError(f"'{asked.where}' has no column '{column}': {there}")
    for modality, own in cells().items():
        found = tuple(c for c in named or features if kinds[c] == own.feature and c != asked.label)
        if own.as_text:
            texts = tuple(c for c in found if str(features[c].dtype) in ("string", "large_string"))
            found = named or ((own.column,) if own.column in texts else texts)
            if texts and len(found) <= 2 and set(found) <= set(texts) and not _media(kinds, named):
                return modality, found
        elif len(found) == 1 and found == (named or found):
            return modality, found
    raise SuperbLiteError(
        f"'{asked.where}': which column, or two columns of texts, holds the items? Name it by text=: {there}"
    )


def _media(kinds: Mapping[str, str], named: Sequence[str]) -> bool:
    """Whether a column, of those that are named, holds what is no text."""
    others = {own.feature for own in cells().values() if not own.as_text}
    return any(kinds[column] in others for column in named or kinds)


def _undecoded(data: Any, columns: Sequence[str]) -> Any:
    """The data set with the files of its items as they are."""
    for column in columns:
        feature = data.features[column]
        if hasattr(feature, "decode"):
            data = data.cast_column(column, type(feature)(decode=False))
    return data


def _label(value: Any, names: Sequence[str] | None, where: str) -> str | float:
    if names is None:
        return label_of(value, where)
    if not isinstance(value, int) or not 0 <= value < len(names):
        raise SuperbLiteError(
            f"{where}: '{value}' is no class: are the labels of this split hidden? Choose another by split="
        )
    return names[value]
