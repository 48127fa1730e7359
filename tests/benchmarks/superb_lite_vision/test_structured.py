import itertools
import math

import numpy as np
import pytest

from superb_lite_vision import COLOUR, COUNT, DISTANCE, LOCATION, ORIENTATION, SHAPE, STRUCTURED, structured
from superb_lite_vision.rendering import HUES, SIZE, coloured_ground, coverage, random_ground

DRAWS = {
    COUNT: structured.count_figures,
    SHAPE: structured.shape_figures,
    COLOUR: structured.colour_figures,
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


@pytest.mark.parametrize("task", STRUCTURED, ids=lambda task: task.name)
def test_tested_figures_are_never_trained_on_and_every_class_has_all_of_them(task):
    def kind(figure):
        if task is COLOUR:
            return figure.shape, int((figure.radius - 4) / 0.75)
        return int(figure.radius - 5) if task is SHAPE else figure.shape, hue_of(figure)

    seen = {
        part: {(label, *kind(f)) for label, figures in drawn(task, part, each=400) for f in figures}
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
        assert all(hue_of(figure) == label for label, (figure,) in drawn(COLOUR, part))
        for label, (figure,) in drawn(ORIENTATION, part):
            assert abs(math.remainder(figure.angle - label * math.pi / 4, 2 * math.pi)) < math.pi / 8
        for label, (figure,) in drawn(LOCATION, part):
            assert int((figure.y - 6) // 4) * 5 + int((figure.x - 6) // 4) == label
        for label, (a, b) in drawn(DISTANCE, part):
            assert int((math.dist((a.x, a.y), (b.x, b.y)) - 8.5) // 2.5) == label


def test_nuisances_do_not_tell_the_class():
    """Mean place and size of figures are the same in every class, within their standard errors."""
    for task in (SHAPE, COLOUR, ORIENTATION):
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
    ground = coloured_ground if task is COLOUR else random_ground
    assert structured._task_data(task, DRAWS[task], pictures, ground).content_hash() == data.content_hash()


def test_labels_of_colours_are_what_people_call_them():
    import colorsys

    named = {"red": 0, "orange": 38, "lime": 90, "green": 120, "cyan": 180, "blue": 240, "violet": 270, "magenta": 315}
    for hue, name in enumerate(COLOUR.labels):
        assert abs(named[name] / 360 * HUES - hue) < 0.5
        assert round(colorsys.rgb_to_hsv(*colorsys.hsv_to_rgb(hue / HUES, 1, 1))[0] * HUES) == hue


def mean_colours(data, part):
    """Red, green and blue, a row for each picture, and the labels."""
    examples = getattr(data, part)
    table = np.array([data.items[e.items[0]].mean(axis=(1, 2)) for e in examples])
    return table, np.array([e.label for e in examples])


def test_the_colour_of_a_figure_is_not_that_of_the_picture():
    """Read by the nearest of all labelled pictures, and by regression on means and their squares; chance is 1 in 8."""
    data = COLOUR.data()
    train, labels = mean_colours(data, "train")
    test, answers = mean_colours(data, "test")
    nearest = ((test[:, None] - train) ** 2).sum(axis=2).argsort(axis=1, kind="stable")[:, :25]
    votes = np.array([np.bincount(labels[row], minlength=8) for row in nearest])
    assert 0.08 < (votes.argmax(axis=1) == answers).mean() < 0.18

    def terms(table):
        z = (table - train.mean(axis=0)) / train.std(axis=0)
        pairs = [z[:, i] * z[:, j] for i in range(3) for j in range(i + 1)]
        return np.column_stack([np.ones(len(z)), z, *pairs])

    weights = np.linalg.lstsq(terms(train), np.eye(8)[labels], rcond=None)[0]
    assert 0.08 < ((terms(test) @ weights).argmax(axis=1) == answers).mean() < 0.18


def test_every_coloured_figure_is_seen_on_its_ground():
    """Its colour is far from that of the ground which it covers, next to noise of 2 to 8 in 255."""
    rng = np.random.default_rng(0)
    for part in ("train", "test"):
        for _, (figure,) in drawn(COLOUR, part, each=100):
            apart = np.linalg.norm(coloured_ground(rng) - np.array(figure.colour)[:, None, None], axis=0)
            assert apart[coverage(figure) > 0.9].mean() > 20 / 255
