"""LazyItems: raw items that are read from disk when they are asked for, so that a release need not fit in memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from superb_lite.tasks.labels import Item

KEPT_BYTES = 512 * 2**20
"""Items up to this size in all stay in memory."""

Source = TypeVar("Source")
"""What says where an item is: a path, a part of a file, an index."""


class LazyItems(Mapping[str, Item]):
    """Raw items by key.

    Args:
        sources: by key, where the item is. The order is that of iteration.
        read: a source to its item, an array or a text; called at each access.
        kept_bytes: items are kept, and read only once, until so many bytes are; 0 keeps none.
    """

    def __init__(
        self, sources: Mapping[str, Source], read: Callable[[Source], Item], *, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self._sources = dict(sources)
        self._read = read
        self._room = kept_bytes
        self._kept: dict[str, Item] = {}

    def __getitem__(self, key: str) -> Item:
        if key in self._kept:
            return self._kept[key]
        item = self._read(self._sources[key])
        # Of a text Python says what it takes.
        size = sys.getsizeof(item) if isinstance(item, str) else item.nbytes
        if size <= self._room:
            self._kept[key] = item
            self._room -= size
        return item

    def __contains__(self, key: object) -> bool:
        return key in self._sources  # that of Mapping would read the item

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)
