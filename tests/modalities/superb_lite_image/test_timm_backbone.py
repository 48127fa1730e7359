import pytest
import torch
from torch import nn

from superb_lite.errors import SuperbLiteError
from superb_lite_image.timm_backbone import check_arguments, check_image_size, create_backbone


@pytest.mark.parametrize(
    "arguments",
    [
        {"channels": [16, 32, 64, 128], "stem_width": 8, "stem_type": "deep"},
        {"depths": (1, 1), "qkv_bias": False, "init_values": None, "mlp_ratio": 2.5, "window_size": [[7, 7], [7, 7]]},
    ],
)
def test_shapes_are_allowed(arguments):
    check_arguments(arguments)


@pytest.mark.parametrize("name", ["pretrained", "pretrained_cfg_overlay", "checkpoint_path", "features_only", 5, ""])
def test_anything_else_is_not(name):
    with pytest.raises(SuperbLiteError, match="unknown argument of a timm backbone"):
        check_arguments({name: 1})


@pytest.mark.parametrize("value", ["relu", {"file": "x"}, nn.ReLU, [1, "a"], [[1], {}]])
def test_values_are_numbers(value):
    with pytest.raises(SuperbLiteError, match="'layers' must be a number or a list of them"):
        check_arguments({"layers": value})


def test_an_untrained_backbone_asks_no_network(network_requests):
    torch.manual_seed(3)
    first = create_backbone("resnet10t", {"stem_width": 8})
    torch.manual_seed(3)
    assert all(
        map(
            torch.equal,
            first.state_dict().values(),
            create_backbone("resnet10t", {"stem_width": 8}).state_dict().values(),
        )
    )
    assert network_requests == []


def test_sizes_of_images():
    assert check_image_size(32) == 32
    for size in (0, -1, 2049):
        with pytest.raises(ValueError, match="from 1 to 2048"):
            check_image_size(size)
