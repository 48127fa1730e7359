import math

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.photographs import PICTURES, Region, regions
from superb_lite_vision import TEXTURE, texture


def test_crops_come_from_their_own_part_and_picture():
    data = TEXTURE.data()
    for part, examples in (("train", data.train), ("test", data.test)):
        for example in examples:
            assert example.cluster in {region.id for region in regions(TEXTURE.labels[example.label], part)}
    assert not {e.cluster for e in data.train} & {e.cluster for e in data.test}
    assert set(TEXTURE.labels) <= set(PICTURES)


def test_a_crop_sees_nothing_outside_its_region(monkeypatch):
    region = regions("brick", "test")[0]
    expected = [texture.random_crop(region, np.random.default_rng(seed)) for seed in range(20)]
    inside = region.pixels().copy()
    monkeypatch.setattr(Region, "pixels", lambda self: inside)  # the region's pixels are all that is there
    for seed, crop in enumerate(expected):
        assert np.array_equal(texture.random_crop(region, np.random.default_rng(seed)), crop)


def test_crops_never_reach_over_the_edge_of_the_frame(monkeypatch):
    """PIL paints what lies outside of the frame black: in a white region nothing is black, at any angle."""
    region = Region("camera", 0, 0, 64, 64)
    monkeypatch.setattr(Region, "pixels", lambda self: np.full((3, 64, 64), 255, dtype=np.uint8))
    rng = np.random.default_rng(0)
    assert all((texture.random_crop(region, rng) == 255).all() for _ in range(500))


class FixedDraws:
    """Stands in for a random generator: scale, angle and centre as given."""

    def __init__(self, side, angle, centre):
        self.draws = [side, angle, np.array(centre)]

    def uniform(self, low, high, size=None):
        return self.draws.pop(0)


@pytest.mark.parametrize("angle", [0.0, 0.5, math.pi / 2, 4.0])
def test_a_crop_against_slow_sampling(monkeypatch, angle):
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    monkeypatch.setattr(Region, "pixels", lambda self: np.repeat(pixels[None], 3, axis=0))
    side, x0, y0 = 40.0, 31.0, 33.0
    crop = texture.random_crop(Region("camera", 0, 0, 64, 64), FixedDraws(side, angle, (x0, y0)))
    for row in range(32):
        for column in range(32):
            # The pixel's centre, seen from the centre of the crop, scaled, turned, and moved to the crop's centre.
            u, v = (column + 0.5 - 16) * side / 32, (row + 0.5 - 16) * side / 32
            x = x0 + math.cos(angle) * u - math.sin(angle) * v - 0.5
            y = y0 + math.sin(angle) * u + math.cos(angle) * v - 0.5
            left, top = math.floor(x), math.floor(y)
            value = sum(
                float(pixels[top + j, left + i]) * (1 - abs(x - left - i)) * (1 - abs(y - top - j))
                for i in (0, 1)
                for j in (0, 1)
            )
            assert abs(float(crop[row, column]) - value) <= 1.5


def test_light_says_nothing_about_the_picture():
    data = TEXTURE.data()
    means = {label: [] for label in range(len(TEXTURE.labels))}
    for example in data.test:
        means[example.label].append(data.items[example.items[0]].mean())
    # Between 90 and 165, whatever the picture, but for clipping.
    assert all(110 < np.mean(values) < 145 for values in means.values())
    assert all(data.items[e.items[0]].std() > 15 for e in data.test)


def test_relight_gives_the_drawn_mean_and_deviation():
    crop = np.random.default_rng(0).integers(100, 110, (32, 32), dtype=np.uint8)
    lit = texture.relight(crop, FixedDraws(120.0, 30.0, ()))
    assert lit.mean() == pytest.approx(120, abs=0.5)
    assert lit.std() == pytest.approx(30, abs=0.5)


def test_flat_regions_are_one_line(monkeypatch):
    monkeypatch.setattr(Region, "pixels", lambda self: np.full((3, 64, 64), 9, dtype=np.uint8))
    with pytest.raises(SuperbLiteError, match="train regions of 'astronaut' are too flat"):
        texture.load_texture(None)
