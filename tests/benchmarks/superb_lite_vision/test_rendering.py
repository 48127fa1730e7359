import math

import numpy as np
import pytest

from superb_lite_vision.rendering import HUES, SHAPES, SIZE, Figure, coverage, random_colour, random_ground, render


def inside(figure, x, y):
    """Even-odd rule: is a point in the polygon?"""
    cos, sin = math.cos(figure.angle), math.sin(figure.angle)
    corners = [
        (figure.x + figure.radius * (u * cos - v * sin), figure.y + figure.radius * (u * sin + v * cos))
        for u, v in SHAPES[figure.shape]
    ]
    found = False
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            found = not found
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("angle", [0.0, 0.7, 4.0])
def test_coverage_against_slow_sampling(shape, angle):
    figure = Figure(shape, (1, 1, 1), 14.3, 17.8, 9.0, angle)
    covered = coverage(figure)
    fine = 8
    for row in range(SIZE):
        for column in range(SIZE):
            hits = sum(
                inside(figure, column + (i + 0.5) / fine, row + (j + 0.5) / fine)
                for i in range(fine)
                for j in range(fine)
            )
            # PIL fills every fine pixel that an edge touches: at most one more row of fine pixels to each side.
            assert abs(covered[row, column] - hits / fine**2) <= 0.55
    area = sum(inside(figure, x + 0.5, y + 0.5) for x in range(SIZE) for y in range(SIZE))
    assert covered.sum() == pytest.approx(area, rel=0.25, abs=8)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_figure_stays_within_its_radius(shape):
    covered = coverage(Figure(shape, (1, 1, 1), 16, 16, 8, 1.0))
    rows, columns = np.nonzero(covered)
    assert np.hypot(rows + 0.5 - 16, columns + 0.5 - 16).max() < 8 + 1
    assert max(math.hypot(*corner) for corner in SHAPES[shape]) <= 1.0 + 1e-9


@pytest.mark.parametrize("shape", ["arrow", "dart", "wedge", "pin"])
def test_headings_are_all_different(shape):
    pictures = [coverage(Figure(shape, (1, 1, 1), 16, 16, 9, k * math.pi / 4)) for k in range(8)]
    for a in range(8):
        for b in range(a):
            assert np.abs(pictures[a] - pictures[b]).sum() > 15


def test_later_figures_lie_over_earlier_ones_and_the_seed_decides_the_rest():
    figures = [Figure("circle", (1, 0, 0), 16, 16, 10, 0), Figure("square", (0, 0, 1), 16, 16, 5, 0)]
    first, again, other = (render(figures, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.dtype == np.uint8
    assert first.shape == (3, SIZE, SIZE)
    assert first[2, 16, 16] > 200 > 60 > first[0, 16, 16]
    assert first[0, 16, 24] > 200 > 60 > first[2, 16, 24]


def test_hues_do_not_overlap_and_grounds_are_dull():
    rng = np.random.default_rng(0)
    import colorsys

    for hue in range(HUES):
        turns = [colorsys.rgb_to_hsv(*random_colour(hue, rng))[0] * HUES for _ in range(200)]
        assert all(min(abs(t - hue), HUES - abs(t - hue)) <= 0.26 for t in turns)
    assert all(random_ground(rng).max() <= 0.5 for _ in range(50))
