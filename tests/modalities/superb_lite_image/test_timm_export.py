import numpy as np
import pytest
import timm
import torch
from torch import nn

from superb_lite.errors import SuperbLiteError
from superb_lite_image.encoder import TimmEncoder
from superb_lite_image.timm_export import save_for_timm


@pytest.mark.parametrize(
    ("backbone", "stem_stride"),
    [
        ("resnet10t", 2),
        ("resnet18", 2),
        ("resnet18", 1),
        ("resnet18", None),
        ("convnext_atto", None),
        ("vit_tiny_patch16_224", None),
        pytest.param("swin_tiny_patch4_window7_224", None, marks=pytest.mark.slow),
        ("densenet121", None),
        pytest.param("resnetv2_50", None, marks=pytest.mark.slow),
        pytest.param("cspresnet50", None, marks=pytest.mark.slow),
        pytest.param("nfnet_l0", None, marks=pytest.mark.slow),
        ("dpn68", None),
        pytest.param("tresnet_m", None, marks=pytest.mark.slow),
    ],
)
def test_timm_loads_the_file_and_gives_the_same_features(tmp_path, backbone, stem_stride):
    torch.manual_seed(1)
    encoder = TimmEncoder(backbone=backbone, image_size=64, stem_stride=stem_stride).eval()
    save_for_timm(encoder, tmp_path / "new" / "weights.safetensors")
    model = timm.create_model(
        backbone,
        num_classes=0,
        checkpoint_path=tmp_path / "new" / "weights.safetensors",
        **encoder.backbone_args,
    ).eval()
    if stem_stride is not None:
        model.maxpool = nn.Identity()
        first = model.conv1[0] if isinstance(model.conv1, nn.Sequential) else model.conv1
        first.stride = (stem_stride, stem_stride)
    batch = encoder.collate([np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)])
    images = (batch["pixels"].float() / 255 - encoder.mean) / encoder.std
    expected = encoder(batch).layers[-1]
    found = model.forward_intermediates(images, intermediates_only=True, norm=False)[-1]
    torch.testing.assert_close(found.flatten(2).transpose(1, 2), expected, atol=1e-4, rtol=1e-3)


def test_a_parameter_that_timm_does_not_have_is_named(tmp_path):
    encoder = TimmEncoder()
    encoder.backbone["my_own"] = nn.Linear(2, 2)
    with pytest.raises(SuperbLiteError, match=r"'resnet10t' has no parameter for 'my_own\.weight'"):
        save_for_timm(encoder, tmp_path / "weights.safetensors")
    assert not list(tmp_path.iterdir())
