import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_sources import photographs
from superb_lite_sources.photographs import PICTURES, SHARES, all_regions, picture, regions


@pytest.mark.parametrize("name", PICTURES)
def test_parts_share_no_pixel_and_keep_a_gap(name):
    height, width = picture(name).shape[1:]
    owner = np.zeros((height, width), dtype=int)
    for number, part in enumerate(SHARES, start=1):
        for region in regions(name, part):
            assert 0 <= region.top < region.bottom <= height
            assert 0 <= region.left < region.right <= width
            block = owner[region.top : region.bottom, region.left : region.right]
            assert not block.any()
            block[:] = number
    # Brute force: no pixel has a pixel of another part within the gap.
    gap = photographs.GAP
    for down in range(gap + 1):
        for right in range(gap + 1):
            for a, b in (
                (owner[down:, right:], owner[: height - down, : width - right]),
                (owner[: height - down, right:], owner[down:, : width - right]),
            ):
                assert not ((a != b) & (a > 0) & (b > 0)).any()


def test_every_picture_has_every_part_in_about_the_given_shares():
    counts = {part: len(all_regions(part)) for part in SHARES}
    for part, share in SHARES.items():
        assert counts[part] / sum(counts.values()) == pytest.approx(share, abs=0.03)
        assert all(regions(name, part) for name in PICTURES)


def test_no_two_regions_hold_the_same_pixels():
    seen = [region.pixels().tobytes() for part in SHARES for region in all_regions(part)]
    assert len(set(seen)) == len(seen)


def test_pictures_are_colour_and_read_only():
    camera = picture("camera")
    assert camera.dtype == np.uint8
    assert camera.shape == (3, 512, 512)
    assert (camera[0] == camera[1]).all()
    assert (camera[0] == camera[2]).all()
    assert (picture("coffee")[0] != picture("coffee")[2]).any()
    with pytest.raises(ValueError, match="read-only"):
        camera[0, 0, 0] = 1


def test_region_ids_are_unique():
    ids = [region.id for part in SHARES for region in all_regions(part)]
    assert len(set(ids)) == len(ids)


def test_a_file_that_changed_is_refused(monkeypatch):
    picture.cache_clear()
    monkeypatch.setattr(photographs, "_FILES", {"camera": ("skimage/data/camera.png", "0" * 16)})
    with pytest.raises(SuperbLiteError, match=r"ships another 'camera.png'"):
        picture("camera")


def test_a_file_that_is_missing_is_named(monkeypatch):
    picture.cache_clear()
    monkeypatch.setattr(photographs, "_FILES", {"lost": ("skimage/data/lost.png", "0" * 16)})
    with pytest.raises(SuperbLiteError, match=r"ships no 'lost.png'"):
        picture("lost")
