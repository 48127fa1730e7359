"""Items are read when they are asked for, and kept while there is room."""

from __future__ import annotations

import numpy as np
import pytest

from superb_lite.tasks.lazy_items import LazyItems


class Disk:
    """Items of 8 bytes each; seen: what was read."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def read(self, number: int) -> np.ndarray:
        self.seen.append(number)
        return np.array([number], dtype=np.int64)


def items(disk: Disk, kept_bytes: int) -> LazyItems:
    return LazyItems({f"{n}.bin": n for n in range(4)}, disk.read, kept_bytes=kept_bytes)


@pytest.mark.parametrize(
    ("kept_bytes", "seen"), [(0, [0, 1, 0, 1]), (8, [0, 1, 1]), (15, [0, 1, 1]), (16, [0, 1]), (2**30, [0, 1])]
)
def test_so_many_bytes_are_kept(kept_bytes: int, seen: list[int]) -> None:
    disk = Disk()
    found = items(disk, kept_bytes)
    for _ in range(2):
        assert found["0.bin"].tolist() == [0]
        assert found["1.bin"].tolist() == [1]
    assert disk.seen == seen


def test_names_are_known_without_reading() -> None:
    disk = Disk()
    found = items(disk, 100)
    assert list(found) == [f"{n}.bin" for n in range(4)]
    assert len(found) == 4
    assert "3.bin" in found
    assert "9.bin" not in found
    with pytest.raises(KeyError, match="9"):
        found["9.bin"]
    assert disk.seen == []


def test_an_item_that_cannot_be_read_is_tried_again() -> None:
    broken = True

    def read(number: int) -> np.ndarray:
        if broken:
            raise OSError(number)
        return np.zeros(1)

    found = LazyItems({"a": 1}, read)
    with pytest.raises(OSError, match="1"):
        found["a"]
    broken = False
    assert found["a"].tolist() == [0.0]
