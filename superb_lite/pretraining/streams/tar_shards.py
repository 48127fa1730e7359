"""Shards of WebDataset: tar files whose members with one stem are one example (https://github.com/webdataset)."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.streams.stream import Kind, Piece, Stream, files_named

SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "text": ("txt",),
    "audio": ("wav", "flac", "mp3", "ogg", "opus"),
    "image": ("jpg", "jpeg", "png", "webp"),
}
"""Of the members that are read; the others of an example (labels, captions) are left alone."""


class TarStream(Stream):
    """Members of tar files: `webdataset:/data/{000..099}.tar`, a pattern with *, or a folder.

    A member .txt is one text. See `Stream`.
    """

    package = "webdataset"

    def __init__(self, where: str, kind: Kind) -> None:
        super().__init__(where, kind)
        self.shards = files_named(where, (".tar", ".tar.gz", ".tgz"))

    def read(self, shard: str) -> Iterator[Piece]:
        from webdataset.tariterators import group_by_keys, tar_file_expander

        with open(shard, "rb") as file:
            source: list[dict[str, Any]] = [{"url": shard, "stream": file}]
            samples = group_by_keys(tar_file_expander(source))
            while (sample := _next(samples, shard)) is not None:
                suffix = next((suffix for suffix in SUFFIXES[self.kind] if suffix in sample), None)
                if suffix is not None:
                    name = f"{shard}/{sample['__key__']}.{suffix}"
                    content: bytes = sample[suffix]
                    yield Piece(name, _text(name, content) if self.kind == "text" else content)


def _next(samples: Iterator[dict[str, Any]], shard: str) -> dict[str, Any] | None:
    try:
        return next(samples, None)
    except tarfile.TarError as error:  # the library appends what it reads from
        why = str(error.args[0] if error.args else error).partition(" @ ")[0]
        raise SuperbLiteError(f"the shard '{shard}' is damaged or no tar file: {why}") from None


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SuperbLiteError(f"'{name}' is not UTF-8 (byte {error.start}): convert it first") from None
