import math

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates
from scipy.stats import ks_2samp
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as tvf

from superb_lite_image.augment import (
    BatchColorJitter,
    BatchRandomGrayscale,
    BatchRandomHorizontalFlip,
    BatchRandomResizedCrop,
    BatchRandomWarpedCrop,
    simclr_augmentation,
)


@pytest.fixture
def images():
    return torch.rand(64, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("shape", [(32, 32), (32, 20), (9, 31)])
def test_crop_is_torchvisions_for_each_image(shape):
    torch.manual_seed(1)
    images = torch.rand(64, 3, *shape)
    crop = BatchRandomResizedCrop(32, scale=(0.08, 1.0))
    params = crop.make_params([images])
    output = crop.transform(images, params)
    boxes = torch.stack([params[k] for k in ("top", "left", "height", "width")], dim=1).tolist()
    assert len({tuple(box) for box in boxes}) > 50
    for image, view, box in zip(images, output, boxes, strict=True):
        expected = tvf.resized_crop(image, *box, size=[32, 32], antialias=True)
        torch.testing.assert_close(view, expected, atol=1e-5, rtol=0)


def test_crop_boxes_follow_torchvisions_distribution():
    torch.manual_seed(2)
    images = torch.zeros(4000, 3, 32, 40)
    ours = BatchRandomResizedCrop(32, scale=(0.08, 1.0)).make_params([images])
    single = v2.RandomResizedCrop(32, scale=(0.08, 1.0))
    theirs = [single.make_params([images[:1]]) for _ in range(4000)]
    for key in ("top", "left", "height", "width"):
        assert ks_2samp(ours[key].numpy(), [p[key] for p in theirs]).pvalue > 1e-3
    assert (ours["top"] + ours["height"] <= 32).all()
    assert (ours["left"] + ours["width"] <= 40).all()


@pytest.mark.parametrize("shape", [(4, 64), (64, 4), (32, 32)])
def test_crop_that_never_fits_is_torchvisions_central_one(shape):
    images = torch.zeros(3, 3, *shape)
    ours = BatchRandomResizedCrop(32, scale=(5.0, 5.0)).make_params([images])
    theirs = v2.RandomResizedCrop(32, scale=(5.0, 5.0)).make_params([images])
    for key, value in theirs.items():
        assert ours[key].tolist() == [value] * 3


@pytest.mark.parametrize(("shape", "bend"), [((32, 32), 0.0), ((20, 26), 0.0), ((32, 32), 0.1)])
def test_a_warped_crop_equals_a_slow_loop(shape, bend):
    torch.manual_seed(3)
    images = torch.rand(6, 3, *shape)
    crop = BatchRandomWarpedCrop(16, scale=(0.3, 1.0), rotation=40.0, shear=30.0, bend=bend)
    params = crop.make_params([images])
    found = crop.transform(images, params).numpy()
    shifts = torch.nn.functional.interpolate(params["shifts"], size=16, mode="bicubic", align_corners=True).numpy()
    assert (np.abs(shifts).max() > 0) == (bend > 0)
    for n, image in enumerate(images.numpy()):
        top, left, height, width, turn, shear = (
            float(params[key][n]) for key in ("top", "left", "height", "width", "rotation", "shear")
        )
        points = np.empty((2, 16, 16))
        for row in range(16):
            for column in range(16):
                down = ((row + 0.5) / 16 - 0.5) * height
                across = ((column + 0.5) / 16 - 0.5) * width + math.tan(shear) * down
                x = left + width / 2 + math.cos(turn) * across - math.sin(turn) * down
                y = top + height / 2 + math.sin(turn) * across + math.cos(turn) * down
                x += shifts[n, 0, row, column] * shape[1] / 2
                y += shifts[n, 1, row, column] * shape[0] / 2
                points[:, row, column] = y - 0.5, x - 0.5
        expected = [map_coordinates(channel, points, order=1, mode="nearest") for channel in image]
        assert found[n] == pytest.approx(np.stack(expected), abs=1e-4)


def test_warps_are_drawn_for_each_image_and_within_bounds():
    torch.manual_seed(4)
    images = torch.zeros(2000, 3, 8, 8)
    crop = BatchRandomWarpedCrop(8, scale=(0.5, 1.0), rotation=20.0, shear=10.0, bend=0.05)
    params = crop.make_params([images])
    for key, largest in (("rotation", 20.0), ("shear", 10.0)):
        degrees = params[key] * 180 / math.pi
        assert 0.9 * largest < degrees.max() <= largest + 1e-4
        assert -0.9 * largest > degrees.min() >= -largest - 1e-4
    assert params["shifts"].std() == pytest.approx(0.05, rel=0.02)


def test_jitter_is_torchvisions_for_each_image(images):
    torch.manual_seed(3)
    jitter = BatchColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8)
    images[:4] = images[:4].mean(dim=1, keepdim=True)  # grey pixels have no hue
    params = jitter.make_params([images])
    output = jitter.transform(images, params)
    functionals = (tvf.adjust_brightness, tvf.adjust_contrast, tvf.adjust_saturation, tvf.adjust_hue)
    for number, (image, view) in enumerate(zip(images, output, strict=True)):
        expected = image
        if params["chosen"][number]:
            for which in params["order"][number].tolist():
                expected = functionals[which](expected, float(params["factors"][number, which]))
        torch.testing.assert_close(view, expected, atol=2e-5, rtol=0)


@pytest.mark.parametrize("number", range(4))
def test_strong_single_jitters_are_torchvisions(images, number):
    torch.manual_seed(4)
    jitter = BatchColorJitter(brightness=0.9, contrast=0.9, saturation=0.9, hue=0.5, p=1.0)
    params = jitter.make_params([images])
    neutral = torch.tensor([1.0, 1.0, 1.0, 0.0]).repeat(len(images), 1)
    neutral[:, number] = params["factors"][:, number]
    output = jitter.transform(images, {**params, "factors": neutral})
    functional = (tvf.adjust_brightness, tvf.adjust_contrast, tvf.adjust_saturation, tvf.adjust_hue)[number]
    expected = torch.stack([functional(x, float(f)) for x, f in zip(images, neutral[:, number], strict=True)])
    torch.testing.assert_close(output, expected, atol=2e-5, rtol=0)


def test_jitter_draws_uniform_factors_and_all_orders():
    torch.manual_seed(5)
    jitter = BatchColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8)
    params = jitter.make_params([torch.zeros(4000, 3, 2, 2)])
    assert float(params["chosen"].float().mean()) == pytest.approx(0.8, abs=0.03)
    low = params["factors"].amin(dim=0).tolist()
    high = params["factors"].amax(dim=0).tolist()
    assert low == pytest.approx([0.6, 0.6, 0.6, -0.1], abs=0.01)
    assert high == pytest.approx([1.4, 1.4, 1.4, 0.1], abs=0.01)
    _, counts = params["order"].unique(dim=0, return_counts=True)
    assert len(counts) == 24
    assert counts.min() > 100


def test_grey_is_torchvisions_for_the_chosen_images(images):
    torch.manual_seed(6)
    transform = BatchRandomGrayscale(p=0.2)
    params = transform.make_params([images])
    output = transform.transform(images, params)
    assert 0 < int(params["chosen"].sum()) < len(images)
    for image, view, chosen in zip(images, output, params["chosen"].tolist(), strict=True):
        expected = tvf.rgb_to_grayscale(image, num_output_channels=3) if chosen else image
        torch.testing.assert_close(view, expected, atol=1e-6, rtol=0)


def test_flip_is_torchvisions_for_the_chosen_images(images):
    torch.manual_seed(7)
    transform = BatchRandomHorizontalFlip(p=0.5)
    params = transform.make_params([images])
    output = transform.transform(images, params)
    assert 0 < int(params["chosen"].sum()) < len(images)
    for image, view, chosen in zip(images, output, params["chosen"].tolist(), strict=True):
        assert torch.equal(view, tvf.horizontal_flip(image) if chosen else image)


def test_views_of_a_batch_differ_and_repeat_under_a_seed():
    batch = torch.randint(0, 256, (1, 3, 32, 32), dtype=torch.uint8).repeat(16, 1, 1, 1)
    augment = simclr_augmentation(
        size=24, smallest_crop=0.08, jitter_strength=0.5, flip_probability=0.0, rotation=20.0, shear=15.0, bend=0.06
    )
    torch.manual_seed(8)
    first, second = augment(batch), augment(batch)
    torch.manual_seed(8)
    again = augment(batch)
    assert first.shape == (16, 3, 24, 24)
    assert first.dtype == torch.float32
    assert float(first.min()) >= 0
    assert float(first.max()) <= 1
    assert torch.equal(first, again)
    assert not torch.allclose(first, second)
    assert len({view.numpy().tobytes() for view in first}) == 16  # one image, sixteen different views
