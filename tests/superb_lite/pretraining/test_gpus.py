import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.gpus import GPUS, find_gpu, gpu_of


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("NVIDIA H200", "h200"),
        ("NVIDIA A100-SXM4-80GB", "a100"),
        ("Tesla V100-SXM2-32GB", "v100"),
        ("NVIDIA L4", "l4"),
        ("NVIDIA L40S", "l40s"),
        ("NVIDIA GeForce RTX 4090", "rtx4090"),
        ("Tesla T4", "t4"),
        ("Apple M3", None),
    ],
)
def test_a_device_is_the_card_that_its_name_has(device, name):
    assert gpu_of(device) is (None if name is None else GPUS[name])


def test_an_unknown_card_is_named_with_those_that_there_are():
    assert find_gpu("h100").peak == 989e12
    with pytest.raises(SuperbLiteError, match=r"unknown GPU 'h1000'.*h100"):
        find_gpu("h1000")
