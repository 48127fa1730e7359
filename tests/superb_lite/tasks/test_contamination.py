"""Test items found in a corpus, and hashes of items made plain."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest

from superb_lite.tasks.contamination import contaminated, plain_sha256, windows


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_hashes_are_of_what_the_page_says():
    assert plain_sha256(" \uff21b\n\tC ") == sha256(b"ab c")
    assert plain_sha256(("A", "b")) == sha256(f"{sha256(b'a')}+{sha256(b'b')}".encode())
    sound = np.array([0.0, 0.5, -1.0], dtype=np.float32)
    assert plain_sha256(sound) == sha256(np.array([0, 16384, -32768], dtype="<i2").tobytes())
    picture = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    assert plain_sha256(picture) == sha256(b"1x2x3:" + bytes(range(6)))
    assert plain_sha256(picture) != plain_sha256(picture.reshape(1, 3, 2))


@pytest.mark.parametrize(("words", "count"), [(12, 0), (13, 1), (15, 3)])
def test_windows_are_of_thirteen_tokens(words, count):
    assert len(windows(" ".join(f"w{n}" for n in range(words)))) == count
    assert len(windows("".join(chr(0x4E00 + n) for n in range(words)))) == count


def test_items_are_found_as_lines_and_by_windows():
    long = " ".join(f"word{n}" for n in range(20))
    items = {
        "a": "Short one.",
        "b": long,
        "c": "never seen",
        "d": ("x y", long.replace("word19", "other")),
        "e": "train",
    }
    test = [SimpleNamespace(items=(key,)) for key in "abcd"]
    task = SimpleNamespace(name="t/x", data=lambda root: SimpleNamespace(test=test, items=items))
    assert contaminated([], [task]) == {"t/x": (0, 4)}
    assert contaminated(["short  ONE.\n", "train"], [task]) == {"t/x": (1, 4)}
    assert contaminated([f"before {long[: long.index('word15')]} after"], [task]) == {"t/x": (2, 4)}
    assert contaminated(["this was never seen at all"], [task]) == {"t/x": (0, 4)}
