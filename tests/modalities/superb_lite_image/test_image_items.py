import numpy as np
import pytest
import torch
from torchvision.transforms.v2 import functional as tvf

from superb_lite.errors import BadItemError
from superb_lite_image.items import check_item, resize_all


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("cat.png", "'cat' is a str"),
        (np.zeros((3, 4, 4), dtype=np.float32), "'cat' has type float32"),
        (torch.zeros(3, 4, 4), "'cat' has type torch.float32"),
        (np.zeros((4, 4), dtype=np.uint8), r"'cat' has shape \(4, 4\)"),
        (np.zeros((4, 5, 3), dtype=np.uint8), "put the channels first"),
        (np.zeros((4, 5, 6), dtype=np.uint8), r"'cat' has shape \(4, 5, 6\): give \(3, H, W\)"),
        (np.zeros((3, 0, 4), dtype=np.uint8), "holds no pixels"),
        (torch.zeros(1, 4, 0, dtype=torch.uint8), "holds no pixels"),
    ],
)
def test_bad_items_are_named(item, message):
    with pytest.raises(BadItemError, match=message):
        check_item("cat", item)


@pytest.mark.parametrize("channels", [1, 3])
def test_arrays_and_tensors_are_taken(channels):
    check_item("cat", np.zeros((channels, 1, 7), dtype=np.uint8))
    check_item("cat", torch.zeros(channels, 7, 1, dtype=torch.uint8))


def test_images_of_any_size_are_resized_as_torchvision_does():
    rng = np.random.default_rng(0)
    items = [rng.integers(0, 256, size, dtype=np.uint8) for size in ((3, 8, 8), (3, 40, 17), (1, 5, 30), (3, 1, 1))]
    pixels = resize_all([*items, torch.from_numpy(items[1])], 8)
    for item, out in zip(items, pixels[:4], strict=True):
        image = torch.from_numpy(np.repeat(item, 3, axis=0) if len(item) == 1 else item)
        assert torch.equal(out, tvf.resize(image, [8, 8], antialias=True))
    assert torch.equal(pixels[0], torch.from_numpy(items[0]))
    assert torch.equal(pixels[1], pixels[4])


def test_read_only_arrays_are_taken_without_a_warning(recwarn):
    image = np.zeros((1, 28, 28), dtype=np.uint8)
    image.setflags(write=False)
    resize_all([image], 28)
    assert not recwarn
