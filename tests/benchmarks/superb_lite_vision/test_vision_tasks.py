import numpy as np
import pytest

from superb_lite.tasks.labels import cluster_of
from superb_lite_image.items import check_item
from superb_lite_sources import digits
from superb_lite_sources.digits import DIGITS_PER_CLASS, MNIST_PER_CLASS
from superb_lite_vision import (
    DIGITS_5,
    DIGITS_TURNED,
    MNIST_5,
    MNIST_50,
    MNIST_TURNED,
    TEXTURE,
    VISION_LITE,
    handwriting,
)


@pytest.mark.parametrize("task", VISION_LITE.tasks, ids=lambda task: task.name)
def test_items_and_examples_are_sound(task):
    data = task.data()
    for key, item in data.items.items():
        check_item(key, item)
    used = [key for example in (*data.train, *data.test) for key in example.items]
    assert sorted(used) == sorted(data.items)
    classes = np.bincount([example.label for example in data.test])
    assert len(classes) == len(task.labels)
    assert classes.min() == classes.max() >= 40
    content = {key: item.tobytes() for key, item in data.items.items()}
    train = {content[example.items[0]] for example in data.train}
    assert len(train) == len(data.train)
    assert not train & {content[example.items[0]] for example in data.test}


@pytest.mark.parametrize("task", VISION_LITE.tasks, ids=lambda task: task.name)
def test_the_label_budget_holds_validation_too(task):
    train, validation = task.train(0)
    assert (np.bincount([e.label for e in (*train, *validation)]) == task.budget).all()
    assert 0.1 <= len(validation) / len([*train, *validation]) <= 0.3
    if task is not TEXTURE:  # whole regions are held out there, and a class may have few
        assert (np.bincount([e.label for e in validation]) >= 1).all()
    # What is held out shares no photograph region with training.
    assert {cluster_of(e) for e in validation}.isdisjoint({cluster_of(e) for e in train})
    assert task.train(0) == (train, validation)
    assert task.train(1) != (train, validation)


def test_data_is_the_same_when_it_is_made_again():
    from superb_lite_vision.handwriting import load_digits
    from superb_lite_vision.texture import load_texture

    assert load_texture(None).content_hash() == TEXTURE.data().content_hash()
    assert load_digits(None).content_hash() == DIGITS_5.data().content_hash()


def test_the_first_tasks_hold_what_was_calibrated():
    """Their floors, ceilings and stored results count for exactly this data."""
    hashes = {MNIST_5: "7956ea18e8c60ada", DIGITS_5: "733a1a1e70b65043", TEXTURE: "00e3d8e10294f2d0"}
    for task, start in hashes.items():
        assert task.version == 2
        assert task.data().content_hash().startswith(start)


def test_mnist_50_draws_from_the_corpus_and_is_tested_on_the_same_digits():
    data = MNIST_50.data()
    assert [e.id for e in data.test] == [e.id for e in MNIST_5.data().test]
    assert len(data.train) == 10 * MNIST_PER_CLASS["pretraining"]
    assert {e.id for e in MNIST_50.train(0)[0]} != {e.id for e in MNIST_50.train(1)[0]}


def test_digit_labels_are_the_sources_own():
    data = MNIST_5.data()
    assert len(data.test) == 10 * MNIST_PER_CLASS["test"]
    test = digits.mnist("test")
    for example, image, label in zip(data.test, test.images, test.labels, strict=True):
        assert example.label == label
        assert np.array_equal(data.items[example.items[0]][0], image)
    assert len(DIGITS_5.data().test) == 10 * DIGITS_PER_CLASS["test"]


def test_a_turned_digit_is_turned_back():
    image = np.zeros((32, 32), dtype=np.uint8)
    image[8:24, 14:18] = 255  # an upright bar in the middle

    class Draws:
        """45 degrees, no zoom, 3 pixels to the right and 2 down."""

        def __init__(self):
            self.values = iter([45.0, 1.0, np.array([3.0, 2.0])])

        def uniform(self, *bounds, **size):
            return next(self.values)

    found = handwriting.turn(image, Draws()).astype(float)
    rows, columns = np.indices(found.shape) + 0.5
    mass = found / found.sum()
    middle_y, middle_x = (mass * rows).sum(), (mass * columns).sum()
    assert (middle_x, middle_y) == pytest.approx((19, 18), abs=0.6)
    slope = (mass * (rows - middle_y) * (columns - middle_x)).sum() / (mass * (columns - middle_x) ** 2).sum()
    assert abs(slope) == pytest.approx(1.0, abs=0.15)  # a bar along a diagonal
    assert found.sum() == pytest.approx(image.sum(), rel=0.05)


@pytest.mark.parametrize(("turned", "upright"), [(MNIST_TURNED, MNIST_5), (DIGITS_TURNED, DIGITS_5)])
def test_turned_digits_are_those_of_the_upright_task(turned, upright):
    for part in ("train", "test"):
        here, there = getattr(turned.data(), part), getattr(upright.data(), part)
        assert [(e.id.replace("-turned", ""), e.label) for e in here] == [(e.id, e.label) for e in there]
    for key, image in turned.data().items.items():
        assert image.shape == (1, 32, 32)
        before = upright.data().items[key.replace("-turned", "")]
        assert image.mean() > 0.4 * before.mean()  # no digit has left the picture


def test_enlarged_digits_show_the_small_ones():
    items, small = DIGITS_5.data().items, digits.digits("test")
    for index, image in zip(small.indices[:50], small.images[:50], strict=True):
        blocks = items[f"digits-{index}"][0].reshape(8, 4, 8, 4).mean(axis=(1, 3))
        assert np.corrcoef(blocks.ravel(), image.ravel())[0, 1] > 0.97
