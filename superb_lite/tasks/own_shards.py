"""A person's own shards of WebDataset as a task: tar files whose members with one stem are one example.

The library webdataset reads shards from front to back, as training does. An evaluation asks for single items, and
again, so that members are found once, with where they begin in the file, and read from there: tarfile says that.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from superb_lite.errors import SuperbLiteError, one_line, reason
from superb_lite.imports import optional
from superb_lite.paths import regular_size
from superb_lite.surrogates import first_surrogate
from superb_lite.tasks.own_records import SPLITS, Record, cells, label_of, part_of, records_task
from superb_lite.tasks.task import Task

LARGEST_MEMBER = 2**29
MOST_SHARDS = 100_000
LABELS = ("cls", "json")


class Member(NamedTuple):
    """Where a file lies in a shard."""

    shard: Path
    offset: int
    size: int


Example = dict[str, Member]
"""By suffix the members of one stem."""


def shards_task(name: str, path: Path) -> Task:
    """The task of `webdataset:SHARDS`: a tar file, a folder of them, or a pattern such as train-{000..009}.tar.

    An item is a member .txt, or an image or a recording; its label is .cls, or `label` in .json, which may name a
    `split`, too; otherwise shards called train-*, val-* and test-* are the parts.

    Raises `SuperbLiteError`, naming shard and member, for links, paths out of the archive, and sizes that are too
    large.
    """
    examples = {f"{shard.stem}/{stem}": found for shard in _shards(path) for stem, found in _members(shard).items()}
    modality = _modality(examples, path)
    suffixes = cells()[modality].suffixes
    records = (_record(key, found, suffixes) for key, found in examples.items())
    return records_task(name, path, modality=modality, records=records, load=_content)


def _shards(path: Path) -> list[Path]:
    written = str(path)
    if path.is_dir():
        shards = sorted(path.glob("*.tar"))
    elif "{" in written:
        library = optional("braceexpand", package="braceexpand", extra="stream", purpose=f"'{written}'")
        shards = [Path(each) for each, _ in zip(library.braceexpand(written), range(MOST_SHARDS), strict=False)]
    else:
        shards = [path]
    if not shards:
        raise SuperbLiteError(f"'{path}' holds no .tar file")
    stems: set[str] = set()
    for shard in shards:
        if shard.stem in stems:
            raise SuperbLiteError(f"two shards are called '{shard.name}': rename one of them")
        stems.add(shard.stem)
    return shards


def _members(shard: Path) -> dict[str, Example]:
    """By stem, the path up to the first dot of the name, as webdataset has it."""
    found: dict[str, Example] = {}
    size = regular_size(shard)
    try:
        with shard.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                if member.isdir():
                    continue
                where = f"'{shard}', member '{one_line(member.name, 60)}'"
                _check(member, where, size)
                folder, name = PurePosixPath(member.name).parent, PurePosixPath(member.name).name
                stem, _, suffix = name.partition(".")
                if not stem:
                    continue  # a hidden file
                example = found.setdefault((folder / stem).as_posix(), {})
                if suffix.lower() in example:
                    raise SuperbLiteError(f"{where}: it is there twice")
                example[suffix.lower()] = Member(shard, member.offset_data, member.size)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise SuperbLiteError(f"cannot read '{shard}' as a tar file that is not compressed: {reason(error)}") from None
    return found


def _check(member: tarfile.TarInfo, where: str, size: int) -> None:
    """Refuse what no shard needs. size: of the shard."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise SuperbLiteError(f"{where}: its path leads out of the archive")
    if not member.isreg() or member.issparse():
        raise SuperbLiteError(f"{where}: it is a link, a device or a sparse file: only regular files are read")
    if first_surrogate(member.name):
        raise SuperbLiteError(f"{where}: its name is not UTF-8: rename it")
    if member.size > LARGEST_MEMBER:
        raise SuperbLiteError(f"{where}: it has {member.size:,} bytes, at most {LARGEST_MEMBER:,} are read")
    if member.offset_data + member.size > size:
        raise SuperbLiteError(f"{where}: the shard is cut short")


def _modality(examples: Mapping[str, Example], path: Path) -> str:
    """The one whose files are there; captions beside images are no items."""
    present = {suffix for example in examples.values() for suffix in example}
    found = [name for name, own in cells().items() if present & set(own.suffixes)]
    others = [name for name in found if not cells()[name].as_text] or found
    if len(others) != 1:
        what = "of several modalities" if others else "of no modality"
        shown = one_line(", ".join(sorted(f".{suffix}" for suffix in present)), 100)
        raise SuperbLiteError(f"'{path}' holds files {what}: {shown or 'none'}; needed are items and .cls or .json")
    return others[0]


def _record(key: str, found: Example, suffixes: Sequence[str]) -> Record:
    items = [found[suffix] for suffix in suffixes if suffix in found]
    shard = next(iter(found.values())).shard
    where = f"'{shard}', example '{one_line(key.partition('/')[2], 60)}'"
    if len(items) != 1:
        have = ", ".join(f".{suffix}" for suffix in found)
        raise SuperbLiteError(f"{where}: {len(items)} items instead of one; its files are {one_line(have, 80)}")
    label, part = _label(found, where)
    named = next((SPLITS[part] for part in SPLITS if shard.name.removesuffix(".tar").partition("-")[0] == part), "")
    return Record(key, (_content(items[0]),), (items[0],), label, part or named)


def _label(found: Example, where: str) -> tuple[str | float, str]:
    """The label, and the part of the split where it is told."""
    part = ""
    label: object = None
    if "json" in found:
        try:
            content = json.loads(_content(found["json"]))
        except (ValueError, RecursionError) as error:
            raise SuperbLiteError(f"{where}: its .json cannot be read: {reason(error)}") from None
        if isinstance(content, dict):
            label = content.get("label")
            part = part_of(content["split"], f"{where}, 'split'") if "split" in content else ""
    if "cls" in found:
        try:
            label = _content(found["cls"]).decode()
        except UnicodeDecodeError:
            raise SuperbLiteError(f"{where}: its .cls is not UTF-8") from None
    if label is None:
        raise SuperbLiteError(f"{where}: no label: it needs a member .cls, or .json with the field 'label'")
    return label_of(label, where), part


def _content(member: Member) -> bytes:
    try:
        with member.shard.open("rb") as file:
            file.seek(member.offset)
            content = file.read(member.size)
    except OSError as error:
        raise SuperbLiteError(f"cannot read '{member.shard}': {error.strerror}") from None
    if len(content) != member.size:
        raise SuperbLiteError(f"'{member.shard}' has become shorter since it was read")
    return content
