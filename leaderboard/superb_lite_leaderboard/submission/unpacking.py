"""Unpacking a bundle.

It is a stranger's file: only the names that bundles have are read, each once and up to a size, and never onto a path
outside a temporary folder.
"""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.results.result import refusal
from superb_lite_leaderboard.submission.bundle import FILE, INDEX, MOST_FILES, Index

LARGEST_FILE = 2**30
LARGEST_BUNDLE = 2**32
"""Bytes without compression, as they come out of the file, whatever it says of itself."""


def unpack(path: Path, folder: Path) -> Index:
    """The index of a bundle, whose files are written into a folder. Raises `SuperbLiteError` for what is no bundle."""
    try:
        with zipfile.ZipFile(path) as source:
            members = source.infolist()
            _check_members(members)
            left = LARGEST_BUNDLE
            for member in members:
                left = _extract(source, member, folder / member.filename, left)
        index = Index.model_validate_json((folder / INDEX).read_text(encoding="utf-8"))
        if len({(entry.name, entry.version) for entry in index.entries}) < len(index.entries):
            raise ValueError("a version stands twice in it")
        return index
    except ValidationError as error:
        raise SuperbLiteError(f"'{path}' is not a bundle: {refusal(error)}") from None
    except OSError as error:
        raise SuperbLiteError(f"'{path}' cannot be read: {error.strerror or error}") from None
    # What zipfile and its decompressors raise for damage, encryption and methods that they do not know.
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, LookupError) as error:
        raise SuperbLiteError(one_line(f"'{path}' is not a bundle: {error}")) from None


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Raise ValueError for files that a bundle does not have."""
    if len(members) > MOST_FILES:
        raise ValueError(f"it has {len(members)} files: at most {MOST_FILES} are read")
    names = [member.filename for member in members]
    if INDEX not in names:
        raise ValueError(f"it has no {INDEX}")
    if len(set(names)) < len(names):
        raise ValueError("a file stands twice in it")
    for member in members:
        if member.filename != INDEX and not FILE.fullmatch(member.filename):
            raise ValueError(f"no bundle has a file '{one_line(member.filename, NAME_LIMIT)}'")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ValueError(f"'{member.filename}' is a link")


def _extract(source: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Write a file of at most `left` bytes; returns how many of these are left."""
    path.parent.mkdir(exist_ok=True)
    limit = min(left, LARGEST_FILE)
    with source.open(member) as packed, path.open("xb") as target:
        while block := packed.read(2**20):
            limit, left = limit - len(block), left - len(block)
            if limit < 0:
                raise ValueError(f"'{member.filename}' is larger than what is read")
            target.write(block)
    return left
