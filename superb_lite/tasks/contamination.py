"""Hashes of test items, for authors who want to know what of them is in a corpus, without giving the items away.

What is hashed (SHA-256) is an item made plain, so that formatting hides nothing:

text        Unicode NFKC, casefold, white space run together to single spaces, without any at the ends; UTF-8
sound       samples rounded to 16-bit PCM, little endian
picture     the bytes of its colours, channel by channel, after "CxHxW:"
tuple       the hashes of its parts, joined by "+"
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from superb_lite.surrogates import hashed_bytes
from superb_lite.tasks.labels import Item
from superb_lite.tasks.task import Task

WINDOW = 13
"""Tokens of a window of text that two texts must share, as in GPT-3's analysis (Brown et al. 2020, appendix C)."""

_TOKEN = re.compile(r"[一-鿿぀-ヿ]|[^\W_]+")
"""A word, or one character of a script without spaces."""


def plain_text(text: str) -> str:
    """NFKC, casefold, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def plain_sha256(item: Item) -> str:
    """The hash of an item made plain; see this module."""
    if isinstance(item, str):
        return hashlib.sha256(hashed_bytes(plain_text(item))).hexdigest()
    if isinstance(item, tuple | list):
        return hashlib.sha256("+".join(map(plain_sha256, item)).encode()).hexdigest()
    array = np.asarray(item)
    if array.dtype.kind == "f":
        samples = np.clip(np.round(array.astype(np.float64) * 32768.0), -32768, 32767).astype("<i2")
        return hashlib.sha256(samples.tobytes()).hexdigest()
    size = "x".join(map(str, array.shape))
    return hashlib.sha256(f"{size}:".encode() + np.ascontiguousarray(array).tobytes()).hexdigest()


def items_of_test(task: Task, root: Path | None = None) -> Iterator[tuple[str, Item]]:
    """The distinct items of a task's test split, by id."""
    data = task.data(root)
    for key in dict.fromkeys(key for example in data.test for key in example.items):
        yield key, data.items[key]


def windows(text: str) -> set[bytes]:
    """The windows of `WINDOW` tokens of a text, as hashes of 8 bytes; of a shorter text there is none."""
    tokens = _TOKEN.findall(plain_text(text))
    return {
        hashlib.blake2b(hashed_bytes(" ".join(tokens[first : first + WINDOW])), digest_size=8).digest()
        for first in range(len(tokens) - WINDOW + 1)
    }


def contaminated(lines: Iterable[str], tasks: Iterable[Task], root: Path | None = None) -> dict[str, tuple[int, int]]:
    """Of each task with texts: how many of its test items are in a corpus, and how many it has.

    An item is in the corpus if it is one of its lines, or shares a window of `WINDOW` tokens with one.

    lines: of the corpus; each is read once.
    """
    where: dict[bytes, set[tuple[str, str]]] = defaultdict(set)
    counts: dict[str, int] = {}
    for task in tasks:
        for key, item in items_of_test(task, root):
            texts = [part for part in (item if isinstance(item, tuple | list) else (item,)) if isinstance(part, str)]
            if texts:
                counts[task.name] = counts.get(task.name, 0) + 1
            for text in texts:
                for mark in (_line(text), *windows(text)):
                    where[mark].add((task.name, key))
    found: set[tuple[str, str]] = set()
    for line in lines:
        for mark in (_line(line), *windows(line)):
            found |= where.get(mark, set())
    return {name: (sum(task == name for task, _ in found), count) for name, count in counts.items()}


def _line(text: str) -> bytes:
    return hashlib.blake2b(b"line:" + hashed_bytes(plain_text(text)), digest_size=8).digest()
