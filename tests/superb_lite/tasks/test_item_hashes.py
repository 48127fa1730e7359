"""Hashes of raw items."""

import gc

import numpy as np
import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks import item_hashes
from superb_lite.tasks.item_hashes import hashes_of, item_hash
from superb_lite.tasks.labels import TaskData
from tests.superb_lite.toy_tasks import ReadCounter


def test_different_items_have_different_hashes():
    waveform = np.linspace(-1, 1, 6, dtype=np.float32)
    nearly = waveform.copy()
    nearly[3] = np.nextafter(nearly[3], np.float32(1))
    items = [
        "ab",
        "a",
        "",
        ("ab",),
        ("a", "b"),
        ("ab", ""),
        ("", "ab"),
        (("a", "b"),),
        "ab\ud800",
        waveform,
        nearly,
        -waveform,
        waveform.astype(np.float64),
        waveform.reshape(2, 3),
        waveform.reshape(3, 2),
        waveform.view(np.int32),
        np.zeros(0, np.float32),
        np.zeros((0, 3), np.float32),
        np.float32(0.5),
        np.array([0.5], np.float32),
        np.array([np.nan], np.float32),
    ]
    assert len({item_hash(item) for item in items}) == len(items)


def test_equal_items_have_equal_hashes_however_they_lie_in_memory():
    image = np.arange(60, dtype=np.uint8).reshape(3, 4, 5)
    turned = np.asfortranarray(image)
    part = np.stack([image, image], axis=-1)[..., 0]
    read_only = image.copy()
    read_only.setflags(write=False)
    assert len({item_hash(i) for i in (image, turned, part, read_only, torch.from_numpy(image))}) == 1
    wave = np.linspace(-1, 1, 7, dtype="<f4")
    assert item_hash(wave) == item_hash(wave.astype(">f4"))
    assert item_hash(("a", wave)) == item_hash(("a", wave.copy()))


@pytest.mark.parametrize("item", [None, {"a": 1}, [None, 1], object()])
def test_what_is_no_raw_input_is_refused(item):
    with pytest.raises(SuperbLiteError, match="is not a raw input: give a str, an array"):
        item_hash(item)


def test_pcm_is_hashed_the_same_by_whatever_exact_way_it_became_float():
    pcm = np.arange(-32768, 32768, dtype=np.int16)
    ways = [
        (pcm / np.float32(32768)).astype(np.float32),
        (pcm.astype(np.float64) / 32768).astype(np.float32),
        pcm.astype(np.float32) * np.float32(2**-15),
        (torch.from_numpy(pcm).float() / 32768).numpy(),
    ]
    assert len({item_hash(way) for way in ways}) == 1


def test_tasks_over_one_mapping_share_its_hashes_and_another_mapping_has_its_own():
    items = ReadCounter({"a": "x", "b": "y"})
    first, second = TaskData(items, (), ()), TaskData(items, (), ())
    assert first.content_hash() == second.content_hash()
    assert items.reads == {"a": 1, "b": 1}
    assert TaskData(ReadCounter({"a": "x", "b": "z"}), (), ()).content_hash() != first.content_hash()


def test_hashes_are_forgotten_with_the_last_task_that_needs_them():
    gc.collect()
    before = len(item_hashes._known)
    data = TaskData({"a": "x"}, (), ())
    assert hashes_of(data.items) is data.hashes
    assert len(item_hashes._known) == before + 1
    del data
    gc.collect()
    assert len(item_hashes._known) == before
