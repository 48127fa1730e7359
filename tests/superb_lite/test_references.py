import pytest
import torch

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.majority import MajorityEncoder
from superb_lite.references import load_encoder


def test_random_is_the_same_draw_every_time_and_disturbs_no_other():
    state = torch.get_rng_state()
    first = load_encoder("random:text-bert").content_hash()
    torch.manual_seed(99)
    assert load_encoder("random:text-bert").content_hash() == first
    assert load_encoder("random:text-bert:0").content_hash() == first
    assert load_encoder("random:text-bert:1").content_hash() != first
    torch.set_rng_state(state)
    load_encoder("random:text-bert:5")
    assert torch.equal(torch.get_rng_state(), state)


def test_every_listed_reference_of_the_package_loads():
    factories = {"timm": "timm:resnet10t,size=32", "torchvision": "torchvision:resnet18,size=32"}
    for reference, modality in plugins.references().items():
        encoder = load_encoder(factories.get(reference, reference))
        assert modality in (encoder.modality, None)  # an entry point alone does not tell
        assert not encoder.training


def test_majority():
    assert isinstance(load_encoder("majority"), MajorityEncoder)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("text-bert", "has no weights yet: pretrain it, or use 'random:text-bert'"),
        ("random:text-bert:one", "must be a whole number"),
        ("random:raw:characters", "unknown encoder 'random:raw'"),
        ("random:text-bertt", "did you mean 'random:text-bert'"),
        ("majorty", "did you mean 'majority'"),
        ("./nowhere/at/all", "no such directory: './nowhere/at/all'"),
    ],
)
def test_what_is_no_reference(reference, words):
    with pytest.raises(SuperbLiteError, match=words):
        load_encoder(reference)


def test_unknown_names_are_their_own_kind_of_error():
    with pytest.raises(UnknownNameError):
        load_encoder("nothing-like-it")
