"""SCHEME:WHERE, the word that names a stream. Light: it is asked before anything heavy is imported."""

from __future__ import annotations

import re
from pathlib import Path

STREAMS = {
    "datasets": "superb_lite.pretraining.streams.hugging_face:DatasetStream",
    "webdataset": "superb_lite.pretraining.streams.tar_shards:TarStream",
    "lhotse": "superb_lite.pretraining.streams.manifests:CutStream",
}
"""By scheme, what reads it."""

REFERENCE = re.compile(rf"({'|'.join(STREAMS)}):(.*)", re.DOTALL)


def is_stream(data: Path | str | None) -> bool:
    """Whether what is given as data names a stream."""
    return data is not None and REFERENCE.fullmatch(str(data)) is not None
