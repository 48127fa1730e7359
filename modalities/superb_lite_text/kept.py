"""What is made of the embedded text, kept in the cache: its tokeniser and its tokens take a dozen seconds to make."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import cache_dir, write_bytes

Text = tuple[tuple[int, ...], ...]
"""Sentences, as token ids."""


def kept_tokenizer(documents: Sequence[str], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The tokeniser that `make` trains on some documents, out of the cache or made now."""
    name = f"tokenizer-{_key(documents)}.json"
    try:
        found: dict[str, Any] = json.loads(_path(name).read_bytes())
    except (SuperbLiteError, OSError, ValueError):
        found = make()
        _write(name, json.dumps(found, ensure_ascii=False).encode())
    return found


def kept_texts(
    documents: Sequence[str], tokenizer: Mapping[str, Any], size: int, make: Callable[[], tuple[Text, ...]]
) -> tuple[Text, ...]:
    """The texts of at most `size` tokens that `make` cuts of some documents, out of the cache or made now."""
    name = f"texts-{size}-{_key([*documents, json.dumps(tokenizer)])}.npz"
    try:
        # The members of the archive have checksums.
        with np.load(_path(name), allow_pickle=False) as archive:
            tokens, sentences, counts = (archive[part].tolist() for part in ("tokens", "sentences", "counts"))
    except (SuperbLiteError, OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        texts = make()
        file = BytesIO()
        np.savez_compressed(
            file,
            tokens=np.array([token for text in texts for sentence in text for token in sentence], dtype=np.int32),
            sentences=np.array([len(sentence) for text in texts for sentence in text], dtype=np.int32),
            counts=np.array([len(text) for text in texts], dtype=np.int32),
        )
        _write(name, file.getvalue())
        return texts
    ends = [0, *np.cumsum(sentences).tolist()]
    cut = iter([tuple(tokens[start:end]) for start, end in itertools.pairwise(ends)])
    return tuple(tuple(next(cut) for _ in range(count)) for count in counts)


def _key(texts: Sequence[str]) -> str:
    """Another one for other texts and for other code."""
    digest = hashlib.sha256(_makers())
    for text in texts:
        digest.update(f"{len(text)} {text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


@functools.cache
def _makers() -> bytes:
    """The code that decides what is made, and the version of the library that it asks."""
    files = [Path(__file__).with_name(f"{name}.py") for name in ("corpus", "kept", "tokenizer")]
    return b"".join([tokenizers.__version__.encode(), *(file.read_bytes() for file in files)])


def _path(name: str) -> Path:
    return cache_dir() / "text" / name


def _write(name: str, content: bytes) -> None:
    # A cache that cannot be written costs time, and no result.
    with contextlib.suppress(SuperbLiteError):
        write_bytes(_path(name), content)
