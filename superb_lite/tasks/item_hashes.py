"""Hashes of raw items, computed once for each mapping of items, however many tasks and stores ask for them."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Mapping
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import hashed_bytes

Item = Any
"""A raw input; its type is the modality's (`str`, a float32 waveform, a uint8 CHW image, a tuple of two texts, ...)."""


def item_hash(item: Item) -> str:
    """A hash of all of an item's content: type, shape, and every bit.

    Nothing is rounded. A number that another machine computes with an error e falls into another class of width w with
    probability e / w, so that of a million rounded numbers some always do; and what is rounded hides what differs.
    Embedded tasks leave nothing to round: speech is 16-bit PCM, which float32 holds exactly, images are uint8.
    """
    digest = hashlib.blake2b(digest_size=16)
    if isinstance(item, str):
        digest.update(b"s" + hashed_bytes(item))
    elif isinstance(item, tuple):
        digest.update(b"t")
        for part in item:
            digest.update(item_hash(part).encode())
    else:
        import numpy as np

        array = np.ascontiguousarray(item)
        if array.dtype.hasobject:
            kind = type(item).__name__
            raise SuperbLiteError(f"a {kind} is not a raw input: give a str, an array of numbers, or a tuple of them")
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{array.dtype.str}{tuple(np.shape(item))}".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


class ItemHashes:
    """The hashes of a mapping's items by key; an item is read when its hash is asked for, and never twice."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self.items = items
        self.checked: set[str] = set()
        """The modalities that found every item to be one of theirs."""

        self._hashes: dict[str, bytes] = {}  # half the size of text

    def __contains__(self, key: str) -> bool:
        return key in self._hashes

    def __getitem__(self, key: str) -> str:
        return self._hashes[key].hex() if key in self._hashes else self.add(key, self.items[key])

    def add(self, key: str, item: Item) -> str:
        """The hash of an item that was just read."""
        return self._hashes.setdefault(key, bytes.fromhex(item_hash(item))).hex()


# Dictionaries cannot be referred to weakly, so they are found by identity. That is safe while an entry lives, because
# it holds the mapping.
_known: weakref.WeakValueDictionary[int, ItemHashes] = weakref.WeakValueDictionary()


def hashes_of(items: Mapping[str, Item]) -> ItemHashes:
    """The hashes of a mapping; the same object while anybody holds it, as every `TaskData` over the mapping does."""
    found = _known.get(id(items))
    if found is None:
        found = _known[id(items)] = ItemHashes(items)
    return found
