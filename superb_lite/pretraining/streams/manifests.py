"""Manifests of Lhotse: recordings cut into stretches (https://github.com/lhotse-speech/lhotse)."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.streams.stream import Kind, Piece, Sound, Stream, files_named


class CutStream(Stream):
    """The cuts of one or several manifests: `lhotse:cuts.jsonl.gz`, a pattern, or a folder.

    Recordings are files of this machine: a manifest may name commands and addresses, which are refused. See `Stream`.
    """

    package = "lhotse"

    def __init__(self, where: str, kind: Kind) -> None:
        super().__init__(where, kind)
        if kind != "audio":
            raise SuperbLiteError(f"--data lhotse:{where}: manifests hold speech, and this corpus reads {kind}")
        self.shards = files_named(where, (".jsonl", ".jsonl.gz"))

    def read(self, shard: str) -> Iterator[Piece]:
        from lhotse import CutSet

        for cut in CutSet.from_jsonl_lazy(shard):
            yield Piece(f"{shard}/{cut.id}", functools.partial(_load, shard, cut))


def _load(shard: str, cut: Any) -> Sound:
    sources = getattr(getattr(cut, "recording", None), "sources", None)
    if not sources or any(source.type != "file" for source in sources):
        raise SuperbLiteError(
            f"the cut '{cut.id}' of '{shard}' is no stretch of an audio file: export it to files first"
        )
    samples = np.asarray(cut.load_audio(), dtype=np.float32)
    return np.ascontiguousarray(np.atleast_2d(samples).T), int(cut.sampling_rate)
