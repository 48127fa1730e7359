import numpy as np
import pytest
import torch
from skimage.feature import hog as reference

from superb_lite.errors import SuperbLiteError
from superb_lite_image.hog import HogEncoder, hog


@pytest.mark.parametrize(("cell", "orientations"), [(8, 9), (4, 8)])
@pytest.mark.parametrize("channels", [1, 3])
def test_histograms_are_scikit_images(cell, orientations, channels):
    image = np.random.default_rng(cell).random((channels, 32, 32)).astype(np.float32)
    expected = reference(
        image.transpose(1, 2, 0),
        orientations=orientations,
        pixels_per_cell=(cell, cell),
        cells_per_block=(2, 2),
        block_norm="L2-Hys",
        channel_axis=-1,
    )
    found = hog(torch.from_numpy(image)[None], cell=cell, orientations=orientations)
    assert found[0].numpy() == pytest.approx(expected, abs=1e-5)


def test_an_item_is_one_position_and_light_does_not_matter():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 100, (1, 28, 28), dtype=np.uint8)
    encoder = HogEncoder()
    features = encoder(encoder.collate([image, image + 20, 2 * image]))
    assert features.layers[0].shape == (3, 1, 3 * 3 * 4 * 9)
    assert torch.equal(features.summary, features.layers[0][:, 0])
    torch.testing.assert_close(features.summary[1], features.summary[0])
    assert torch.nn.functional.cosine_similarity(features.summary[2], features.summary[0], dim=0) > 0.99


def test_a_flat_image_has_no_gradient():
    encoder = HogEncoder()
    features = encoder(encoder.collate([np.full((3, 32, 32), 9, dtype=np.uint8)]))
    assert features.summary.abs().max() == 0


@pytest.mark.parametrize("options", [{"cell": 5}, {"cell": 0}, {"cell": 32}, {"orientations": 0}])
def test_shapes_that_do_not_fit_are_refused(options):
    with pytest.raises(SuperbLiteError, match=r"cells of|orientations is"):
        HogEncoder(**options)
