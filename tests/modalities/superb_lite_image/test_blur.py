"""Blur and solarisation are torchvision's, image by image."""

from __future__ import annotations

import pytest
import torch
from torchvision.transforms.v2 import functional as tvf

from superb_lite_image.blur import BatchRandomGaussianBlur, BatchRandomSolarize, gaussian_blur


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(4, 3, 40, 32, generator=torch.Generator().manual_seed(0))


def test_each_image_is_blurred_as_torchvision_blurs_it(images: torch.Tensor) -> None:
    sigma = torch.tensor([0.1, 0.7, 1.3, 2.0])
    blurred = gaussian_blur(images, sigma, kernel=7)
    for image, deviation, found in zip(images, sigma.tolist(), blurred, strict=True):
        torch.testing.assert_close(found, tvf.gaussian_blur(image, [7, 7], [deviation]), rtol=1e-4, atol=1e-5)


def test_the_kernel_is_that_of_simclr() -> None:
    assert BatchRandomGaussianBlur(224, p=0.5).kernel == 23


def test_images_that_are_not_chosen_stay(images: torch.Tensor) -> None:
    blur = BatchRandomGaussianBlur(40, p=0.5)
    params = {"chosen": torch.tensor([True, False, False, True]), "sigma": torch.tensor([0.5, 9.0, 9.0, 1.5])}
    found = blur.transform(images, params)
    assert torch.equal(found[1:3], images[1:3])
    torch.testing.assert_close(
        found[[0, 3]], gaussian_blur(images[[0, 3]], torch.tensor([0.5, 1.5]), kernel=blur.kernel)
    )
    assert torch.equal(blur.transform(images, {**params, "chosen": torch.zeros(4, dtype=torch.bool)}), images)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_all_or_no_image_is_solarised(images: torch.Tensor, p: float) -> None:
    found = BatchRandomSolarize(p)(images)
    torch.testing.assert_close(found, tvf.solarize(images, 0.5) if p else images)
