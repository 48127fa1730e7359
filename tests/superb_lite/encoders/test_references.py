import pytest
import torch

from superb_lite import plugins
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError


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
    factories = set(plugins.encoder_factories())  # these need to be told what to load
    for reference, modality in plugins.references().items():
        if reference in factories:
            continue
        encoder = load_encoder(reference)
        assert encoder.modality == modality
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
