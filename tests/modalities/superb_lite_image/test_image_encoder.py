import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.encoder import LITE_BACKBONE_ARGS, TimmEncoder, default_arguments, set_batch_norm_statistics
from superb_lite_image.pixels import PixelEncoder


@pytest.fixture(scope="module")
def items():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, size, dtype=np.uint8) for size in ((3, 32, 32), (1, 28, 20), (3, 90, 64))]


def test_lite_stages_and_masks(items):
    encoder = TimmEncoder().eval()
    features = encoder(encoder.collate(items))
    assert [tuple(x.shape) for x in features.layers] == [
        (3, 256, 16),
        (3, 256, 16),
        (3, 64, 32),
        (3, 16, 64),
        (3, 4, 128),
    ]
    for number, layer in enumerate(features.layers):
        assert features.layer_mask(number).shape == layer.shape[:2]
        assert features.layer_mask(number).all()
    assert features.spans is None
    assert features.item.tolist() == [0, 1, 2]
    torch.testing.assert_close(features.summary, features.layers[-1].mean(dim=1))
    assert 250_000 < sum(p.numel() for p in encoder.parameters()) < 350_000


def test_positions_are_in_reading_order():
    """A change in one corner of the image changes the stem's features there, and not in the opposite corner."""
    encoder = TimmEncoder().eval()
    image = np.full((3, 64, 64), 100, dtype=np.uint8)
    changed = image.copy()
    changed[:, :16, 48:] = 255  # top right
    features = encoder(encoder.collate([image, changed]))
    difference = (features.layers[0][0] - features.layers[0][1]).abs().sum(dim=1)
    side = math.isqrt(len(difference))
    row, column = torch.arange(side).repeat_interleave(side), torch.arange(side).repeat(side)
    inside = (column >= side * 50 / 64) & (row + 1 <= side * 14 / 64)
    outside = (column + 1 <= side * 30 / 64) | (row >= side * 34 / 64)
    assert inside.any()
    assert outside.any()
    assert (difference[inside] > 0).all()
    assert (difference[outside] == 0).all()


def test_an_items_features_do_not_depend_on_its_batch(items):
    encoder = TimmEncoder.lite().eval()
    together = encoder(encoder.collate(items)).summary
    alone = torch.cat([encoder(encoder.collate([item])).summary for item in items])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)


def test_grey_and_equal_channels_are_the_same(items):
    encoder = TimmEncoder().eval()
    grey = items[1]
    first, second = encoder(encoder.collate([grey, np.repeat(grey, 3, axis=0)])).summary
    torch.testing.assert_close(first, second)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (TimmEncoder, {"stem_stride": 1}),
        (TimmEncoder, {"stem_stride": None, "mean": 0.4}),
        (PixelEncoder, {"image_size": 8}),
    ],
)
def test_config_rebuilds_the_encoder(kind, options, items):
    encoder = kind(**options).eval()
    twin = kind(**json.loads(json.dumps(encoder.config()))).eval()
    twin.load_state_dict(encoder.state_dict())
    assert twin.content_hash() == encoder.content_hash()
    for a, b in zip(encoder(encoder.collate(items)).layers, twin(twin.collate(items)).layers, strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize(("stride", "side"), [(1, 32), (2, 16)])
def test_small_image_stem_strides(stride, side, items):
    for backbone, arguments in (("resnet10t", {"stem_width": 8, "channels": [8, 8, 8, 8]}), ("resnet18", {})):
        encoder = TimmEncoder(backbone=backbone, backbone_args=arguments, stem_stride=stride).eval()
        features = encoder(encoder.collate(items[:1]))
        assert [x.shape[1] for x in features.layers] == [side**2, side**2, *((side // 2**n) ** 2 for n in (1, 2, 3))]
        assert not any(isinstance(m, nn.MaxPool2d) for m in encoder.modules())


@pytest.mark.parametrize(
    ("backbone", "arguments", "layers"),
    [
        ("convnext_atto", {}, 4),
        ("vit_tiny_patch16_224", {"img_size": 64}, 3),
        ("swin_tiny_patch4_window7_224", {"img_size": 64}, 4),
    ],
)
def test_other_timm_backbones(backbone, arguments, layers, items):
    encoder = TimmEncoder(backbone=backbone, backbone_args=arguments, stem_stride=None, image_size=64).eval()
    features = encoder(encoder.collate(items))
    assert len(features.layers) == layers
    assert features.summary.shape == (3, encoder.width)
    for number, layer in enumerate(features.layers):
        assert features.layer_mask(number).shape == layer.shape[:2]


def test_wrong_backbones_are_one_line():
    with pytest.raises(UnknownNameError, match="did you mean 'resnet18'"):
        TimmEncoder(backbone="resnet18x")
    with pytest.raises(SuperbLiteError, match="'resnet18' with arguments") as caught:
        TimmEncoder(backbone="resnet18", backbone_args={"num_heads": 2})
    assert "\n" not in str(caught.value)
    with pytest.raises(SuperbLiteError, match="'convnext_atto' has no ResNet stem"):
        TimmEncoder(backbone="convnext_atto", stem_stride=2)


def test_lite_has_the_batch_norm_statistics_of_corpus_images():
    torch.manual_seed(3)
    encoder = TimmEncoder.lite()
    corpus = ImageCorpus(path=None, batch_size=128, seed=0)
    images = torch.cat([corpus.batch(step) for step in range(8)]).float() / 255
    first = encoder.backbone["conv1"][0]((images - encoder.mean) / encoder.std)
    norm = encoder.backbone["conv1"][1]
    torch.testing.assert_close(norm.running_mean, first.mean(dim=(0, 2, 3)), atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(norm.running_var, first.var(dim=(0, 2, 3)), atol=1e-2, rtol=0.05)
    assert norm.momentum == 0.1


def test_batch_norm_statistics_leave_the_mode_and_the_weights_alone():
    encoder = TimmEncoder().eval()
    before = {k: v.clone() for k, v in encoder.state_dict().items() if "running" not in k and "tracked" not in k}
    batch = encoder.collate([np.full((3, 32, 32), 7, dtype=np.uint8)] * 2)
    set_batch_norm_statistics(encoder, [batch])
    assert not encoder.training
    assert all(torch.equal(value, encoder.state_dict()[key]) for key, value in before.items())


def test_pixels_are_the_resized_image(items):
    encoder = PixelEncoder(image_size=32)
    features = encoder(encoder.collate(items))
    assert len(features.layers) == 1
    assert features.layers[0].shape == (3, 1, 3 * 32 * 32)
    torch.testing.assert_close(features.layers[0][0, 0].reshape(3, 32, 32), torch.from_numpy(items[0]).float() / 255)
    assert features.spans is None
    assert torch.equal(features.summary, features.layers[0][:, 0])


@pytest.mark.parametrize(
    ("backbone", "expected"),
    [
        ("resnet10t", {"backbone_args": LITE_BACKBONE_ARGS, "stem_stride": 2}),
        ("resnet18", {"backbone_args": {}, "stem_stride": 2}),
        ("convnext_atto", {"backbone_args": {}, "stem_stride": None}),
        ("vit_tiny_patch16_224", {"backbone_args": {"img_size": 32, "patch_size": 4}, "stem_stride": None}),
        ("swin_tiny_patch4_window7_224", {"backbone_args": {"img_size": 32}, "stem_stride": None}),
    ],
)
def test_backbones_are_fitted_to_small_images(backbone, expected, items):
    encoder = TimmEncoder(backbone=backbone, image_size=32).eval()
    assert {key: encoder.config()[key] for key in expected} == expected
    assert all(bool(torch.isfinite(layer).all()) for layer in encoder(encoder.collate(items)).layers)


def test_a_vision_transformer_keeps_its_patches_where_they_are_small_enough():
    assert default_arguments("vit_tiny_patch16_224", image_size=128) == {"img_size": 128}
    encoder = TimmEncoder(backbone="vit_tiny_patch16_224", backbone_args={"img_size": 32, "patch_size": 8})
    assert encoder.backbone_args == {"img_size": 32, "patch_size": 8}
