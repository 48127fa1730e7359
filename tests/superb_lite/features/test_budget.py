"""What features may take of a disk: the least recently used give way, and never what a process holds."""

import gc
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.features import budget
from superb_lite.features.budget import VARIABLE, Budget, Held, bytes_of, evict, limit_of
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from tests.superb_lite.toy_tasks import ToyEncoder

needs_locks = pytest.mark.skipif(not budget.HAS_LOCKS, reason="the system has no locks")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("1500", 1500), ("7B", 7), ("20GB", 20 * 10**9), ("1.5 tb", 15 * 10**11), (" 3mb ", 3 * 10**6)],
)
def test_sizes_as_people_write_them(text, expected):
    assert bytes_of(text, "--keep") == expected


@pytest.mark.parametrize("text", ["", "much", "-1GB", "1GiB", "1e9", "GB", "1 GB x"])
def test_what_is_no_size_is_one_line(text):
    with pytest.raises(SuperbLiteError, match=r"--keep .*: a size is a number with KB, MB, GB or TB, such as 20GB"):
        bytes_of(text, "--keep")


def test_the_limit_is_the_variable_or_half_of_the_disk(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(bytes(1000))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9000, 5000, 4000))
    assert limit_of(tmp_path) == 2500
    monkeypatch.setenv(VARIABLE, "3KB")
    assert limit_of(tmp_path) == 3000
    monkeypatch.setenv(VARIABLE, "plenty")
    with pytest.raises(SuperbLiteError, match=f"{VARIABLE} 'plenty'"):
        limit_of(tmp_path)


def folder(root: Path, name: str, *, used: float, length: int = 1000) -> Path:
    (root / name).mkdir()
    (root / name / "layer0.bin").write_bytes(bytes(length))
    os.utime(root / name, (used, used))
    return root / name


def names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir()}


@needs_locks
def test_the_least_recently_used_goes_first(tmp_path):
    for used, name in enumerate("bcad", start=1):
        folder(tmp_path, name, used=used)
    assert evict(tmp_path, 1500) == 2000
    assert names(tmp_path) == {"a", "d"}
    assert evict(tmp_path, 0) == 0
    assert evict(tmp_path / "nowhere", 5) == 0


@needs_locks
def test_what_is_held_stays_until_it_is_let_go(tmp_path):
    held = Held(folder(tmp_path, "a", used=1))
    folder(tmp_path, "b", used=2)
    assert evict(tmp_path, 10**6) == 1000
    assert names(tmp_path) == {"a"}
    del held
    gc.collect()
    assert evict(tmp_path, 10**6) == 1000


def test_holding_makes_a_folder_the_last_used(tmp_path):
    folder(tmp_path, "a", used=1)
    Held(tmp_path / "a")
    assert (tmp_path / "a").stat().st_mtime > 2


def test_a_link_is_no_folder_of_ours(tmp_path, tmp_path_factory):
    precious = folder(tmp_path_factory.mktemp("precious"), "x", used=1)
    (tmp_path / "link").symlink_to(precious)
    assert evict(tmp_path, 10**6) == 0
    assert (precious / "layer0.bin").exists()


@needs_locks
def test_room_is_taken_until_others_have_given_way(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "3000")
    mine = Held(tmp_path / "mine")
    folder(tmp_path, "old", used=1)
    folder(tmp_path, "new", used=2, length=500)
    room = Budget(tmp_path)
    assert room.take(1400)
    (tmp_path / "mine" / "part").write_bytes(bytes(1400))
    assert names(tmp_path) == {"mine", "old", "new"}
    assert room.take(900)  # the old one gives way
    (tmp_path / "mine" / "other").write_bytes(bytes(900))
    assert names(tmp_path) == {"mine", "new"}
    assert not room.take(10_000)
    assert names(tmp_path) == {"mine"}
    assert room.take(700)
    assert not room.take(1)
    assert mine is not None


def wanted(items, kind="mean"):
    return {key: ItemView(items, key, View(kind)) for key in items}


@needs_locks
def test_a_pass_beyond_the_budget_deletes_what_other_encoders_left(tmp_path, monkeypatch):
    items = {str(n): np.full((4, 3), n, np.float32) for n in range(20)}
    monkeypatch.setenv(VARIABLE, "2500")
    first = FeatureStore(ToyEncoder(), tmp_path)
    kept = first.table(wanted(items)).stack(list(items), 1)
    other = {str(n): np.full((4, 5), n, np.float32) for n in range(40)}
    second = FeatureStore(ToyEncoder(width=5), tmp_path)
    second.fetch(wanted(other).values())
    assert names(tmp_path) == {first.directory.name, second.directory.name}  # beyond the budget, but held
    del first
    gc.collect()
    third = FeatureStore(ToyEncoder(width=5), tmp_path)
    third.fetch(wanted({**other, "new": np.full((4, 5), 0.5, np.float32)}).values())
    assert names(tmp_path) == {second.directory.name}
    again = FeatureStore(ToyEncoder(), tmp_path)
    assert torch.equal(again.table(wanted(items)).stack(list(items), 1), kept)
    assert again.forward_items == 20


@needs_locks
def test_processes_that_want_the_same_room_do_not_take_it_from_under_each_other(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "1500")

    def use(number):
        items = {str(n): np.full((2, 3 + number % 4), n, np.float32) for n in range(30)}
        store = FeatureStore(ToyEncoder(width=3 + number % 4), tmp_path)
        found = store.table(wanted(items)).stack(list(items), 1)
        return torch.equal(found[:, 0], torch.arange(30.0))

    with ThreadPoolExecutor(4) as pool:  # locks belong to open files, not to processes
        assert all(pool.map(use, range(24)))
