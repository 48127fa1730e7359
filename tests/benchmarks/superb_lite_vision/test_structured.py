import itertools
import math

import numpy as np
import pytest

from superb_lite_vision import COUNT, DISTANCE, LOCATION, ORIENTATION, SHAPE, STRUCTURED, structured
from superb_lite_vision.rendering import HUES, SIZE

DRAWS = {
    COUNT: structured.count_figures,
    SHAPE: structured.shape_figures,
    ORIENTATION: structured.orientation_figures,
    LOCATION: structured.location_figures,
    DISTANCE: structured.distance_figures,
}


def drawn(task, part, each=40):
    """(label, figures) pairs."""
    rng = np.random.default_rng(0)
    return [(label, DRAWS[task](label, part, rng)) for label in range(len(task.labels)) for _ in range(each)]


def hue_of(figure):
    import colorsys

    return round(colorsys.rgb_to_hsv(*figure.colour)[0] * HUES) % HUES


by_name = pytest.mark.parametrize("task", STRUCTURED, ids=lambda task: task.name)


@by_name
@pytest.mark.parametrize("part", ["train", "test"])
def test_figures_lie_in_the_picture_and_do_not_touch(task, part):
    for _, figures in drawn(task, part):
        for figure in figures:
            assert figure.radius - 1e-6 <= figure.x <= SIZE - figure.radius + 1e-6
            assert figure.radius - 1e-6 <= figure.y <= SIZE - figure.radius + 1e-6
        for a, b in itertools.combinations(figures, 2):
            assert math.dist((a.x, a.y), (b.x, b.y)) > a.radius + b.radius


@pytest.mark.parametrize("task", [COUNT, SHAPE, ORIENTATION, LOCATION, DISTANCE], ids=lambda task: task.name)
def test_tested_figures_are_never_trained_on_and_every_class_has_all_of_them(task):
    def kind(figure):
        return int(figure.radius - 5) if task is SHAPE else figure.shape

    seen = {
        part: {(label, kind(f), hue_of(f)) for label, figures in drawn(task, part, each=400) for f in figures}
        for part in ("train", "test")
    }
    figures = {part: {combination[1:] for combination in found} for part, found in seen.items()}
    assert not figures["train"] & figures["test"]
    assert len(figures["test"]) == len(figures["train"]) / 3
    for part, found in seen.items():  # so that neither shape nor hue speaks for or against a class
        assert len(found) == len(task.labels) * len(figures[part])


def test_labels_say_what_is_drawn():
    for part in ("train", "test"):
        assert all(len(figures) == label + 1 for label, figures in drawn(COUNT, part))
        assert all(figures[0].shape == SHAPE.labels[label] for label, figures in drawn(SHAPE, part))
        for label, (figure,) in drawn(ORIENTATION, part):
            assert abs(math.remainder(figure.angle - label * math.pi / 4, 2 * math.pi)) < math.pi / 8
        for label, (figure,) in drawn(LOCATION, part):
            assert int((figure.y - 6) // 4) * 5 + int((figure.x - 6) // 4) == label
        for label, (a, b) in drawn(DISTANCE, part):
            assert int((math.dist((a.x, a.y), (b.x, b.y)) - 8.5) // 2.5) == label


def test_nuisances_do_not_tell_the_class():
    """Mean place and size of figures are the same in every class, within their standard errors."""
    for task in (SHAPE, ORIENTATION):
        rows = [(label, f[0].x, f[0].y, f[0].radius) for label, f in drawn(task, "train", each=400)]
        table = np.array(rows)
        for column in (1, 2, 3):
            means = [table[table[:, 0] == label, column].mean() for label in range(len(task.labels))]
            assert np.ptp(means) < 6 * table[:, column].std() / math.sqrt(400)


@by_name
def test_data_has_the_vtab_budget_and_repeats(task):
    assert 1000 - len(task.labels) < task.budget * len(task.labels) <= 1000
    data = task.data()
    counts = np.bincount([e.label for e in data.train])
    assert counts.min() == counts.max() >= 2 * task.budget
    rng = np.random.default_rng(0)
    some = [data.items[key] for key in rng.choice(list(data.items), 20)]
    assert all(item.shape == (3, SIZE, SIZE) for item in some)
    pictures = structured.PICTURES_OF_CORE if task is SHAPE else structured.PICTURES
    assert structured._task_data(task, DRAWS[task], pictures).content_hash() == data.content_hash()
