"""RawItems: raw items that were read, kept in memory for as long as they are needed again and there is room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from superb_lite.tasks.item_hashes import Item

OBJECT = 128
"""Bytes of an item beside its content: what Python and numpy know of it."""


class RawItems:
    """What was read of several mappings.

    Args:
        budget: how many bytes are kept; items that were read when there is no more room are read again.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._room = budget
        self._readers: dict[int, _Reader] = {}

    def reader(self, items: Mapping[str, Item]) -> Mapping[str, Item]:
        """The same items, each of them read once if there is room. A dictionary is returned as it is."""
        if type(items) is dict:
            return items
        if id(items) not in self._readers:  # a reader holds its mapping, so that no other one gets its identity
            self._readers[id(items)] = _Reader(items, self)
        return self._readers[id(items)]

    def clear(self) -> None:
        """Forget everything."""
        self._readers.clear()
        self._room = self._budget

    def take_room(self, size: int) -> bool:
        """Whether there is room for so many bytes more, which then are taken."""
        if size > self._room:
            return False
        self._room -= size
        return True


class _Reader(Mapping[str, Item]):
    def __init__(self, items: Mapping[str, Item], owner: RawItems) -> None:
        self._items = items
        self._owner = owner
        self._kept: dict[str, Item] = {}

    def __getitem__(self, key: str) -> Item:
        if key in self._kept:
            return self._kept[key]
        item = self._items[key]
        if self._owner.take_room(_size(item)):
            self._kept[key] = item
        return item

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _size(item: Item) -> int:
    """Bytes of an item, about."""
    if isinstance(item, tuple):
        return sum(map(_size, item))
    return OBJECT + (int(getattr(item, "nbytes", 0)) or (4 * len(item) if isinstance(item, str) else 0))
