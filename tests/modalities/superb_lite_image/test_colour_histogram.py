import numpy as np
import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite_image.colour_histogram import ColourHistogramEncoder, colour_histogram


@pytest.mark.parametrize("levels", [1, 3, 8])
def test_histograms_are_numpys(levels):
    pixels = np.random.default_rng(levels).integers(0, 256, (2, 3, 5, 7), dtype=np.uint8)
    found = colour_histogram(torch.from_numpy(pixels), levels=levels)
    for image, of_image in zip(pixels, found, strict=True):
        points = image.reshape(3, -1).T.astype(int) * levels // 256
        counts, _ = np.histogramdd(points, bins=[np.arange(levels + 1) - 0.5] * 3)
        assert of_image.numpy() == pytest.approx(counts.ravel() / 35)


def test_place_does_not_matter_and_colour_does():
    image = np.random.default_rng(0).integers(0, 256, (3, 32, 32), dtype=np.uint8)
    encoder = ColourHistogramEncoder()
    features = encoder(encoder.collate([image, image[:, ::-1].copy(), image[::-1].copy()]))
    assert features.layers[0].shape == (3, 1, 512)
    assert torch.equal(features.summary[1], features.summary[0])
    assert not torch.equal(features.summary[2], features.summary[0])
    assert features.summary.square().sum(dim=1).tolist() == pytest.approx([1.0] * 3)


@pytest.mark.parametrize("levels", [0, 33])
def test_levels_out_of_range_are_refused(levels):
    with pytest.raises(SuperbLiteError, match="levels is"):
        ColourHistogramEncoder(levels=levels)
